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
pub(crate) mod document;
mod exact;
#[cfg(feature = "serde")]
mod filter;
mod fixed;
mod hand;
#[cfg(feature = "serde")]
mod key;
mod leaf;
pub(crate) mod level;
mod ndarray;
mod nothing;
mod number;
#[cfg(feature = "serde")]
mod refuse;
pub(crate) mod resume;
#[cfg(feature = "serde")]
mod ser;
pub(crate) mod sink;
#[cfg(target_pointer_width = "64")]
mod slice;
mod stop;
#[cfg(any(test, not(target_pointer_width = "64")))]
mod tally;
mod text;

pub use self::dialect::{Dialect, Lenient, Slashed, Strict};
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::document::tally;
pub use self::document::{ByHand, Document};
#[cfg(feature = "serde")]
pub use self::exact::as_text;
pub use self::exact::{AsText, Integer};
#[cfg(feature = "serde")]
pub use self::filter::{Field, Filter, Filtered, Model, Part};
pub use self::fixed::Decimal;
pub use self::hand::{Array, Object, Outcome, ToJson, Value, Written};
pub use self::ndarray::NdArray;
pub use self::nothing::Nothing;
pub use self::resume::Resumable;
#[cfg(feature = "serde")]
pub use self::ser::BySerde;
pub use self::sink::Sink;
pub use crate::error::JsonError;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: u8 = 254;
