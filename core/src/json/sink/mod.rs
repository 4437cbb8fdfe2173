//! Sinks: what the text of a value is written to, and what one tells when it fails.
//!
//! Front ends and scalars know the interface only. A window of a text that leaves in pieces is a
//! sink too, and lives with the pieces.

#[cfg(target_pointer_width = "64")]
pub(super) mod count;
#[cfg(any(test, not(target_pointer_width = "64")))]
mod escaping;
pub(super) mod fault;
pub(super) mod forward;
pub(crate) mod interface;
#[cfg(any(test, not(target_pointer_width = "64")))]
pub(super) mod measuring;
pub(crate) mod replay;
#[cfg(target_pointer_width = "64")]
pub(super) mod slice;
