//! Asks for replies over connections that are kept alive.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::server::{self, Bodies, PATIENCE, some, wrong};

/// A reply of a server, which has been asked for once.
#[derive(Debug)]
pub(super) struct Target {
    at: SocketAddr,
    request: String,
    /// The bytes of the reply.
    len: usize,
    /// The body, decoded.
    pub(super) body: Vec<u8>,
}

impl Target {
    pub(super) fn new(at: SocketAddr, path: &str) -> io::Result<Self> {
        let fields = "user-agent: ratios\r\naccept: */*\r\n";
        let request = format!("GET /{path} HTTP/1.1\r\nhost: {at}\r\n{fields}\r\n");
        let mut stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut reply = Vec::new();
        let body = loop {
            let mut room = [0; 4096];
            let len = some(Some(stream.read(&mut room)?))?;
            reply.extend_from_slice(&room[..len]);
            if let Some(body) = body(&reply)? {
                break body;
            }
        };
        Ok(Self {
            at,
            request,
            len: reply.len(),
            body,
        })
    }

    pub(super) fn connect(&self) -> io::Result<Connection<'_>> {
        let stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            target: self,
            stream,
            left: 0,
            room: Bodies::Copied.room(),
        })
    }
}

/// The body of a reply that is whole; it has a length, or chunks.
fn body(reply: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let Some(end) = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = str::from_utf8(&reply[..end]).map_err(|_| wrong("a head not in UTF-8"))?;
    let head = head.to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        return Err(wrong(&head));
    }
    let mut rest = &reply[end + 4..];
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    if let Some((_, len)) = lines.find(|(name, _)| *name == "content-length") {
        let len: usize = len.parse().map_err(|_| wrong("no length"))?;
        return Ok((rest.len() == len).then(|| rest.to_vec()));
    }
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|bytes| bytes == b"\r\n") {
        let len = str::from_utf8(&rest[..end]).ok();
        let len = len.and_then(|len| usize::from_str_radix(len, 16).ok());
        let len = len.ok_or_else(|| wrong("no chunk"))?;
        let Some((chunk, behind)) = rest[end + 2..].split_at_checked(len + 2) else {
            break;
        };
        body.extend_from_slice(&chunk[..len]);
        rest = behind;
        if len == 0 {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

/// A connection on which each reply has the same length.
pub(super) struct Connection<'t> {
    target: &'t Target,
    stream: TcpStream,
    /// The bytes of the reply that are to come.
    left: usize,
    room: Vec<u8>,
}

impl server::Connection for Connection<'_> {
    fn ask(&mut self) -> io::Result<()> {
        self.left = self.target.len;
        self.stream.write_all(self.target.request.as_bytes())
    }

    fn take(&mut self) -> io::Result<bool> {
        let len = some(Bodies::Copied.take(&self.stream, &mut self.room)?)?;
        let left = self.left.checked_sub(len);
        self.left = left.ok_or_else(|| wrong("a longer reply than the one before"))?;
        Ok(self.left == 0)
    }

    fn is_done(&self) -> bool {
        self.left == 0
    }

    fn socket(&self) -> &TcpStream {
        &self.stream
    }
}
