//! Errors of bodies that leave in steps.
//!
//! An error prints its cause, and has none in `source`.

use core::fmt;

use crate::error::Error;

/// The reason why a stream broke off.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StreamError {
    /// The content's length is not what its head promised.
    Body(BodyError),
    /// A chunk could not be written.
    Chunk(Error),
}

impl From<BodyError> for StreamError {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(error) => error.fmt(f),
            Self::Chunk(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StreamError {}

/// A body that does not have the length that its head promised.
///
/// The transfer sends nothing more. If some of it has left, the connection cannot be used again and
/// must be closed; if nothing has, another reply can be sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BodyError {
    /// The source had more than the promised length; nothing beyond it was sent.
    TooLong,
    /// The source ended early.
    TooShort {
        /// The number of bytes that were promised and not delivered.
        missing: u64,
    },
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("body longer than its content-length"),
            Self::TooShort { missing } => {
                f.write_str("body ended ")?;
                missing.fmt(f)?;
                f.write_str(" bytes early")
            }
        }
    }
}

impl core::error::Error for BodyError {}
