use core::ops::Range;
use core::panic::RefUnwindSafe;

use crate::field::octets::find;

/// The head of a request as a host has it, which was
/// [checked](crate::request::HostedHead::check): nothing of it is written out before somebody reads
/// it.
pub trait HostedParts: RefUnwindSafe + Send + Sync {
    /// The method.
    fn method(&self) -> &str;

    /// The target.
    fn target(&self) -> &str;

    /// The header fields as lines, each of which ends in CRLF, as [`Fields::of_lines`] takes them;
    /// the same each time. What writes them is most often [`HostedHead::write`], which checks them.
    ///
    /// [`Fields::of_lines`]: crate::request::Fields::of_lines
    /// [`HostedHead::write`]: crate::request::HostedHead::write
    fn lines(&self) -> &[u8];
}

/// The head that a host has, where it was not written out.
#[derive(Clone, Copy)]
pub(in crate::request) struct Late<'r>(Option<&'r dyn HostedParts>);

impl<'r> Late<'r> {
    pub(in crate::request) const NONE: Self = Self(None);

    pub(in crate::request) const fn of(parts: &'r dyn HostedParts) -> Self {
        Self(Some(parts))
    }

    /// The method, or that of a head that was written.
    #[inline(always)]
    pub(in crate::request) fn method(self, written: impl FnOnce() -> &'r str) -> &'r str {
        self.0.map_or_else(written, HostedParts::method)
    }

    /// The target, or that of a head that was written.
    #[inline(always)]
    pub(in crate::request) fn target(self, written: &'r [u8]) -> &'r [u8] {
        self.0.map_or(written, |late| late.target().as_bytes())
    }

    /// The path of a target that begins with it.
    #[inline(always)]
    pub(in crate::request) fn path(self) -> Option<&'r str> {
        let target = self.0?.target();
        match find(target.as_bytes(), b'?') {
            _ if !target.starts_with('/') => None,
            Some(end) => target.get(..end),
            None => Some(target),
        }
    }

    /// The part of the target at this place, or that of a head that was written.
    #[inline(always)]
    pub(in crate::request) fn part(
        self,
        place: Range<usize>,
        written: impl FnOnce() -> &'r str,
    ) -> &'r str {
        match self.0 {
            Some(late) => late.target().get(place).unwrap_or_default(),
            None => written(),
        }
    }

    /// The lines, or those of a head that was written.
    #[inline(always)]
    pub(in crate::request) fn lines(self, written: &'r [u8]) -> &'r [u8] {
        self.0.map_or(written, HostedParts::lines)
    }
}
