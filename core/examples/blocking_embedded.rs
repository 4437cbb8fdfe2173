//! The server of the example `blocking` over any blocking `embedded-io` transport, in buffers of
//! the caller's: `cargo run -p replywire --features request --example blocking_embedded`.
//!
//! All but `main` is as it would be in a program without `std`.

use embedded_io::{ErrorType, Read, Write};
use replywire::request::{CONTINUE, Content, ContentStep, RequestStep, Requests};
use replywire::{Response, Status};

/// The reason why a connection broke.
#[derive(Debug, Eq, PartialEq)]
pub enum ServeError<E> {
    /// The content was malformed.
    Content,
    /// The transport failed.
    Io(E),
    /// A reply is longer than its buffer.
    Reply(replywire::Error),
    /// The content was cut off.
    Truncated,
}

/// Answers each request with its path and the length of its content.
pub fn serve<C: Read + Write>(
    conn: &mut C,
    input: &mut [u8],
    output: &mut [u8],
) -> Result<(), ServeError<C::Error>> {
    let mut requests = Requests::new(input);
    let refused = loop {
        match requests.step() {
            RequestStep::Read(room) => match conn.read(room).map_err(ServeError::Io)? {
                0 => return Ok(()),
                n => requests.filled(n),
            },
            RequestStep::Head => {
                if let Err(refused) = requests.begin::<16>() {
                    break refused;
                }
                let (request, content) = requests.request();
                let len = receive(content, conn)?;
                let reply = Response::to(request.exchange(), output, Status::OK)
                    .header("x-received", len)
                    .text(request.path())
                    .map_err(ServeError::Reply)?;
                send(conn, reply.as_bytes())?;
                if reply.closes() {
                    return Ok(());
                }
            }
            // All of it is read before the reply.
            RequestStep::Content => return Ok(()),
            RequestStep::Refused(refused) => break refused,
        }
    };
    let reply = Response::refuse(&refused.exchange(), output, refused.reason);
    send(conn, reply.map_err(ServeError::Reply)?.as_bytes())
}

/// Reads the content and gives its length.
fn receive<C: Read + Write>(
    mut content: Content<'_>,
    conn: &mut C,
) -> Result<usize, ServeError<C::Error>> {
    let mut len = 0;
    loop {
        match content.step().map_err(|_| ServeError::Content)? {
            ContentStep::Continue => send(conn, CONTINUE)?,
            ContentStep::Done => return Ok(len),
            // The head fills the buffer: content is read past it.
            ContentStep::Read([]) => {
                let mut room = [0; 64];
                let most = content.direct().min(64) as usize;
                let room = room.get_mut(..most).unwrap_or_default();
                match conn.read(room).map_err(ServeError::Io)? {
                    0 => return Err(ServeError::Truncated),
                    n => {
                        content.skip(n as u64);
                        len += n;
                    }
                }
            }
            ContentStep::Read(room) => match conn.read(room).map_err(ServeError::Io)? {
                0 => return Err(ServeError::Truncated),
                n => content.filled(n),
            },
            ContentStep::Slice(bytes) => len += bytes.len(),
        }
    }
}

fn send<C: Write>(conn: &mut C, bytes: &[u8]) -> Result<(), ServeError<C::Error>> {
    conn.write_all(bytes).map_err(ServeError::Io)?;
    conn.flush().map_err(ServeError::Io)
}

/// A transport in memory, in the place of a UART or a socket.
struct Memory<'m> {
    incoming: &'m [u8],
    outgoing: &'m mut [u8],
}

impl ErrorType for Memory<'_> {
    type Error = embedded_io::SliceWriteError;
}

impl Read for Memory<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        Ok(self.incoming.read(buf).unwrap_or_default())
    }
}

impl Write for Memory<'_> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        self.outgoing.write(buf)
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {
    let mut sent = [0; 512];
    let mut conn = Memory {
        incoming: b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n\
                    POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        outgoing: &mut sent,
    };
    let served = serve(&mut conn, &mut [0; 256], &mut [0; 256]);
    let left = conn.outgoing.len();
    let (written, _) = sent.split_at(sent.len() - left);
    println!("{}\n{served:?}", String::from_utf8_lossy(written));
}
