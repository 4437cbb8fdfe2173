//! A client that costs little beside the servers it measures.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

/// How long a server may be silent.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What becomes of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bodies {
    /// The kernel drops them, but for what arrives with the head.
    Dropped,
    /// They are copied into a buffer that stays in the cache.
    Copied,
}

impl Bodies {
    /// Room for the most that is taken at once. It is never read, and where bodies are dropped it is
    /// never written either.
    pub(crate) fn room(self) -> Vec<u8> {
        match self {
            Self::Dropped => vec![0; 8 * 1024 * 1024],
            Self::Copied => vec![0; 256 * 1024],
        }
    }

    /// Takes what has come, waiting for something; how much. Zero is the end.
    pub(crate) fn take(self, from: &TcpStream, room: &mut [u8]) -> io::Result<Option<usize>> {
        let flags = match self {
            Self::Dropped => RecvFlags::TRUNC,
            Self::Copied => RecvFlags::empty(),
        };
        received(recv(from, room, flags))
    }
}

/// A connection that is asked for one reply after the other.
pub(crate) trait Connection {
    fn ask(&mut self) -> io::Result<()>;

    /// Takes some of what was asked for, waiting for it; whether that was the end of the reply.
    fn take(&mut self) -> io::Result<bool>;

    /// Whether there is no more to take.
    fn is_done(&self) -> bool;

    fn socket(&self) -> &TcpStream;

    /// Asks, and takes the reply.
    fn reply(&mut self) -> io::Result<()> {
        self.ask()?;
        while !self.take()? {}
        Ok(())
    }
}

/// What many connections took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) replies: u64,
    pub(crate) elapsed: Duration,
    pub(crate) cpu: Duration,
}

/// Asks on all connections, again and again, for as long as a turn; then takes what was asked for.
/// `cpu` is the server's clock.
pub(crate) fn load<C: Connection>(
    connections: &mut [C],
    warm_up: usize,
    turn: Duration,
    cpu: impl Fn() -> io::Result<Duration>,
) -> io::Result<Load> {
    let enough = (warm_up * connections.len()) as u64;
    ask_on(connections, |replies| replies < enough)?;
    let before = cpu()?;
    let start = Instant::now();
    let replies = ask_on(connections, |_| start.elapsed() < turn)?;
    Ok(Load {
        replies,
        elapsed: start.elapsed(),
        cpu: cpu()?.saturating_sub(before),
    })
}

/// Asks on all connections, and again where a reply has come, while there shall be more; how many
/// replies came until none was left to wait for.
fn ask_on<C: Connection>(connections: &mut [C], more: impl Fn(u64) -> bool) -> io::Result<u64> {
    for connection in connections.iter_mut() {
        connection.ask()?;
    }
    let mut replies = 0;
    let mut awaited = connections.len();
    while awaited > 0 {
        for index in ready(connections)? {
            let connection = &mut connections[index];
            if !connection.take()? {
                continue;
            }
            replies += 1;
            if more(replies) {
                connection.ask()?;
            } else {
                awaited -= 1;
            }
        }
    }
    Ok(replies)
}

/// Which connections that wait for a reply have some of it to take.
fn ready<C: Connection>(connections: &[C]) -> io::Result<Vec<usize>> {
    let (waiting, mut polled): (Vec<usize>, Vec<PollFd<'_>>) = connections
        .iter()
        .enumerate()
        .filter(|(_, connection)| !connection.is_done())
        .map(|(index, connection)| (index, PollFd::new(connection.socket(), PollFlags::IN)))
        .unzip();
    let patience = Timespec {
        tv_sec: PATIENCE.as_secs() as i64,
        tv_nsec: 0,
    };
    match poll(&mut polled, Some(&patience)) {
        Ok(0) => Err(io::ErrorKind::TimedOut.into()),
        Err(error) if error != Errno::INTR => Err(error.into()),
        _ => Ok(waiting
            .into_iter()
            .zip(&polled)
            .filter(|(_, polled)| !polled.revents().is_empty())
            .map(|(index, _)| index)
            .collect()),
    }
}

/// How much was received, unless it was interrupted.
fn received(received: Result<(usize, usize), Errno>) -> io::Result<Option<usize>> {
    match received {
        Ok((_, len)) => Ok(Some(len)),
        Err(Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The same where the end is an error.
pub(crate) fn some(received: Option<usize>) -> io::Result<usize> {
    match received {
        Some(0) => Err(wrong("a reply that ends early")),
        received => Ok(received.unwrap_or(0)),
    }
}

pub(crate) fn wrong(what: &str) -> io::Error {
    io::Error::other(format!("the client got {what}"))
}
