use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Mode, ResolveFlags, openat2};
use rustix::io::{Errno, retry_on_intr};

use super::open::{DIRECTORY, FILE};
use crate::lookup::DiskWait;

/// The most that the kernel resolves at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kernel {
    /// Paths, and paths that need no disk: Linux 5.12.
    Cached,
    /// Single names.
    Names,
    /// Paths: Linux 5.6.
    Paths,
}

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

    /// Opens the regular file at a path beneath `root`, or over links wherever they lead.
    pub(super) fn open(
        self,
        root: impl AsFd,
        path: &str,
        follow: bool,
        wait: DiskWait,
    ) -> Result<OwnedFd, Errno> {
        let beneath = match follow {
            true => ResolveFlags::NO_MAGICLINKS,
            false => BENEATH,
        };
        let resolve = match (self, wait) {
            (Self::Cached, DiskWait::Forbidden) => beneath | ResolveFlags::CACHED,
            (Self::Cached | Self::Paths, DiskWait::Allowed) => beneath,
            (Self::Names, _) | (Self::Paths, DiskWait::Forbidden) => return Err(Errno::NOSYS),
        };
        retry_on_intr(|| openat2(&root, path, FILE, Mode::empty(), resolve))
    }
}

/// Beneath the root, and over no link at all: whoever may follow one has to know its name.
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_SYMLINKS);
