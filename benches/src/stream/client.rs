//! Asks for streams.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::source::{STAMP, Source, now};
use crate::server::{self, Bodies, PATIENCE, wrong};

/// The fewest events that latency is told from.
const SAMPLES: usize = 3;
/// What comes before the bytes of a lone event, and how long it is as a chunk.
const SIZE_LINE: &[u8] = b"10\r\n";
const EVENT: usize = SIZE_LINE.len() + STAMP + 2;

/// A stream of a server, on a connection of its own.
#[derive(Clone, Debug)]
pub(super) struct Target {
    at: SocketAddr,
    request: String,
    bodies: Bodies,
}

impl Target {
    pub(super) fn new(at: SocketAddr, path: &str, bodies: Bodies) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
        Self {
            at,
            request,
            bodies,
        }
    }

    fn asked(&self) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        stream.write_all(self.request.as_bytes())?;
        Ok(stream)
    }

    /// The body, decoded, and how long all of the reply was.
    pub(super) fn body(&self) -> io::Result<(Vec<u8>, u64)> {
        let mut reply = Vec::new();
        self.asked()?.read_to_end(&mut reply)?;
        let (head, chunks) = split(&reply).ok_or_else(|| wrong("no whole head"))?;
        check(head)?;
        let body = decode(chunks).ok_or_else(|| wrong("a body that is not chunked"))?;
        Ok((body, reply.len() as u64))
    }

    /// What asks for this stream and takes it, again and again; each is `len` bytes with its head.
    pub(super) fn connect(&self, len: u64) -> io::Result<Connection<'_>> {
        Ok(Connection {
            target: self,
            stream: TcpStream::connect(self.at)?,
            len,
            taken: 0,
            is_done: true,
            nowhere: self.bodies.room(),
        })
    }

    /// The times in seconds from when an event is made to when it has been read; sorted.
    pub(super) fn latencies(at: SocketAddr, turn: Duration) -> io::Result<Vec<f64>> {
        let mut stream = Self::new(at, Source::LONE, Bodies::Copied).asked()?;
        let mut room = [0; 4096];
        let mut filled = 0;
        while split(&room[..filled]).is_none() {
            filled += more(&mut stream, &mut room[filled..])?;
        }
        let mut samples = Vec::new();
        // An event may have come with the head.
        next(&mut stream, &mut room)?;
        let start = Instant::now();
        while samples.len() < SAMPLES || start.elapsed() < turn {
            let then = next(&mut stream, &mut room)?;
            samples.push(now().saturating_sub(then) as f64 / 1e9);
        }
        samples.sort_by(f64::total_cmp);
        Ok(samples)
    }
}

/// When the next event was made; of several that are here already, the first.
fn next(stream: &mut TcpStream, room: &mut [u8]) -> io::Result<u64> {
    let mut filled = 0;
    while filled == 0 || filled % EVENT != 0 {
        filled += more(stream, &mut room[filled..])?;
    }
    room.strip_prefix(SIZE_LINE)
        .and_then(|rest| str::from_utf8(&rest[..STAMP]).ok())
        .and_then(|stamp| u64::from_str_radix(stamp, 16).ok())
        .ok_or_else(|| wrong("no lone event"))
}

fn more(stream: &mut TcpStream, room: &mut [u8]) -> io::Result<usize> {
    match stream.read(room)? {
        0 => Err(wrong("the end of events")),
        len => Ok(len),
    }
}

/// A stream that is asked for again and again, each time on a new connection.
pub(super) struct Connection<'t> {
    target: &'t Target,
    stream: TcpStream,
    /// How long a reply is, and how much of this one was taken.
    len: u64,
    taken: u64,
    is_done: bool,
    nowhere: Vec<u8>,
}

impl server::Connection for Connection<'_> {
    fn ask(&mut self) -> io::Result<()> {
        self.stream = self.target.asked()?;
        self.taken = 0;
        self.is_done = false;
        Ok(())
    }

    fn take(&mut self) -> io::Result<bool> {
        match self.target.bodies.take(&self.stream, &mut self.nowhere)? {
            Some(0) if self.taken == self.len => self.is_done = true,
            Some(0) => return Err(wrong("a reply of another length than the one before")),
            taken => self.taken += taken.unwrap_or(0) as u64,
        }
        Ok(self.is_done)
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn socket(&self) -> &TcpStream {
        &self.stream
    }
}

/// A head, and what is behind it.
fn split(reply: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((&reply[..end], &reply[end + 4..]))
}

fn check(head: &[u8]) -> io::Result<()> {
    let head = head.to_ascii_lowercase();
    let head = str::from_utf8(&head).map_err(|_| wrong("a head not in UTF-8"))?;
    let is_chunked = head
        .lines()
        .any(|line| line == "transfer-encoding: chunked");
    match head.starts_with("http/1.1 200") && is_chunked {
        true => Ok(()),
        false => Err(wrong(head)),
    }
}

/// What all chunks hold, if they end with the last and nothing is behind it.
fn decode(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|bytes| bytes == b"\r\n")?;
        let len = usize::from_str_radix(str::from_utf8(&chunks[..end]).ok()?, 16).ok()?;
        let (data, rest) = chunks[end + 2..].split_at_checked(len)?;
        body.extend_from_slice(data);
        chunks = rest.strip_prefix(b"\r\n")?;
        if len == 0 {
            return chunks.is_empty().then_some(body);
        }
    }
}
