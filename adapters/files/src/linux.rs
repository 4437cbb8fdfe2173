//! Calls of Linux that need no copy or no wait.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IoSliceMut};
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::LazyLock;

use rustix::fs::{CWD, Mode, ResolveFlags, openat2};
use rustix::io::{Errno, ReadWriteFlags, retry_on_intr};
use rustix::net::SendFlags;

use crate::OpenFile;
use crate::system::FILE;

/// The most that one call of [`OpenFile::send_to`] moves, and that calls move before other tasks
/// have their turn, so that no connection keeps a thread for long.
pub(crate) const PIECE: u64 = 2 * 1024 * 1024;

/// Opens what is at a path that the kernel has in memory. `None` is where it has not or cannot
/// tell, as before Linux 5.12, and where there is nothing or it may not be opened; a sandbox may
/// refuse with any error.
pub(crate) fn open_now(path: &Path) -> Option<File> {
    let opened = retry_on_intr(|| openat2(CWD, path, FILE, Mode::empty(), ResolveFlags::CACHED));
    Some(opened.ok()?.into())
}

impl OpenFile {
    /// Reads what is in memory from `offset` on; `None` where that would wait for the disk, or
    /// where the file system cannot tell.
    pub(crate) fn read_at_now(&self, offset: u64, buf: &mut [u8]) -> io::Result<Option<usize>> {
        let wanted = !buf.is_empty();
        let mut bufs = [IoSliceMut::new(buf)];
        let read = retry_on_intr(|| {
            rustix::io::preadv2(self.as_file(), &mut bufs, offset, ReadWriteFlags::NOWAIT)
        });
        match read {
            // Linux 5.9 and 5.10 may say that a file ends where it does not; preadv2(2), BUGS.
            Ok(0) if wanted && offset < self.len() => Ok(None),
            Ok(read) => Ok(Some(read)),
            Err(Errno::AGAIN | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Has the kernel send bytes from `offset` on to `socket`: one `sendfile(2)` of at most `len`
    /// bytes and 2 MiB. Says how many were sent; 0 is the end of the file.
    ///
    /// Of a socket that does not block, [`WouldBlock`](io::ErrorKind::WouldBlock) means that it is
    /// full. Bytes that are not in memory are read from the disk meanwhile.
    ///
    /// A peer that has gone would end a program that does not ignore `SIGPIPE`, as the standard
    /// library has it done at the start: there, [`Unsupported`](io::ErrorKind::Unsupported) says
    /// that nothing was sent.
    pub(crate) fn send_to(
        &self,
        socket: BorrowedFd<'_>,
        offset: u64,
        len: u64,
    ) -> io::Result<usize> {
        if !*IGNORES_SIGPIPE {
            return Err(ErrorKind::Unsupported.into());
        }
        let len = usize::try_from(len.min(PIECE)).unwrap_or(usize::MAX);
        let sent = retry_on_intr(|| {
            let mut offset = offset;
            rustix::fs::sendfile(socket, self.as_file(), Some(&mut offset), len)
        });
        Ok(sent?)
    }
}

/// True if the program ignored SIGPIPE when the first file was sent: `sendfile`, unlike `send`,
/// cannot be told to raise none.
static IGNORES_SIGPIPE: LazyLock<bool> = LazyLock::new(|| {
    let status = fs::read_to_string("/proc/self/status");
    status.is_ok_and(|status| ignores_sigpipe(&status))
});

/// Reads the set of ignored signals; proc_pid_status(5).
fn ignores_sigpipe(status: &str) -> bool {
    const SIGPIPE: u128 = 1 << (13 - 1);
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let set = set.and_then(|set| u128::from_str_radix(set.trim(), 16).ok());
    set.is_some_and(|set| set & SIGPIPE != 0)
}

/// Sends bytes that more will follow, such as a head before its file: the kernel waits a moment for
/// the rest, to fill its packets. Says how many were taken.
pub fn send_more(socket: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
    Ok(retry_on_intr(|| rustix::net::send(socket, bytes, flags))?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;
    use std::thread;

    use super::*;

    fn file(name: &str, len: usize) -> (OpenFile, Vec<u8>) {
        let name = format!("replywire-linux-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let bytes: Vec<u8> = (0..len)
            .map(|at| (at * 31 + (at >> 8) * 17) as u8)
            .collect();
        fs::write(&path, &bytes).unwrap();
        let file = OpenFile::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        (file, bytes)
    }

    #[test]
    fn the_set_of_ignored_signals_tells_of_sigpipe() {
        for (status, ignores) in [
            ("", false),
            (
                "Name:\ta\nSigIgn:\t0000000000001000\nSigCgt:\t0000000000000000\n",
                true,
            ),
            (
                "SigIgn:\t0000000000000000\nSigCgt:\t0000000000001000\n",
                false,
            ),
            (
                "SigBlk:\t0000000000001000\nSigIgn:\t0000000000000000\n",
                false,
            ),
            ("SigIgn:\tffffffffffffefff\n", false),
            ("SigIgn:\tfffffffffffff000\n", true),
            ("SigIgn:\t00000000000000000000000000001000\n", true),
            ("SigIgn:\t1000", true),
            ("SigIgn:\t2000", false),
            ("SigIgn:\t800", false),
            ("SigIgn:\t\n", false),
            ("SigIgn:\tx1000\n", false),
            ("Name:\tSigIgn:1000\n", false),
        ] {
            assert_eq!(ignores_sigpipe(status), ignores, "{status}");
        }
        // The standard library has it ignored.
        assert!(*IGNORES_SIGPIPE);
    }

    #[test]
    fn a_file_that_was_just_opened_is_opened_at_once_and_none_where_there_is_none() {
        let path = std::env::temp_dir().join(format!("replywire-at-once-{}", std::process::id()));
        assert!(open_now(&path).is_none());
        fs::write(&path, b"at once").unwrap();
        // A kernel or a sandbox may not tell.
        if let Some(file) = open_now(&path) {
            let file = OpenFile::from_file(file).unwrap();
            assert_eq!(file.len(), 7);
        }
        fs::remove_file(&path).unwrap();
        assert!(open_now(&path).is_none());
    }

    #[test]
    fn what_is_in_memory_is_read_at_once() {
        let (file, bytes) = file("now", 20);
        for offset in 0..=22 {
            for len in 0..=22 {
                let mut buf = vec![0; len];
                let want = bytes.get(offset..).unwrap_or_default();
                let want = &want[..want.len().min(len)];
                // A file system may say that it cannot tell.
                if let Some(read) = file.read_at_now(offset as u64, &mut buf).unwrap() {
                    assert_eq!(&buf[..read], want);
                }
                assert_eq!(file.read_at(offset as u64, &mut buf).unwrap(), want.len());
                assert_eq!(&buf[..want.len()], want);
            }
        }
    }

    #[test]
    fn a_head_and_its_file_arrive_in_order_in_pieces_of_at_most_2_mib() {
        let (file, bytes) = file("send", 5_000_000);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut peer = listener.accept().unwrap().0;
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            peer.read_to_end(&mut all).map(|_| all)
        });
        assert_eq!(send_more(socket.as_fd(), b"head").unwrap(), 4);
        let (mut offset, end) = (100, 4_999_999);
        while offset < end {
            let sent = file.send_to(socket.as_fd(), offset, end - offset).unwrap();
            assert!((1..=2 * 1024 * 1024).contains(&sent), "{sent}");
            offset += sent as u64;
        }
        assert_eq!(file.send_to(socket.as_fd(), 5_000_000, 1).unwrap(), 0);
        assert_eq!(
            file.send_to(socket.as_fd(), 9_000_000, u64::MAX).unwrap(),
            0
        );
        assert_eq!(file.send_to(socket.as_fd(), 0, 0).unwrap(), 0);
        drop(socket);
        let all = reader.join().unwrap().unwrap();
        assert!(all == [b"head", &bytes[100..4_999_999]].concat());
    }

    #[test]
    fn a_full_socket_would_block_and_one_that_is_gone_is_an_error() {
        let (file, _) = file("full", 3_000_000);
        let (socket, peer) = UnixStream::pair().unwrap();
        socket.set_nonblocking(true).unwrap();
        let error = loop {
            match file.send_to(socket.as_fd(), 0, 3_000_000) {
                Ok(sent) => assert_ne!(sent, 0),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        drop(peer);
        let error = send_more(socket.as_fd(), b"head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert!(file.send_to(socket.as_fd(), 0, 1).is_err());
    }
}
