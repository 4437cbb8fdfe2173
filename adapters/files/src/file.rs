use std::error;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::system;
use crate::version::{Stat, Version, now};

/// A regular file, opened once, with the facts that its own descriptor gave.
///
/// The length is what a reply promises: a file that grows is cut there, and one that shrinks reads
/// as ended before.
#[derive(Debug)]
pub struct OpenFile {
    file: Arc<File>,
    len: u64,
    modified: (i64, u32),
    changed: Option<((i64, u32), u64)>,
    version: Version,
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
        Ok(Self::with_facts(Arc::new(file))?.0)
    }

    /// The same file with the facts that its descriptor gives by now, if nothing of it has changed:
    /// neither its content nor its names nor who may read it.
    pub(crate) fn unchanged(&self) -> Option<Self> {
        let (file, has_name) = Self::with_facts(Arc::clone(&self.file)).ok()?;
        (has_name && file.changed == self.changed).then_some(file)
    }

    /// The same file with the same facts.
    pub(crate) fn share(&self) -> Self {
        Self {
            file: Arc::clone(&self.file),
            ..*self
        }
    }

    /// The file with its facts, and whether it has a name.
    fn with_facts(file: Arc<File>) -> Result<(Self, bool), OpenError> {
        // A change that comes after this is later than what the facts say.
        let now = now();
        let stat = facts(&file)?;
        let opened = Self {
            file,
            len: stat.len,
            modified: stat.modified,
            changed: stat.changed,
            version: Version::of(&stat, now),
        };
        Ok((opened, stat.has_name))
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

    /// The validators that the facts give.
    pub(crate) const fn version(&self) -> Version {
        self.version
    }

    /// The file itself.
    pub fn as_file(&self) -> &File {
        &self.file
    }

    /// Reads from `offset` on, as many bytes as one call gives; 0 at the end. Waits for the disk.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        read_at(&self.file, offset, buf)
    }
}

fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        match system::read_at(file, offset, buf) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// The facts of a regular file whose length is what it says.
fn facts(file: &File) -> Result<Stat, OpenError> {
    let facts = || {
        system::facts(file)
            .map_err(OpenError::Io)?
            .ok_or(OpenError::NotRegular)
    };
    let mut stat = facts()?;
    while !has_length(file, &stat) {
        // It may have changed meanwhile.
        let now = facts()?;
        if now.len == stat.len {
            return Err(OpenError::NotRegular);
        }
        stat = now;
    }
    Ok(stat)
}

/// Tells whether a file ends where it says. One that the kernel makes up as it is read may say any
/// length, mostly 0 as below `/proc` or 4096 as below `/sys`.
fn has_length(file: &File, stat: &Stat) -> bool {
    let read = |offset| read_at(file, offset, &mut [0]);
    match stat.len.checked_sub(1) {
        None => matches!(read(0), Ok(0)),
        Some(last) => !stat.has_no_blocks || matches!(read(last), Ok(1)),
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
    /// It is a directory, a FIFO, a socket or a device; or the kernel makes it up as it is read, as
    /// below `/proc`, and its length is not known before.
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
