use core::panic::RefUnwindSafe;

/// The header fields of a request that a host has read, as lines that are written where somebody
/// reads them first.
///
/// What writes them is most often [`HostedHead::write`](crate::request::HostedHead::write), which
/// checks them.
pub trait HostedLines: RefUnwindSafe + Send + Sync {
    /// The lines, each of which ends in CRLF, as [`Fields::of_lines`] takes them; the same each
    /// time.
    ///
    /// [`Fields::of_lines`]: crate::request::Fields::of_lines
    fn lines(&self) -> &[u8];
}

/// The lines that a host has, where the head has none.
#[derive(Clone, Copy)]
pub(in crate::request) struct Late<'r>(Option<&'r dyn HostedLines>);

impl<'r> Late<'r> {
    pub(in crate::request) const NONE: Self = Self(None);

    pub(in crate::request) const fn of(lines: &'r dyn HostedLines) -> Self {
        Self(Some(lines))
    }

    /// The lines, which are those of a head where a host has none.
    #[inline(always)]
    pub(in crate::request) fn or(self, lines: &'r [u8]) -> &'r [u8] {
        match self.0 {
            Some(late) => late.lines(),
            None => lines,
        }
    }
}
