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

/// Tells whether it may be otherwise in a moment: no descriptors are left, or no memory.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_shortage = {
        use rustix::io::Errno;
        matches!(
            Errno::from_io_error(error),
            Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM)
        )
    };
    #[cfg(not(unix))]
    let is_shortage = error.kind() == io::ErrorKind::OutOfMemory;
    is_shortage
}
