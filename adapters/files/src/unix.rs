//! Files by descriptors: nothing is looked at by a name and used by that name later.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, openat, readlinkat};
use rustix::io::{Errno, retry_on_intr};

use crate::folder::{Opened, Stop, Wait};
use crate::{OpenError, OpenFile};

/// How files are opened: a FIFO does not wait for its writer, a terminal does not become ours.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::CLOEXEC)
    .union(OFlags::NOCTTY)
    .union(OFlags::NONBLOCK);

/// How directories are opened on the way; where there is `O_PATH`, they need not be readable.
#[cfg(target_os = "linux")]
const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// The most links on one way, as Linux has it.
const LINKS: usize = 40;

pub(crate) fn open(path: &Path) -> Result<File, OpenError> {
    match retry_on_intr(|| rustix::fs::open(path, FILE, Mode::empty())) {
        Ok(fd) => Ok(fd.into()),
        Err(Errno::NOENT | Errno::NOTDIR) => Err(OpenError::Missing),
        // A socket; a device without a driver.
        Err(Errno::NXIO | Errno::NODEV | Errno::OPNOTSUPP) => Err(OpenError::NotRegular),
        Err(errno) => Err(OpenError::Io(errno.into())),
    }
}

/// The length of a regular file, and when it was modified.
#[allow(
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    reason = "the types differ between systems"
)]
pub(crate) fn facts(file: &File) -> io::Result<Option<(u64, (i64, u32))>> {
    let stat = rustix::fs::fstat(file)?;
    Ok(match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let modified = (stat.st_mtime as i64, stat.st_mtime_nsec as u32);
            Some((stat.st_size as u64, modified))
        }
        _ => None,
    })
}

pub(crate) fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    file.read_at(buf, offset)
}

/// The directory that all look-ups begin at.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    #[cfg(target_os = "linux")]
    pub(crate) kernel: Kernel,
}

/// What the kernel resolves at once.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kernel {
    /// Paths, and paths that need no disk: Linux 5.12.
    Cached,
    /// Single names.
    Names,
    /// Paths: Linux 5.6.
    Paths,
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
    pub(crate) fn get(&self, path: &str, follow: bool, wait: Wait) -> Result<Option<Opened>, Stop> {
        let opened = match self.by_path(path, follow, wait) {
            // The kernel cannot say, or may not.
            Err(Errno::AGAIN | Errno::INVAL | Errno::NOSYS | Errno::PERM) => None,
            // There is a link.
            Err(Errno::LOOP) if !follow => None,
            opened => Some(opened.map(|fd| (fd, None))),
        };
        let opened = match (opened, wait) {
            (Some(opened), _) => opened,
            (None, Wait::Never) => return Err(Stop::Wait),
            (None, Wait::Long) if follow => {
                let opened = retry_on_intr(|| openat(&self.fd, path, FILE, Mode::empty()));
                opened.map(|fd| (fd, None))
            }
            (None, Wait::Long) => self.by_names(path),
        };
        let (fd, name) = match opened {
            Ok(opened) => opened,
            Err(errno) => return absent(errno),
        };
        match OpenFile::from_file(fd.into()) {
            Ok(file) => Ok(Some(Opened { file, name })),
            Err(OpenError::Io(error)) => Err(Stop::Io(error)),
            Err(OpenError::Missing | OpenError::NotRegular) => Ok(None),
        }
    }

    /// Goes from name to name and never over a link that the system would follow: a link is read and
    /// its names are put in the place of its own. `..` is only ever the directory that was come
    /// from, so a way that leaves the root ends, even while directories are moved.
    ///
    /// Says the last name where there was a link.
    fn by_names(&self, path: &str) -> Result<(OwnedFd, Option<String>), Errno> {
        // The next name is the last one.
        let mut ahead: Vec<Vec<u8>> = path.rsplit('/').map(Into::into).collect();
        let mut behind: Vec<OwnedFd> = Vec::new();
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == b".." {
                behind.pop().ok_or(Errno::XDEV)?;
                continue;
            }
            let here = behind.last().unwrap_or(&self.fd).as_fd();
            let kind = if ahead.is_empty() { FILE } else { DIRECTORY };
            let flags = kind | OFlags::NOFOLLOW;
            match retry_on_intr(|| openat(here, &*name, flags, Mode::empty())) {
                Ok(fd) if ahead.is_empty() => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    return Ok((fd, (links != 0).then_some(name)));
                }
                Ok(fd) => behind.push(fd),
                // What the systems say of a link.
                Err(errno @ (Errno::LOOP | Errno::MLINK | Errno::NOTDIR)) => {
                    let target = readlinkat(here, &*name, Vec::new()).map_err(|_| errno)?;
                    links += 1;
                    if links > LINKS {
                        return Err(Errno::LOOP);
                    }
                    put_ahead(&mut ahead, &target)?;
                }
                Err(errno) => return Err(errno),
            }
        }
        // A link to a directory that was passed on the way.
        Err(Errno::ISDIR)
    }
}

/// Puts the names of a link's target before those that are ahead.
fn put_ahead(ahead: &mut Vec<Vec<u8>>, target: &CString) -> Result<(), Errno> {
    let target = target.as_bytes();
    if target.starts_with(b"/") {
        return Err(Errno::XDEV);
    }
    let names = target.rsplit(|byte| *byte == b'/');
    let names = names.filter(|name| !matches!(*name, b"" | b"."));
    ahead.extend(names.map(Into::into));
    Ok(())
}

/// What a client may not tell from a missing file; the rest are failures of the system.
fn absent<T>(errno: Errno) -> Result<Option<T>, Stop> {
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
        errno => Err(Stop::Io(errno.into())),
    }
}

#[cfg(target_os = "linux")]
mod kernel {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

    use super::{AsFd, DIRECTORY, Errno, FILE, Kernel, OwnedFd, Root, Wait, retry_on_intr};

    /// Beneath the root, and over no link at all: whoever may follow one has to know its name.
    const BENEATH: ResolveFlags = ResolveFlags::BENEATH
        .union(ResolveFlags::NO_MAGICLINKS)
        .union(ResolveFlags::NO_SYMLINKS);

    impl Kernel {
        /// Asks once. A sandbox may refuse with any error.
        pub(super) fn of(root: impl AsFd) -> Self {
            let can = |resolve| {
                let opened = openat2(&root, ".", DIRECTORY, Mode::empty(), resolve);
                matches!(opened, Ok(_) | Err(Errno::AGAIN))
            };
            match (can(BENEATH | ResolveFlags::CACHED), can(BENEATH)) {
                (true, true) => Self::Cached,
                (false, true) => Self::Paths,
                (_, false) => Self::Names,
            }
        }
    }

    impl Root {
        pub(super) fn by_path(
            &self,
            path: &str,
            follow: bool,
            wait: Wait,
        ) -> Result<OwnedFd, Errno> {
            let beneath = match follow {
                true => ResolveFlags::NO_MAGICLINKS,
                false => BENEATH,
            };
            let resolve = match (self.kernel, wait) {
                (Kernel::Cached, Wait::Never) => beneath | ResolveFlags::CACHED,
                (Kernel::Cached | Kernel::Paths, Wait::Long) => beneath,
                (Kernel::Names, _) | (Kernel::Paths, Wait::Never) => return Err(Errno::NOSYS),
            };
            let flags: OFlags = FILE;
            retry_on_intr(|| openat2(&self.fd, path, flags, Mode::empty(), resolve))
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Root {
    fn by_path(&self, _: &str, _: bool, _: Wait) -> Result<OwnedFd, Errno> {
        Err(Errno::NOSYS)
    }
}
