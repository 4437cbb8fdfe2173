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
}
