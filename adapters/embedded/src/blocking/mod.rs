//! Replies over blocking transports, for servers with a loop of their own: those of `embedded-io`,
//! and with the feature `std` those of the standard library, as [`Std`].
//!
//! ```
//! use replywire::request::Exchange;
//! use replywire::{Response, Status};
//! use replywire_embedded::blocking;
//!
//! let (mut wire, mut buf) = ([0; 64], [0; 64]);
//! let mut uart = &mut wire[..];
//! let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).body(b"hello")?;
//! blocking::send(&reply, &mut uart)?;
//! assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! Nothing here flushes, and nothing has a limit of time but what the transport has: a socket of
//! the standard library waits for ever, unless it has `set_write_timeout`.

use embedded_io::{Read, Write};
use replywire::Reply;
use replywire::body::{Step, Steps, Transfer};

use crate::error::{ConnectionError, SendError};

#[cfg(feature = "std")]
pub use self::of_std::Std;

#[cfg(feature = "std")]
mod of_std;

/// Writes a whole reply. After an error the connection must be closed.
///
/// # Errors
///
/// The connection failed, or took no bytes.
pub fn send<W: Write>(reply: &Reply<'_>, conn: &mut W) -> Result<(), ConnectionError<W::Error>> {
    let mut rest = reply.as_bytes();
    while !rest.is_empty() {
        let n = write_some(conn, rest)?;
        rest = rest.get(n..).unwrap_or_default();
    }
    Ok(())
}

/// Writes what a body has to send, up to a step of another kind: to its end, where it writes itself
/// ([`ContentTransfer`](replywire::body::ContentTransfer),
/// [`JsonTransfer`](replywire::body::JsonTransfer)), and up to the next chunk of a
/// [`Stream`](replywire::body::Stream). After an error the connection must be closed.
///
/// ```
/// use replywire::body::Stream;
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
/// use replywire_embedded::blocking;
///
/// let (mut wire, mut buf) = ([0; 128], [0; 96]);
/// let mut uart = &mut wire[..];
/// let mut stream = Stream::new(Response::to(&Exchange::GET, &mut buf, Status::OK).stream()?);
/// for mut chunk in [&b"roof "[..], b"21.5"] {
///     while !stream.write(&mut chunk)? {
///         blocking::send_steps(&mut stream, &mut uart)?;
///     }
///     // It leaves now, and not with the next one.
///     stream.flush()?;
///     blocking::send_steps(&mut stream, &mut uart)?;
/// }
/// stream.end()?;
/// blocking::send_steps(&mut stream, &mut uart)?;
/// assert!(wire.starts_with(
///     b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
///       5\r\nroof \r\n4\r\n21.5\r\n0\r\n\r\n",
/// ));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`SendError::Source`] with the error of the body; [`SendError::Connection`] where the connection
/// failed, or took no bytes.
pub fn send_steps<S: Steps, W: Write>(
    steps: &mut S,
    conn: &mut W,
) -> Result<(), SendError<S::Error, W::Error>> {
    loop {
        let Step::Send { bytes, .. } = steps.step().map_err(SendError::Source)? else {
            return Ok(());
        };
        let n = write_some(conn, bytes)?;
        steps.sent(n);
    }
}

/// Writes a reply whose body is read from `source`. After an error the connection must be closed.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
/// use replywire_embedded::blocking;
///
/// let (mut wire, mut buf) = ([0; 64], [0; 64]);
/// let mut uart = &mut wire[..];
/// let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized(8)?;
/// blocking::send_transfer(transfer, &b"measured"[..], &mut uart).unwrap();
/// assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nmeasured"));
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// # Errors
///
/// [`SendError`], by the side that failed.
pub fn send_transfer<R: Read, W: Write>(
    mut transfer: Transfer<'_>,
    mut source: R,
    conn: &mut W,
) -> Result<(), SendError<R::Error, W::Error>> {
    loop {
        match transfer.step()? {
            Step::Fill(room) => {
                let n = source.read(room).map_err(SendError::Source)?;
                transfer.filled(n)?;
            }
            Step::Send { bytes, .. } => {
                let n = write_some(conn, bytes)?;
                transfer.sent(n);
            }
            Step::Done => return Ok(()),
        }
    }
}

