//! Faults: what a sink fails with.

#[cfg(not(feature = "serde"))]
use core::error::Error as FaultError;
use core::fmt;

#[cfg(feature = "serde")]
use serde_core::ser::Error as FaultError;

use crate::error::JsonError;

/// The error of a sink: a [`JsonError`], or what only says that there is one.
#[doc(hidden)]
pub trait Fault: From<JsonError> + FaultError {}

impl Fault for JsonError {}

#[cfg(feature = "serde")]
impl FaultError for JsonError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Custom
    }
}

/// The text did not fit or the value is invalid; measuring it tells which.
///
/// It has no size, so a slice or this fits two registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteFailed;

impl From<JsonError> for WriteFailed {
    #[inline(always)]
    fn from(_: JsonError) -> Self {
        Self
    }
}

impl Fault for WriteFailed {}

#[cfg(feature = "serde")]
impl FaultError for WriteFailed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl core::error::Error for WriteFailed {}

impl fmt::Display for WriteFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not written")
    }
}
