//! JSON, RFC 8259.
//!
//! A document is a value, the way in which it is written ([`Dialect`]`::of` for `serde`,
//! [`Dialect::by_hand`] for [`ToJson`]) and a dialect. It goes into a slice, into a reply, or piece
//! by piece through a small buffer ([`Resumable`]).
//!
//! [`Decimal`], [`AsText`] and [`NdArray`] are values of their own: decimals without fractions of
//! two, integers that JavaScript keeps exact, arrays of any shape.

#[cfg(target_pointer_width = "64")]
mod count;
mod dialect;
mod document;
mod elements;
mod exact;
#[cfg(feature = "serde")]
mod filter;
mod fixed;
mod hand;
#[cfg(feature = "serde")]
mod key;
mod leaf;
mod level;
mod ndarray;
mod number;
#[cfg(feature = "serde")]
mod refuse;
mod resume;
#[cfg(feature = "serde")]
mod ser;
mod sink;
#[cfg(target_pointer_width = "64")]
mod slice;
mod stop;
#[cfg(any(test, not(target_pointer_width = "64")))]
mod tally;
mod text;
mod transfer;

use core::fmt;

pub use self::dialect::{Dialect, Lenient, Slashed, Strict};
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::document::tally;
pub use self::document::{ByHand, Document};
pub use self::elements::{Elements, Nothing, Piece};
#[cfg(feature = "serde")]
pub use self::exact::as_text;
pub use self::exact::{AsText, Integer};
#[cfg(feature = "serde")]
pub use self::filter::{Field, Filter, Filtered, Model, Part};
pub use self::fixed::Decimal;
pub use self::hand::{Array, Object, Outcome, ToJson, Value, Written};
pub use self::ndarray::NdArray;
pub use self::resume::Resumable;
#[cfg(feature = "serde")]
pub use self::ser::BySerde;
pub use self::sink::Sink;
pub use self::transfer::JsonTransfer;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: u8 = 254;

/// Why a value could not be written as JSON.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JsonError {
    /// The value wrote another text when it was written again.
    Changed,
    /// A `Serialize` implementation failed by itself; its message is lost.
    Custom,
    /// Arrays and objects nest deeper than [`MAX_DEPTH`]; or a `Filter` said more than one thing
    /// about a value, and about each of nine values one in another.
    Depth,
    /// An element came where there is none: an item in an object, a member in an array, or anything
    /// behind an element that was not sent to its end.
    Element,
    /// A buffer was below the least that [`Resumable::fill`] takes. Replies and slices that are full
    /// report [`Error::Overflow`](crate::Error::Overflow) instead.
    Full,
    /// An integer needed more than 64 bits, which [`Lenient`] does not write.
    Integer,
    /// A map's key was neither a string, a number, a boolean nor null.
    Key,
    /// A `Filter` counted from the end of a list whose length is not known.
    Length,
    /// An array or object had more than 4,294,967,294 elements, which [`Resumable`] cannot count.
    Long,
    /// A floating-point number was infinite or not a number; RFC 8259 § 6.
    NotFinite,
    /// A text was no JSON number; RFC 8259 § 6.
    Number,
    /// A `Filter` named a field that a model does not have, a field of a list, or an element of what
    /// is no list; or it named more than 64 fields of one model.
    Part,
    /// The shape of an [`NdArray`] had no dimension, or more than [`MAX_DEPTH`], or another number
    /// of elements than there were.
    Shape,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "value changed while it was written",
            Self::Custom => "value refused to be serialized",
            Self::Depth => "value nested too deep",
            Self::Element => "element out of place",
            Self::Full => "buffer full",
            Self::Integer => "integer of more than 64 bits",
            Self::Key => "map key that is no string",
            Self::Length => "filter counts from the end of a list of unknown length",
            Self::Long => "too many elements",
            Self::NotFinite => "number that is not finite",
            Self::Number => "text that is no number",
            Self::Part => "filter names a part that the value cannot have",
            Self::Shape => "shape that the elements do not have",
        })
    }
}

impl core::error::Error for JsonError {}
