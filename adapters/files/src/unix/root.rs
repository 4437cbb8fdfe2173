use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat, readlinkat};
use rustix::io::{Errno, retry_on_intr};

#[cfg(target_os = "linux")]
use super::kernel::Kernel;
use super::open::{DIRECTORY, FILE};
use crate::lookup::{DiskWait, LookupStopped, Opened};
use crate::{OpenError, OpenFile};

/// The most links on one way, as Linux has it.
const LINKS: usize = 40;

/// The directory that all look-ups begin at.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    #[cfg(target_os = "linux")]
    pub(crate) kernel: Kernel,
}

impl Root {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let fd = retry_on_intr(|| rustix::fs::open(path, DIRECTORY, Mode::empty()))?;
        Ok(Self {
            #[cfg(target_os = "linux")]
            kernel: Kernel::of(&fd),
            fd,
        })
    }

    /// Opens the regular file at a checked path, if there is one.
    pub(crate) fn get(
        &self,
        path: &str,
        follow: bool,
        wait: DiskWait,
    ) -> Result<Option<Opened>, LookupStopped> {
        let opened = match self.by_path(path, follow, wait) {
            // The kernel cannot say, or may not.
            Err(Errno::AGAIN | Errno::INVAL | Errno::NOSYS | Errno::PERM) => None,
            // There is a link.
            Err(Errno::LOOP) if !follow => None,
            opened => Some(opened.map(|fd| (fd, None))),
        };
        let opened = match (opened, wait) {
            (Some(opened), _) => opened,
            (None, DiskWait::Forbidden) => return Err(LookupStopped::NeedsDisk),
            (None, DiskWait::Allowed) if follow => {
                let opened = retry_on_intr(|| openat(&self.fd, path, FILE, Mode::empty()));
                opened.map(|fd| (fd, None))
            }
            (None, DiskWait::Allowed) => self.by_names(path),
        };
        let (fd, name) = match opened {
            Ok(opened) => opened,
            Err(errno) => return absent(errno),
        };
        match OpenFile::from_file(fd.into()) {
            Ok(file) => Ok(Some(Opened { file, name })),
            Err(OpenError::Io(error)) => Err(LookupStopped::Io(error)),
            Err(OpenError::Missing | OpenError::NotRegular) => Ok(None),
        }
    }

    /// Has the kernel open a path at once, if it can.
    #[cfg(target_os = "linux")]
    fn by_path(&self, path: &str, follow: bool, wait: DiskWait) -> Result<OwnedFd, Errno> {
        self.kernel.open(&self.fd, path, follow, wait)
    }

    #[cfg(not(target_os = "linux"))]
    fn by_path(&self, _: &str, _: bool, _: DiskWait) -> Result<OwnedFd, Errno> {
        Err(Errno::NOSYS)
    }

    /// Goes from name to name and never over a link that the system would follow: a link is read
    /// and its names take the place of its own. `..` is only ever the directory that was passed
    /// last, so a way that leaves the root ends, even while directories are moved.
    ///
    /// Returns the last name too where there was a link.
    fn by_names(&self, path: &str) -> Result<(OwnedFd, Option<String>), Errno> {
        // The next name is the last one.
        let mut ahead: Vec<Vec<u8>> = path.rsplit('/').map(Into::into).collect();
        let mut passed: Vec<OwnedFd> = Vec::new();
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == b".." {
                passed.pop().ok_or(Errno::XDEV)?;
                continue;
            }
            let here = passed.last().unwrap_or(&self.fd).as_fd();
            let kind = if ahead.is_empty() { FILE } else { DIRECTORY };
            let flags = kind | OFlags::NOFOLLOW;
            match retry_on_intr(|| openat(here, &*name, flags, Mode::empty())) {
                Ok(fd) if ahead.is_empty() => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    return Ok((fd, (links != 0).then_some(name)));
                }
                Ok(fd) => passed.push(fd),
                // The errors that systems have for a link.
                Err(errno @ (Errno::LOOP | Errno::MLINK | Errno::NOTDIR)) => {
                    let target = readlinkat(here, &*name, Vec::new()).map_err(|_| errno)?;
                    links += 1;
                    if links > LINKS {
                        return Err(Errno::LOOP);
                    }
                    prepend_target(&mut ahead, &target)?;
                }
                Err(errno) => return Err(errno),
            }
        }
        // A link to a directory that was passed on the way.
        Err(Errno::ISDIR)
    }
}

/// Prepends the names of a link's target to those that are ahead.
fn prepend_target(ahead: &mut Vec<Vec<u8>>, target: &CString) -> Result<(), Errno> {
    let target = target.as_bytes();
    if target.starts_with(b"/") {
        return Err(Errno::XDEV);
    }
    let names = target.rsplit(|byte| *byte == b'/');
    let names = names.filter(|name| !matches!(*name, b"" | b"."));
    ahead.extend(names.map(Into::into));
    Ok(())
}

/// Takes as missing what a client may not tell from a missing file; the rest are failures of the
/// system.
fn absent<T>(errno: Errno) -> Result<Option<T>, LookupStopped> {
    match errno {
        Errno::ACCESS
        | Errno::ILSEQ
        | Errno::INVAL
        | Errno::ISDIR
        | Errno::LOOP
        | Errno::NAMETOOLONG
        | Errno::NODEV
        | Errno::NOENT
        | Errno::NOTDIR
        | Errno::NXIO
        | Errno::OPNOTSUPP
        | Errno::PERM
        | Errno::XDEV => Ok(None),
        errno => Err(LookupStopped::Io(errno.into())),
    }
}
