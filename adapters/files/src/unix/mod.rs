//! Files by descriptors: nothing is looked at by a name and used by that name later.

#[cfg(all(test, target_os = "linux"))]
pub(crate) use self::kernel::Kernel;
#[cfg(target_os = "linux")]
pub(crate) use self::open::FILE;
pub(crate) use self::open::{facts, open, read_at};
pub(crate) use self::root::Root;

#[cfg(target_os = "linux")]
mod kernel;
mod open;
mod root;
