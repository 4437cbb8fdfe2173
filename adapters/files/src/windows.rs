//! Files by names: `std` opens nothing relative to a directory on Windows.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::windows::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::lookup::{DiskWait, LookupStopped, Opened};
use crate::version::{Stat, since_epoch};
use crate::{OpenError, OpenFile};

pub(crate) fn open(path: &Path) -> Result<File, OpenError> {
    File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => OpenError::Missing,
        // A directory is refused like a file that may not be read.
        ErrorKind::PermissionDenied if path.is_dir() => OpenError::NotRegular,
        _ => OpenError::Io(error),
    })
}

pub(crate) fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    match file.seek_read(buf, offset) {
        // After the end.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
        result => result,
    }
}

/// The directory that all look-ups begin at.
#[derive(Debug)]
pub(crate) struct Root(PathBuf);

impl Root {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(path)?;
        match path.is_dir() {
            true => Ok(Self(path)),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// Opens the regular file at a checked path, if there is one.
    pub(crate) fn get(
        &self,
        path: &str,
        follow: bool,
        wait: DiskWait,
    ) -> Result<Option<Opened>, LookupStopped> {
        if wait == DiskWait::Forbidden {
            return Err(LookupStopped::NeedsDisk);
        }
        let mut asked = self.0.clone();
        asked.extend(path.split('/'));
        let target = match fs::canonicalize(&asked) {
            Ok(target) => target,
            Err(error) => return absent(OpenError::Io(error)),
        };
        if !follow && !target.starts_with(&self.0) {
            return Ok(None);
        }
        let name = target.file_name().map(|name| name.to_string_lossy().into());
        match OpenFile::open(&target) {
            Ok(file) => Ok(Some(Opened {
                file,
                name: name.filter(|_| !follow),
            })),
            Err(error) => absent(error),
        }
    }
}

/// Takes as missing what a client may not tell from a missing file; the rest are failures of the
/// system.
fn absent<T>(error: OpenError) -> Result<Option<T>, LookupStopped> {
    match error {
        OpenError::Missing | OpenError::NotRegular => Ok(None),
        OpenError::Io(error) => match error.kind() {
            ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::NotADirectory
            | ErrorKind::NotFound
            | ErrorKind::PermissionDenied => Ok(None),
            _ => Err(LookupStopped::Io(error)),
        },
    }
}

/// The facts of a regular file.
pub(crate) fn facts(file: &File) -> io::Result<Option<Stat>> {
    let metadata = file.metadata()?;
    Ok(match metadata.is_file() {
        true => Some(Stat {
            len: metadata.len(),
            modified: since_epoch(metadata.modified()?),
            // `std` does not tell.
            changed: None,
            has_no_blocks: false,
            has_name: true,
        }),
        false => None,
    })
}
