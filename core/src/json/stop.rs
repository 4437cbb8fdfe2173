#[cfg(feature = "serde")]
use core::fmt;

use super::JsonError;
use super::sink::Fault;

/// There was too little room, or there is something wrong with the value: to measure it tells.
///
/// It has no size, so a slice or this fits two registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop;

impl From<JsonError> for Stop {
    #[inline(always)]
    fn from(_: JsonError) -> Self {
        Self
    }
}

impl Fault for Stop {}

#[cfg(feature = "serde")]
impl serde_core::ser::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(feature = "serde")]
impl serde_core::ser::StdError for Stop {}

#[cfg(feature = "serde")]
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not written")
    }
}
