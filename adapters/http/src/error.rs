use std::error::Error;
use std::fmt;

/// A reply that broke off after its head had left: the error of a [`ReplyBody`](crate::ReplyBody).
///
/// The host breaks its connection, or resets its stream, so that the client does not take the reply
/// for whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reply broke off")
    }
}

impl Error for BrokenOff {}
