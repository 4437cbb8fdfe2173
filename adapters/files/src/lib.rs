#![doc = include_str!("../README.md")]

pub use self::body::{FileBody, FileTransport};
pub use self::file::{OpenError, OpenFile};
pub use self::folder::{Folder, Found, FoundFile};
#[cfg(target_os = "linux")]
pub use self::linux::send_more;

mod answer;
mod body;
mod file;
mod folder;
#[cfg(target_os = "linux")]
mod linux;
mod path;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(test)]
mod tests;
