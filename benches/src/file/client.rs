//! Asks for files.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::server::{self, Bodies, Connection as _, PATIENCE, some, wrong};

/// Room for a head and, with a small file, for all of its reply.
const HEAD: usize = 16 * 1024;
/// The fewest replies that latency is told from.
const SAMPLES: usize = 3;

/// A file that a server has.
#[derive(Debug)]
pub(super) struct Target {
    at: SocketAddr,
    request: String,
    len: u64,
    bodies: Bodies,
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
            nowhere: self.bodies.room(),
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
    nowhere: Vec<u8>,
}

impl server::Connection for Connection<'_> {
    fn ask(&mut self) -> io::Result<()> {
        // nginx closes a connection after a thousand replies.
        if self.closes {
            *self = self.target.connect()?;
        }
        self.filled = 0;
        self.left = None;
        self.stream.write_all(self.target.request.as_bytes())
    }

    fn take(&mut self) -> io::Result<bool> {
        let Some(left) = self.left else {
            self.take_head()?;
            return Ok(self.left == Some(0));
        };
        let room =
            usize::try_from(left).map_or(self.nowhere.len(), |left| left.min(self.nowhere.len()));
        let place = &mut self.nowhere[..room];
        let len = some(self.target.bodies.take(&self.stream, place)?)?;
        let left = left - len as u64;
        self.left = Some(left);
        Ok(left == 0)
    }

    fn is_done(&self) -> bool {
        self.left == Some(0)
    }

    fn socket(&self) -> &TcpStream {
        &self.stream
    }
}

impl Connection<'_> {
    fn take_head(&mut self) -> io::Result<()> {
        let room = &mut self.head[self.filled..];
        if room.is_empty() {
            return Err(wrong("a head that is too long"));
        }
        self.filled += some(Bodies::Copied.take(&self.stream, room)?)?;
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
