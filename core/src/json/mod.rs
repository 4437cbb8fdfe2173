//! JSON, RFC 8259, written by value: a sink goes in and comes out, two words in registers.

mod hand;
mod number;
#[cfg(feature = "serde")]
mod ser;
mod sink;
mod string;

use core::fmt;

pub(crate) use self::hand::ByHand;
pub use self::hand::{Array, Object, ToJson, Value, Written};
#[cfg(feature = "serde")]
pub(crate) use self::ser::BySerde;
pub use self::sink::Sink;
use self::sink::{Count, Slice};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: u8 = 254;

/// Why a value could not be written as JSON.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JsonError {
    /// The value wrote another text when it was written again.
    Changed,
    /// A `Serialize` implementation failed by itself; its message is lost.
    Custom,
    /// Arrays and objects nest deeper than [`MAX_DEPTH`].
    Depth,
    /// The buffer is full. Replies report it as [`Error::Overflow`](crate::Error::Overflow).
    Full,
    /// A map's key was neither a string, a number, a boolean nor null.
    Key,
    /// A floating-point number was infinite or not a number; RFC 8259 § 6.
    NotFinite,
    /// A text was no JSON number; RFC 8259 § 6.
    Number,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "value changed while it was written",
            Self::Custom => "value refused to be serialized",
            Self::Depth => "value nested too deep",
            Self::Full => "buffer full",
            Self::Key => "map key that is no string",
            Self::NotFinite => "number that is not finite",
            Self::Number => "text that is no number",
        })
    }
}

impl core::error::Error for JsonError {}

/// A value that is written to any sink, as often as asked.
pub(crate) trait Document {
    fn write<S: Sink>(&self, sink: S) -> Result<S, JsonError>;
}

/// Writes `document` to the front of `room`: its length, or `None` when it does not fit.
pub(crate) fn write(document: &impl Document, room: &mut [u8]) -> Result<Option<usize>, JsonError> {
    let len = room.len();
    match document.write(Slice::new(room)) {
        Ok(Slice { rest }) => Ok(Some(len.saturating_sub(rest.len()))),
        Err(JsonError::Full) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The length of `document`.
#[cold]
pub(crate) fn measure(document: &impl Document) -> Result<usize, JsonError> {
    document.write(Count::default()).map(|Count { len }| len)
}
