use std::error;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::system;

/// A regular file, opened once, with the facts that its own descriptor gave.
///
/// The length is what a reply promises: a file that grows is cut there, and one that shrinks reads
/// as ended before.
#[derive(Debug)]
pub struct OpenFile {
    file: File,
    len: u64,
    modified: (i64, u32),
}

impl OpenFile {
    /// Opens the file at a path that the caller trusts; links in it are followed.
    ///
    /// Never waits for the other end of a FIFO or for a device. Waits for the disk.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::from_file(system::open(path.as_ref())?)
    }

    /// Takes over an open file; its cursor is neither used nor (but on Windows) moved.
    pub fn from_file(file: File) -> Result<Self, OpenError> {
        match system::facts(&file).map_err(OpenError::Io)? {
            Some((len, modified)) => Ok(Self {
                file,
                len,
                modified,
            }),
            None => Err(OpenError::NotRegular),
        }
    }

    /// The length in bytes when it was opened.
    #[expect(
        clippy::len_without_is_empty,
        reason = "an empty file is nothing special"
    )]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// The time its content last changed before it was opened: seconds since 1970, negative before,
    /// and the nanoseconds after that second.
    pub const fn modified(&self) -> (i64, u32) {
        self.modified
    }

    /// The file itself.
    pub const fn as_file(&self) -> &File {
        &self.file
    }

    /// Reads from `offset` on, as many bytes as one call gives; 0 at the end. Waits for the disk.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match system::read_at(&self.file, offset, buf) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// The reason that a file could not be opened.
#[non_exhaustive]
#[derive(Debug)]
pub enum OpenError {
    /// The system said so: no permission, no descriptors left, a broken disk.
    Io(io::Error),
    /// There is no such file.
    Missing,
    /// It is a directory, a FIFO, a socket or a device.
    NotRegular,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Io(_) => "file could not be opened",
            Self::Missing => "no such file",
            Self::NotRegular => "not a regular file",
        })
    }
}

impl error::Error for OpenError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Missing | Self::NotRegular => None,
        }
    }
}
