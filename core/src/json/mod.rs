//! JSON, RFC 8259.
//!
//! A document is a value, the way in which it is written ([`Dialect`]`::of` for `serde`,
//! [`Dialect::by_hand`] for [`ToJson`]) and a dialect. It goes into a slice, into a reply, or piece
//! by piece through a small buffer ([`Resumable`]).
//!
//! [`Decimal`], [`AsText`] and [`NdArray`] are values of their own: decimals without binary
//! floating point, integers that JavaScript keeps exact, arrays of any shape.

// The room of text: values come in by hand or by `serde`, a dialect gives the rules, a sink takes
// the bytes. Replies and bodies that hold a document are in other rooms.
mod by_hand;
#[cfg(feature = "serde")]
mod by_serde;
pub(crate) mod container;
pub(crate) mod depth;
mod dialect;
pub(crate) mod document;
mod escape;
#[cfg(feature = "serde")]
pub(crate) mod filter;
mod inherent;
mod ndarray;
mod number;
pub(crate) mod pieces;
mod raw;
mod rules;
mod scalar;
mod shallow;
pub(crate) mod sink;

pub use self::by_hand::document::ByHand;
pub use self::by_hand::elements::{Array, Object};
pub use self::by_hand::value::{Outcome, ToJson, Value, Written};
#[cfg(feature = "serde")]
pub use self::by_serde::document::BySerde;
#[cfg(feature = "serde")]
pub use self::by_serde::owned::OwnedBySerde;
pub use self::depth::MAX_DEPTH;
pub use self::dialect::Dialect;
pub use self::document::Document;
#[cfg(feature = "serde")]
pub use self::filter::filtered::Filtered;
#[cfg(feature = "serde")]
pub use self::filter::model::{Field, Model};
#[cfg(feature = "serde")]
pub use self::filter::part::Part;
#[cfg(feature = "serde")]
pub use self::filter::settable::Settable;
#[cfg(feature = "serde")]
pub use self::filter::settings::Filter;
#[cfg(feature = "serde")]
pub use self::filter::shape::{Shape, Shaped};
pub use self::ndarray::NdArray;
#[cfg(feature = "serde")]
pub use self::number::as_text::as_text;
pub use self::number::as_text::{AsText, Integer};
pub use self::number::decimal::Decimal;
pub use self::pieces::resumable::Resumable;
pub use self::rules::{Orjson, Pydantic, Python, Ujson};
pub use self::shallow::Shallow;
pub use self::sink::interface::Sink;
pub use crate::error::JsonError;
#[cfg(feature = "derive")]
pub use replywire_derive::Model;
