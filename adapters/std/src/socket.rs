use std::io;
use std::net::{Shutdown, SocketAddr};
#[cfg(unix)]
use std::os::fd::{AsFd as AsSocket, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::AsSocket;
use std::time::Duration;

use socket2::SockRef;

/// The socket of a connection, with what the kernel can do for it, whatever runtime waits for it.
///
/// Every type that lends a socket of the system is one.
pub trait Socket {
    /// Prepares a socket that was accepted.
    fn prepare(&self);

    /// Tells the peer that nothing more is sent, which is read when all that was sent is.
    ///
    /// # Errors
    ///
    /// Those of the system, such as that the peer has gone.
    fn shut_down_write(&self) -> io::Result<()>;

    /// Has the connection reset when the socket is closed, so that the peer does not take what it
    /// was sent for the whole.
    fn reset(&self);

    /// Writes some of `bytes` now, whether or not the runtime believes that the socket can take
    /// them.
    ///
    /// # Errors
    ///
    /// Those of the system: [`WouldBlock`](io::ErrorKind::WouldBlock) where it takes none.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// The address of the peer, if it has one.
    fn peer_address(&self) -> Option<SocketAddr> {
        None
    }

    /// Tells what has become of the peer.
    fn peer(&self) -> Peer;

    /// The socket, for calls of the system that write to it.
    #[cfg(unix)]
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// The state of a peer, as far as the kernel knows.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// It has reset the connection, or the connection has failed.
    Gone,
    /// It sends no more, and may still read.
    HalfClosed,
    /// It may still send.
    Open,
}

/// The most bytes that wait in the kernel and were not yet sent. A kernel that holds more takes
/// bytes long after the peer has stopped to, and then none for long after it has begun again.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 64 * 1024;

impl<S: AsSocket> Socket for S {
    fn prepare(&self) {
        let socket = SockRef::from(self);
        // Replies leave whole, so there is nothing to gather.
        let _ = socket.set_tcp_nodelay(true);
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = socket.set_tcp_notsent_lowat(UNSENT);
    }

    fn shut_down_write(&self) -> io::Result<()> {
        SockRef::from(self).shutdown(Shutdown::Write)
    }

    fn reset(&self) {
        let _ = SockRef::from(self).set_linger(Some(Duration::ZERO));
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        SockRef::from(self).send(bytes)
    }

    fn peer_address(&self) -> Option<SocketAddr> {
        SockRef::from(self).peer_addr().ok()?.as_socket()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn peer(&self) -> Peer {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let mut fds = [PollFd::new(self, PollFlags::RDHUP)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        match poll(&mut fds, Some(&now)) {
            Ok(1..) => {}
            _ => return Peer::Open,
        }
        let [fd] = fds;
        match fd.revents() {
            events if events.intersects(PollFlags::ERR | PollFlags::HUP) => Peer::Gone,
            events if events.contains(PollFlags::RDHUP) => Peer::HalfClosed,
            _ => Peer::Open,
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn peer(&self) -> Peer {
        Peer::Open
    }

    #[cfg(unix)]
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.as_fd())
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// An accepted socket and its peer.
    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (listener.accept().unwrap().0, peer)
    }

    #[test]
    fn a_socket_that_is_prepared_sends_at_once_and_keeps_a_short_queue() {
        let (socket, _peer) = pair();
        socket.prepare();
        assert!(socket.nodelay().unwrap());
        let unsent = SockRef::from(&socket).tcp_notsent_lowat();
        assert_eq!(unsent.unwrap(), UNSENT);
    }

    #[test]
    fn a_peer_is_open_then_half_closed_or_gone_with_bytes_unread_too() {
        for (bytes, is_reset) in [(&b""[..], false), (b"x", false), (b"", true), (b"x", true)] {
            let (socket, mut peer) = pair();
            peer.write_all(bytes).unwrap();
            assert_eq!(socket.peer(), Peer::Open);
            let want = match is_reset {
                true => {
                    peer.reset();
                    drop(peer);
                    Peer::Gone
                }
                false => {
                    peer.shut_down_write().unwrap();
                    Peer::HalfClosed
                }
            };
            while socket.peer() == Peer::Open {
                std::thread::yield_now();
            }
            assert_eq!(socket.peer(), want);
        }
    }

    #[test]
    fn a_socket_that_is_reset_takes_its_end_from_the_peer() {
        let (socket, mut peer) = pair();
        socket.reset();
        drop(socket);
        let read = peer.read(&mut [0]);
        assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}
