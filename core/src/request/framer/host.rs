/// The side that frames a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(in crate::request) enum Framer {
    /// The server whose connection it is, through which the reply leaves.
    Host,
    /// This library.
    Own,
}

impl Framer {
    pub(in crate::request) const OWN: Self = Self::Own;

    pub(in crate::request) const fn is_host(self) -> bool {
        matches!(self, Self::Host)
    }
}
