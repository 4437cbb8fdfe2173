//! Files: their facts, preconditions and ranges, and a file as steps; RFC 9110 §§ 13 and 14.
//!
//! A plan is data: [`Response::file`](crate::Response::file) writes its head. Nothing here opens or
//! reads a file.

pub(crate) mod boundary;
pub(crate) mod extension;
pub(crate) mod facts;
pub(crate) mod multipart;
pub(crate) mod plan;
pub(crate) mod precondition;
pub(crate) mod range;
pub(crate) mod transfer;

pub use self::boundary::Boundary;
pub use self::extension::guess_media_type;
pub use self::facts::File;
pub use self::plan::FilePlan;
pub use self::transfer::{FileBytes, FileTransfer};
pub use crate::field::accepted::Accepted;
pub use crate::field::coding::Coding;
