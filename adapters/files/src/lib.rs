#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use self::body::FileBody;
pub use self::file::{OpenError, OpenFile};
pub use self::folder::Folder;
pub use self::found::{Found, FoundFile};
pub use self::reply::FileReply;
pub use self::transport::FileTransport;

mod answer;
mod body;
mod file;
mod folder;
mod found;
mod kept;
#[cfg(target_os = "linux")]
mod linux;
mod lookup;
mod path;
mod reply;
#[cfg(unix)]
#[path = "unix/mod.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(test)]
mod tests;
mod transport;
mod version;

/// The names that the adapters of this project need, and nobody else: they are no part of the
/// interface, and change without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::kept::close_kept_files;
    #[cfg(target_os = "linux")]
    pub use crate::linux::send_more;
    pub use crate::lookup::is_shortage;
}
