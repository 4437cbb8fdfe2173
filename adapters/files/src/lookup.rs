use std::io;

use crate::OpenFile;

/// A regular file, and its name where a link led to it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) file: OpenFile,
    pub(crate) name: Option<String>,
}

/// The permission of a look-up to wait for the disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DiskWait {
    Allowed,
    Forbidden,
}

/// The reason that a look-up ended without an answer.
#[derive(Debug)]
pub(crate) enum LookupStopped {
    Io(io::Error),
    /// It would have to wait for the disk.
    NeedsDisk,
    /// A file that was kept has changed since, or its name has.
    Outdated,
}

/// Tells whether it may be otherwise in a moment: too few descriptors are left, or too little
/// memory, for a file or a connection.
pub fn is_shortage(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const ENOBUFS: i32 = if cfg!(target_os = "linux") { 105 } else { 55 };
    const WSAEMFILE: i32 = 10024;
    error.kind() == io::ErrorKind::OutOfMemory
        || matches!(
            error.raw_os_error(),
            Some(ENFILE | EMFILE | ENOBUFS | WSAEMFILE)
        )
}
