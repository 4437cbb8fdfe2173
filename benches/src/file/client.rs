//! A client that costs little beside the servers it measures.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(20);
/// Room for a head and, with a small file, for all of its reply.
const HEAD: usize = 16 * 1024;
/// The fewest replies that latency is told from.
const SAMPLES: usize = 3;

/// What becomes of a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bodies {
    /// The kernel drops them, but for what arrives with the head.
    Dropped,
    /// They are copied into a buffer that stays in the cache.
    Copied,
}

impl Bodies {
    const fn flags(self) -> RecvFlags {
        match self {
            Self::Dropped => RecvFlags::TRUNC,
            Self::Copied => RecvFlags::empty(),
        }
    }

    /// The most taken at once.
    const fn room(self) -> usize {
        match self {
            Self::Dropped => 8 * 1024 * 1024,
            Self::Copied => 256 * 1024,
        }
    }
}

/// A file that a server has.
#[derive(Debug)]
pub(super) struct Target {
    at: SocketAddr,
    request: String,
    len: u64,
    bodies: Bodies,
}

/// What many connections took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) replies: u64,
    pub(super) elapsed: Duration,
    pub(super) cpu: Duration,
}

impl Target {
    pub(super) fn new(at: SocketAddr, file: &str, len: u64, bodies: Bodies) -> Self {
        let request = format!("GET /{file} HTTP/1.1\r\nhost: {at}\r\n\r\n");
        Self {
            at,
            request,
            len,
            bodies,
        }
    }

    /// The body, read as anybody would.
    pub(super) fn body(&self) -> io::Result<Vec<u8>> {
        let mut connection = self.connect()?;
        connection.ask()?;
        while connection.left.is_none() {
            connection.take_head()?;
        }
        let mut body = connection.head[connection.body..connection.filled].to_vec();
        let have = body.len();
        body.resize(have + connection.left.unwrap_or(0) as usize, 0);
        connection.stream.read_exact(&mut body[have..])?;
        Ok(body)
    }

    /// A connection kept alive, in use.
    pub(super) fn connect(&self) -> io::Result<Connection<'_>> {
        let stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            target: self,
            stream,
            head: vec![0; HEAD],
            filled: 0,
            body: 0,
            left: None,
            closes: false,
            nowhere: vec![0; self.bodies.room()],
        })
    }

    /// Asks on so many connections, again and again, for as long as a turn; then takes what was
    /// asked for. `cpu` is the server's clock.
    pub(super) fn load(
        &self,
        connections: usize,
        warm_up: usize,
        turn: Duration,
        cpu: impl Fn() -> io::Result<Duration>,
    ) -> io::Result<Load> {
        let mut connections: Vec<Connection<'_>> = (0..connections)
            .map(|_| self.connect())
            .collect::<io::Result<_>>()?;
        let enough = (warm_up * connections.len()) as u64;
        ask_on(&mut connections, |replies| replies < enough)?;
        let before = cpu()?;
        let start = Instant::now();
        let replies = ask_on(&mut connections, |_| start.elapsed() < turn)?;
        Ok(Load {
            replies,
            elapsed: start.elapsed(),
            cpu: cpu()?.saturating_sub(before),
        })
    }

    /// The times in seconds from a request to the end of its reply, with one connection; sorted.
    pub(super) fn latencies(&self, warm_up: usize, turn: Duration) -> io::Result<Vec<f64>> {
        let mut connection = self.connect()?;
        for _ in 0..warm_up {
            connection.reply()?;
        }
        let mut samples = Vec::new();
        let start = Instant::now();
        while samples.len() < SAMPLES || start.elapsed() < turn {
            let asked = Instant::now();
            connection.reply()?;
            samples.push(asked.elapsed().as_secs_f64());
        }
        samples.sort_by(f64::total_cmp);
        Ok(samples)
    }
}

/// Asks on all connections, and again where a reply has come, while there shall be more; how many
/// replies came until none was left to wait for.
fn ask_on(connections: &mut [Connection<'_>], more: impl Fn(u64) -> bool) -> io::Result<u64> {
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

/// A connection that has been asked for the file, or not yet.
pub(super) struct Connection<'t> {
    target: &'t Target,
    stream: TcpStream,
    head: Vec<u8>,
    /// How much of `head` has been read, the beginning of the body included.
    filled: usize,
    /// Where in `head` the body begins.
    body: usize,
    /// How much of the body is to come, once the head is whole.
    left: Option<u64>,
    closes: bool,
    /// Never read, and with [`Bodies::Dropped`] never written either.
    nowhere: Vec<u8>,
}

impl Connection<'_> {
    /// Asks, and takes the reply.
    pub(super) fn reply(&mut self) -> io::Result<()> {
        self.ask()?;
        while !self.take()? {}
        Ok(())
    }

    fn ask(&mut self) -> io::Result<()> {
        // nginx closes a connection after a thousand replies.
        if self.closes {
            *self = self.target.connect()?;
        }
        self.filled = 0;
        self.left = None;
        self.stream.write_all(self.target.request.as_bytes())
    }

    /// Takes what has come, waiting for something; whether that was the end of the reply.
    fn take(&mut self) -> io::Result<bool> {
        let Some(left) = self.left else {
            self.take_head()?;
            return Ok(self.left == Some(0));
        };
        let room =
            usize::try_from(left).map_or(self.nowhere.len(), |left| left.min(self.nowhere.len()));
        let place = &mut self.nowhere[..room];
        let len = some(recv(&self.stream, place, self.target.bodies.flags()))?;
        let left = left - len as u64;
        self.left = Some(left);
        Ok(left == 0)
    }

    fn take_head(&mut self) -> io::Result<()> {
        let room = &mut self.head[self.filled..];
        if room.is_empty() {
            return Err(wrong("a head that is too long"));
        }
        self.filled += some(recv(&self.stream, room, RecvFlags::empty()))?;
        let read = &self.head[..self.filled];
        let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            return Ok(());
        };
        let head = str::from_utf8(&read[..end]).map_err(|_| wrong("a head not in UTF-8"))?;
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap_or_default();
        if !status.starts_with("HTTP/1.1 200") {
            return Err(wrong(status));
        }
        let mut len = None;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                len = value.parse().ok();
            }
            if name.eq_ignore_ascii_case("connection") {
                self.closes = value.eq_ignore_ascii_case("close");
            }
        }
        if len != Some(self.target.len) {
            return Err(wrong("another content-length than the file's"));
        }
        self.body = end + 4;
        let come = (self.filled - self.body) as u64;
        let left = self.target.len.checked_sub(come);
        self.left = Some(left.ok_or_else(|| wrong("more than the file"))?);
        Ok(())
    }
}

/// Which connections that wait for a reply have some of it to take.
fn ready(connections: &[Connection<'_>]) -> io::Result<Vec<usize>> {
    let (waiting, mut polled): (Vec<usize>, Vec<PollFd<'_>>) = connections
        .iter()
        .enumerate()
        .filter(|(_, connection)| connection.left != Some(0))
        .map(|(index, connection)| (index, PollFd::new(&connection.stream, PollFlags::IN)))
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

/// How much was received; the end is an error.
fn some(received: Result<(usize, usize), Errno>) -> io::Result<usize> {
    match received {
        Ok((_, 0)) => Err(wrong("a reply that ends early")),
        Ok((_, len)) => Ok(len),
        Err(Errno::INTR) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(format!("the client got {what}"))
}
