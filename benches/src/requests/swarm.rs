//! Many connections, each with something under way at all times.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use super::work::Ask;
use crate::server::{Bodies, PATIENCE, wrong};

/// Connections of one server.
pub(super) struct Swarm<'a> {
    asks: &'a [Ask],
    /// How long the reply to each is, head and all.
    lens: Vec<u64>,
    connections: Vec<Connection>,
    epoll: OwnedFd,
    nowhere: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    /// What is asked for, how much of it has been written, and how much of the reply is to come.
    ask: usize,
    written: usize,
    left: u64,
    asked: Instant,
    waits_to_write: bool,
}

/// What a swarm was given.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) replies: u64,
    pub(super) elapsed: Duration,
    /// The nanoseconds from each ask to the end of what it asked for, sorted.
    pub(super) waits: Vec<u64>,
}

impl<'a> Swarm<'a> {
    /// Asks once for each, which shows that the replies are right and how long they are, and
    /// connects.
    pub(super) fn new(at: SocketAddr, asks: &'a [Ask], connections: usize) -> io::Result<Self> {
        let lens = asks
            .iter()
            .map(|ask| learn(at, ask))
            .collect::<io::Result<_>>()?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut swarm = Self {
            asks,
            lens,
            connections: Vec::new(),
            epoll,
            nowhere: Bodies::Dropped.room(),
        };
        for index in 0..connections {
            let stream = connect(at)?;
            stream.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&swarm.epoll, &stream, data, epoll::EventFlags::IN)?;
            swarm.connections.push(Connection {
                stream,
                ask: index % asks.len(),
                written: 0,
                left: 0,
                asked: Instant::now(),
                waits_to_write: false,
            });
        }
        Ok(swarm)
    }

    /// Asks on all connections, and again where all has come, while `more` of the number of replies;
    /// then takes what was asked for.
    pub(super) fn run(&mut self, more: impl Fn(u64) -> bool) -> io::Result<Given> {
        let start = Instant::now();
        let mut given = Given {
            replies: 0,
            elapsed: Duration::ZERO,
            waits: Vec::new(),
        };
        for index in 0..self.connections.len() {
            self.ask(index)?;
        }
        let mut awaited = self.connections.len();
        let mut events = Vec::with_capacity(self.connections.len());
        while awaited > 0 {
            let patience = Timespec {
                tv_sec: PATIENCE.as_secs() as i64,
                tv_nsec: 0,
            };
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&patience)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Err(error) if error != Errno::INTR => return Err(error.into()),
                _ => {}
            }
            for event in events.drain(..) {
                let (flags, data) = (event.flags, event.data);
                let index = data.u64() as usize;
                if flags.contains(epoll::EventFlags::OUT) {
                    self.write(index)?;
                }
                let is_readable = flags.intersects(!epoll::EventFlags::OUT);
                if !is_readable || !self.take(index)? {
                    continue;
                }
                let connection = &mut self.connections[index];
                given
                    .waits
                    .push(connection.asked.elapsed().as_nanos() as u64);
                given.replies += self.asks[connection.ask].depth;
                connection.ask = (connection.ask + 1) % self.asks.len();
                match more(given.replies) {
                    true => self.ask(index)?,
                    false => awaited -= 1,
                }
            }
        }
        given.elapsed = start.elapsed();
        given.waits.sort_unstable();
        Ok(given)
    }

    fn ask(&mut self, index: usize) -> io::Result<()> {
        let connection = &mut self.connections[index];
        connection.written = 0;
        connection.left = self.lens[connection.ask];
        connection.asked = Instant::now();
        self.write(index)
    }

    /// Writes what the connection takes now.
    fn write(&mut self, index: usize) -> io::Result<()> {
        let connection = &mut self.connections[index];
        let bytes = &self.asks[connection.ask].bytes;
        while connection.written < bytes.len() {
            match connection.stream.write(&bytes[connection.written..]) {
                Ok(len) => connection.written += len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        let waits = connection.written < bytes.len();
        if waits != connection.waits_to_write {
            connection.waits_to_write = waits;
            let flags = match waits {
                true => epoll::EventFlags::IN | epoll::EventFlags::OUT,
                false => epoll::EventFlags::IN,
            };
            let data = epoll::EventData::new_u64(index as u64);
            epoll::modify(&self.epoll, &connection.stream, data, flags)?;
        }
        Ok(())
    }

    /// Takes what has come; whether that was the end of what was asked for.
    fn take(&mut self, index: usize) -> io::Result<bool> {
        let connection = &mut self.connections[index];
        // The kernel drops the bytes; so it tells all that have come.
        let room = self.nowhere.len().min(connection.left as usize + 1);
        let taken = recv(
            &connection.stream,
            &mut self.nowhere[..room],
            RecvFlags::TRUNC,
        );
        let len = match taken {
            Ok((_, 0)) => return Err(wrong("the end of a connection")),
            Ok((_, len)) => len as u64,
            Err(Errno::INTR | Errno::AGAIN) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let left = connection.left.checked_sub(len);
        connection.left = left.ok_or_else(|| wrong("a longer reply than the one before"))?;
        Ok(connection.left == 0)
    }
}

/// A connection that leaves nothing behind when it is dropped.
pub(super) fn connect(at: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(at)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))?;
    Ok(stream)
}

