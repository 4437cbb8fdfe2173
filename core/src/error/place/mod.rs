//! The place of a mistake: `told` with the feature `places`, else `untold`, which takes no flash.

use core::fmt;

#[cfg(feature = "places")]
mod told;
#[cfg(not(feature = "places"))]
mod untold;

#[cfg(feature = "places")]
use self::told::Numbers;
#[cfg(not(feature = "places"))]
use self::untold::Numbers;

/// The place of a mistake: the line of the head or of the trailer section, and the byte of the name
/// or of the value in it that is wrong.
///
/// Both count from 1 and stop at 65,535. They are told with the feature `places`, which
/// `replywire-std` and the adapters for runtimes turn on; without it both are `None`.
///
/// ```
/// # #[cfg(feature = "places")] {
/// use replywire::request::Exchange;
/// use replywire::{Error, Response, Status};
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .header("x-user", "ada")
///     .header("x-note", "one\ntwo")
///     .empty();
/// let error = reply.unwrap_err();
/// let place = error.place().unwrap();
/// assert_eq!((place.line(), place.byte()), (Some(2), Some(4)));
/// assert_eq!(error.to_string(), "invalid header value: byte 4, in field line 2");
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Place(Numbers);

// By hand, so that a place is no pattern: errors are compared without theirs.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Place {
    /// A place of which nothing is known, such as that of an error of one's own.
    pub const UNKNOWN: Self = Self(Numbers::UNKNOWN);

    /// True with the feature `places`.
    pub(crate) const IS_TOLD: bool = cfg!(feature = "places");

    /// The place of the byte with this index, counted from 0, in a line to be told by
    /// [`in_line`](Self::in_line).
    pub(crate) const fn at(index: usize) -> Self {
        Self(Numbers::at(index))
    }

    /// [`at`](Self::at) an index, if there is one.
    pub(crate) const fn of(index: Option<usize>) -> Self {
        match index {
            Some(index) => Self::at(index),
            None => Self::UNKNOWN,
        }
    }

    pub(super) const fn in_line(self, line: usize) -> Self {
        Self(self.0.in_line(line))
    }

    /// The number of the field line, as the lines stand in the reply, the store or the trailer
    /// section so far, without the status line: 1 for the first. A line that was to replace another
    /// counts as the last.
    ///
    /// `None` where there was no room for all the lines before it, where the line was checked but
    /// not written because a draft has one of that name, and outside of field lines.
    pub const fn line(self) -> Option<u16> {
        self.0.line()
    }

    /// The number of the first byte that is wrong, in the name or the value that the error is
    /// about: 1 for the first. Of text it is the first byte of a character. Values that are joined
    /// count as one, and those that `forward` takes over begin after their blanks.
    ///
    /// `None` where no single byte is wrong: the text is empty or too long, is the name of another
    /// thing, or breaks a rule of its whole.
    pub const fn byte(self) -> Option<u16> {
        self.0.byte()
    }
}

/// The words that follow the name of a mistake in a text: none where the place is not known.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = ": ";
        if let Some(byte) = self.byte() {
            f.write_str(": byte ")?;
            byte.fmt(f)?;
            separator = ", in ";
        }
        if let Some(line) = self.line() {
            f.write_str(separator)?;
            f.write_str("field line ")?;
            line.fmt(f)?;
        }
        Ok(())
    }
}
