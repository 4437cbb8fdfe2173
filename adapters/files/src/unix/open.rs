use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};

use crate::OpenError;
use crate::version::Stat;

/// The flags by which files are opened: a FIFO does not wait for its writer, a terminal does not
/// become ours.
pub(crate) const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::CLOEXEC)
    .union(OFlags::NOCTTY)
    .union(OFlags::NONBLOCK);

/// The flags by which directories are opened on the way; with `O_PATH` they need not be readable.
#[cfg(target_os = "linux")]
pub(super) const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
pub(super) const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

pub(crate) fn open(path: &Path) -> Result<File, OpenError> {
    match retry_on_intr(|| rustix::fs::open(path, FILE, Mode::empty())) {
        Ok(fd) => Ok(fd.into()),
        Err(Errno::NOENT | Errno::NOTDIR) => Err(OpenError::Missing),
        // A socket; a device without a driver.
        Err(Errno::NXIO | Errno::NODEV | Errno::OPNOTSUPP) => Err(OpenError::NotRegular),
        Err(errno) => Err(OpenError::Io(errno.into())),
    }
}

/// The facts of a regular file.
#[allow(
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    reason = "the types differ between systems"
)]
pub(crate) fn facts(file: &File) -> io::Result<Option<Stat>> {
    let stat = rustix::fs::fstat(file)?;
    Ok(match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let changed = (stat.st_ctime as i64, stat.st_ctime_nsec as u32);
            Some(Stat {
                len: stat.st_size as u64,
                modified: (stat.st_mtime as i64, stat.st_mtime_nsec as u32),
                changed: Some((changed, stat.st_ino as u64)),
                has_no_blocks: stat.st_blocks == 0,
                has_name: stat.st_nlink != 0,
            })
        }
        _ => None,
    })
}

pub(crate) fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    file.read_at(buf, offset)
}