/// Asks, on a connection of its own, and reads the replies; how long they are.
pub(super) fn learn(at: SocketAddr, ask: &Ask) -> io::Result<u64> {
    replies(&mut connect(at)?, ask)
}

/// Asks on a connection, and reads the replies; how long they are.
pub(super) fn replies(stream: &mut TcpStream, ask: &Ask) -> io::Result<u64> {
    stream.write_all(&ask.bytes)?;
    let mut bytes = Vec::new();
    let mut len = 0;
    for _ in 0..ask.depth {
        let (end, body) = loop {
            if let Some(found) = reply(&bytes)? {
                break found;
            }
            let mut room = [0; 64 * 1024];
            match stream.read(&mut room)? {
                0 => return Err(wrong("a reply that ends early")),
                more => bytes.extend_from_slice(&room[..more]),
            }
        };
        if !ask.want.is(&body) {
            let start = &body[..body.len().min(200)];
            return Err(wrong(&format!("a wrong body: {}", start.escape_ascii())));
        }
        bytes.drain(..end);
        len += end as u64;
    }
    match bytes.is_empty() {
        true => Ok(len),
        false => Err(wrong("more than the replies")),
    }
}

/// Where the first reply ends, and its body, once it is whole.
fn reply(bytes: &[u8]) -> io::Result<Option<(usize, Vec<u8>)>> {
    let Some(end) = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes[..end].to_ascii_lowercase();
    let head = str::from_utf8(&head).map_err(|_| wrong("a head not in UTF-8"))?;
    if !head.starts_with("http/1.1 200") {
        return Err(wrong(head));
    }
    let value = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields
            .find(|(of, _)| *of == name)
            .map(|(_, value)| value.trim())
    };
    let start = end + 4;
    if value("transfer-encoding") == Some("chunked") {
        return Ok(chunks(&bytes[start..]).map(|(len, body)| (start + len, body)));
    }
    let len = value("content-length").and_then(|len| len.parse::<usize>().ok());
    let len = len.ok_or_else(|| wrong("a body of no length"))?;
    let body = bytes.get(start..start + len);
    Ok(body.map(|body| (start + len, body.to_vec())))
}

/// How long a chunked body is, and what it holds, once it is whole.
fn chunks(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let line = bytes[at..].windows(2).position(|bytes| bytes == b"\r\n")?;
        let len = str::from_utf8(&bytes[at..at + line]).ok()?;
        let len = usize::from_str_radix(len, 16).ok()?;
        at += line + 2;
        body.extend_from_slice(bytes.get(at..at + len)?);
        at += len + 2;
        if bytes.len() < at {
            return None;
        }
        if len == 0 {
            return Some((at, body));
        }
    }
}
