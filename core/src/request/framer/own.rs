/// The side that frames a reply, which is this library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(in crate::request) struct Framer;

impl Framer {
    pub(in crate::request) const OWN: Self = Self;

    pub(in crate::request) const fn is_host(self) -> bool {
        false
    }
}