fn write_some<W: Write>(conn: &mut W, bytes: &[u8]) -> Result<usize, ConnectionError<W::Error>> {
    match conn.write(bytes).map_err(ConnectionError::Io)? {
        0 => Err(ConnectionError::WriteZero),
        n => Ok(n),
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use embedded_io::{ErrorKind, ErrorType};
    use replywire::body::BodyError;
    use replywire::request::Exchange;
    use replywire::{Leaving, Response, Status};

    use super::*;

    /// Takes so many bytes at once, and after `left` of them none, or fails.
    struct Line {
        at_once: usize,
        left: usize,
        fails: bool,
        sent: Vec<u8>,
    }

    impl ErrorType for Line {
        type Error = ErrorKind;
    }

    impl Write for Line {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            let n = bytes.len().min(self.at_once).min(self.left);
            if n == 0 && self.fails {
                return Err(ErrorKind::BrokenPipe);
            }
            self.left -= n;
            self.sent.extend_from_slice(&bytes[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> Result<(), ErrorKind> {
            Ok(())
        }
    }

    /// Gives so many bytes at once.
    struct Source<'s> {
        at_once: usize,
        rest: &'s [u8],
    }

    impl ErrorType for Source<'_> {
        type Error = ErrorKind;
    }

    impl Read for Source<'_> {
        fn read(&mut self, room: &mut [u8]) -> Result<usize, ErrorKind> {
            let n = self.at_once.min(room.len()).min(self.rest.len());
            let (now, rest) = self.rest.split_at(n);
            room[..n].copy_from_slice(now);
            self.rest = rest;
            Ok(n)
        }
    }

    const WIRE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 39\r\n\r\n\
        340282366920938463463374607431768211455";
    const BODY: &[u8] = b"340282366920938463463374607431768211455";

    /// The error of a connection that takes no more.
    fn broken(fails: bool) -> ConnectionError<ErrorKind> {
        match fails {
            true => ConnectionError::Io(ErrorKind::BrokenPipe),
            false => ConnectionError::WriteZero,
        }
    }

    /// Sends over connections that take any number of bytes at once, and any number in all.
    fn over_all_lines(send: impl Fn(&mut Line) -> Result<(), ConnectionError<ErrorKind>>) {
        for left in 0..=WIRE.len() {
            for at_once in 1..=WIRE.len() {
                for fails in [false, true] {
                    let sent = Vec::new();
                    let mut line = Line {
                        at_once,
                        left,
                        fails,
                        sent,
                    };
                    let want = match left == WIRE.len() {
                        true => Ok(()),
                        false => Err(broken(fails)),
                    };
                    assert_eq!(send(&mut line), want, "{left} {at_once}");
                    assert_eq!(line.sent, &WIRE[..left]);
                }
            }
        }
    }

    fn of_connection<R: core::fmt::Debug>(
        error: SendError<R, ErrorKind>,
    ) -> ConnectionError<ErrorKind> {
        match error {
            SendError::Connection(error) => error,
            error => panic!("{error:?}"),
        }
    }

    #[test]
    fn a_reply_leaves_whole_or_the_failure_is_told() {
        over_all_lines(|line| {
            let mut buf = [0; 128];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            send(&response.body(BODY).unwrap(), line)
        });
    }

    #[test]
    fn a_body_in_steps_leaves_whole_through_buffers_of_all_lengths() {
        for len in WIRE.len() - BODY.len()..=WIRE.len() {
            over_all_lines(|line| {
                let mut buf = vec![0; len];
                let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
                match response.leave_body(BODY).unwrap() {
                    Leaving::Whole(reply) => send(&reply, line),
                    Leaving::InSteps(mut steps) => {
                        send_steps(&mut steps, line).map_err(of_connection)
                    }
                }
            });
        }
    }

    #[test]
    fn a_body_that_is_read_leaves_whole_in_pieces_of_all_lengths() {
        for at_once in [1, 2, 7, 38, 39, 40] {
            over_all_lines(|line| {
                let mut buf = [0; 64];
                let source = Source {
                    at_once,
                    rest: BODY,
                };
                let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
                send_transfer(response.sized(39).unwrap(), source, line).map_err(of_connection)
            });
        }
    }

    #[test]
    fn a_source_that_ends_early_is_an_error() {
        for len in 0..BODY.len() {
            let mut buf = [0; 64];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let source = &BODY[..len];
            let mut wire = [0; 128];
            let sent = send_transfer(response.sized(39).unwrap(), source, &mut &mut wire[..]);
            let missing = (BODY.len() - len) as u64;
            assert_eq!(sent, Err(BodyError::TooShort { missing }.into()), "{len}");
        }
    }

    #[cfg(feature = "std")]
    mod of_std {
        use std::io;

        use super::*;

        /// Is interrupted before every call that does something.
        struct Interrupted {
            now: bool,
            wire: Vec<u8>,
        }

        impl io::Write for Interrupted {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.now = !self.now;
                match self.now {
                    true => Err(io::ErrorKind::Interrupted.into()),
                    false => io::Write::write(&mut self.wire, &bytes[..1]),
                }
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        #[test]
        fn what_a_signal_interrupts_goes_on() {
            let mut buf = [0; 128];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let reply = response.body(BODY).unwrap();
            let wire = Vec::new();
            let mut conn = Std(Interrupted { now: false, wire });
            send(&reply, &mut conn).unwrap();
            assert_eq!(conn.0.wire, WIRE);
        }
    }
}
