use core::fmt;
use core::mem::MaybeUninit;
use core::ops::Range;

use replywire::Status;
use replywire::request::{Exchange, Method, Version};

use crate::content::Content;
use crate::head::{self, Facts, Scan};
use crate::page;
use crate::responder::Parts;
use crate::{Handler, Phase, Request, Responder, Transport};

/// The memory of one connection.
///
/// Use 1 KiB for each on a microcontroller with short cookies and small replies, 8 KiB for each on
/// a server.
#[derive(Debug)]
pub struct Buffers<'c> {
    /// Holds request heads; a longer head is answered `431` or `414`.
    pub request: &'c mut [u8],
    /// Holds replies, several when requests are pipelined, or the part of a body that is under way.
    pub reply: &'c mut [u8],
}

/// What a connection accepts; `HEADERS` is the most header fields of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits<const HEADERS: usize = 32> {
    drain: u64,
}

impl Limits {
    /// 32 header fields, and 64 KiB of content that is read when a handler has not.
    pub const fn new() -> Self {
        Self { drain: 64 * 1024 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl<const HEADERS: usize> Limits<HEADERS> {
    /// At most `N` header fields; each takes four words of the stack while a head is read.
    pub const fn headers<const N: usize>(self) -> Limits<N> {
        Limits { drain: self.drain }
    }

    /// Content that a handler has left unread is read and dropped up to `bytes`; beyond that, and
    /// for chunks that have not all arrived, the reply says that the connection closes.
    pub const fn drain(mut self, bytes: u64) -> Self {
        self.drain = bytes;
        self
    }
}

/// Why a connection came to its end.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Closed {
    /// A reply broke off, and the handler was told why. The peer must see the connection reset, not
    /// ended, where its body was marked by the end of the connection.
    Broken,
    /// The peer sent no further request.
    Peer,
    /// The last reply said that the connection closes. The peer may still be sending: stop sending,
    /// then read a while before closing, or it may lose that reply.
    Server,
}

/// Why a connection broke between replies.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ServeError<E> {
    /// Reading or writing failed.
    Conn(E),
    /// The connection took no bytes.
    WriteZero,
}

impl<E: fmt::Display> fmt::Display for ServeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conn(error) => write!(f, "connection: {error}"),
            Self::WriteZero => f.write_str("connection took no bytes"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ServeError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Conn(error) => Some(error),
            Self::WriteZero => None,
        }
    }
}

/// What the loop and a responder share about the connection.
#[derive(Debug)]
pub(crate) struct State {
    /// Replies in the reply buffer that have not left.
    pub(crate) pending: Range<usize>,
    /// The content of the request at hand.
    pub(crate) content: Content,
    /// What has been read behind the head at hand and not yet been taken.
    pub(crate) rest: Range<usize>,
    pub(crate) expects_continue: bool,
    /// What a request that is not answered is answered.
    pub(crate) fault: Status,
    pub(crate) answer: Answer,
}

impl State {
    /// Has nothing more written, because of `error`.
    pub(crate) fn broken<E>(&mut self, error: E) -> E {
        self.answer = Answer::Broken;
        error
    }
}

/// What became of the request at hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    None,
    /// Some of a reply has left, and no more of it will.
    Broken,
    Whole {
        closes: bool,
    },
}

/// Reads requests from `transport` and has `handler` answer them, until one side closes.
///
/// Requests may be pipelined: replies to requests that arrived together leave together. A request
/// whose framing is ambiguous is answered `400 Bad Request`, and the connection closes. Then the
/// transport is to be closed, whatever the outcome; so too when the future is dropped, which may
/// leave the peer with half a reply.
///
/// # Errors
///
/// [`ServeError`] when the connection fails between replies.
pub async fn serve_connection<T, H, const HEADERS: usize>(
    transport: &mut T,
    handler: &H,
    buffers: Buffers<'_>,
    limits: &Limits<HEADERS>,
) -> Result<Closed, ServeError<T::Error>>
where
    T: Transport,
    H: Handler<T>,
{
    let Buffers {
        request: input,
        reply: output,
    } = buffers;
    let mut state = State {
        pending: 0..0,
        content: Content::of(0),
        rest: 0..0,
        expects_continue: false,
        fault: Status::INTERNAL_SERVER_ERROR,
        answer: Answer::None,
    };
    // What has been read and not yet been taken.
    let mut unread = 0..0;
    let drain = limits.drain;
    let mut refused = loop {
        let mut parts = Parts {
            transport,
            output,
            input,
            state: &mut state,
            drain,
        };
        let head_len = match next_head(&mut parts, &mut unread).await? {
            Next::Head(len) => len,
            Next::Refused(status) => {
                let head = input.get(unread).unwrap_or_default();
                break Some((matches!(head, [b'H', b'E', b'A', b'D', b' ', ..]), status));
            }
            Next::Closed(closed) => return Ok(closed),
        };

        let base = unread.start + head_len;
        let from_head = input.get_mut(unread.start..).unwrap_or_default();
        let (head, rest) = from_head.split_at_mut_checked(head_len).unwrap_or_default();
        let Head {
            method,
            target,
            lines,
            exchange,
        } = match read_head::<HEADERS>(head, rest.len(), &mut state) {
            Ok(head) => head,
            Err(refused) => break Some(refused),
        };
        let mut exchange = dated(exchange, transport);
        if transport.is_closing() {
            exchange = exchange.closing();
        }
        state.rest = 0..unread.end - base;
        state.fault = Status::INTERNAL_SERVER_ERROR;
        state.answer = Answer::None;

        let request = Request {
            method,
            target,
            lines,
            exchange: &exchange,
        };
        let mut parts = Parts {
            transport,
            output,
            input: rest,
            state: &mut state,
            drain,
        };
        let responder = Responder {
            parts: &mut parts,
            exchange,
        };
        let handled = handler.handle(&request, responder).await;

        let closes = match state.answer {
            Answer::None => break Some((exchange.method() == Method::Head, state.fault)),
            Answer::Broken => return Ok(Closed::Broken),
            Answer::Whole { closes } => closes,
        };
        let mut parts = Parts {
            transport,
            output,
            input: rest,
            state: &mut state,
            drain,
        };
        if closes || handled.is_err() || !parts.drain().await? {
            break None;
        }
        unread = base + state.rest.start..base + state.rest.end;
    };
    let mut parts = Parts {
        transport,
        output,
        input,
        state: &mut state,
        drain,
    };
    loop {
        parts.flush().await?;
        let Some((is_head, status)) = refused.take() else {
            return Ok(Closed::Server);
        };
        // All that counts is whether content is sent.
        let exchange = match is_head {
            true => Exchange::HEAD,
            false => Exchange::GET,
        };
        let exchange = dated(exchange.closing(), parts.transport);
        parts.state.pending = page::write(&exchange, parts.output, status);
    }
}

enum Next {
    Closed(Closed),
    Head(usize),
    Refused(Status),
}

/// Finds the next head among what was read, or reads until there is one.
async fn next_head<T: Transport>(
    parts: &mut Parts<'_, T>,
    unread: &mut Range<usize>,
) -> Result<Next, ServeError<T::Error>> {
    let mut seen = 0;
    let mut begun = unread.start != unread.end;
    loop {
        let bytes = parts.input.get(unread.clone()).unwrap_or_default();
        // RFC 9112 § 2.2: empty lines before a request are skipped.
        if bytes.starts_with(b"\r\n") {
            unread.start += 2;
            continue;
        }
        match head::scan(bytes, seen) {
            Scan::BareLf => return Ok(Next::Refused(Status::BAD_REQUEST)),
            Scan::End(len) => {
                // Content may follow; where in the buffer a request lies makes no difference to it.
                let room = parts.input.len() - unread.start - len;
                if room < CONTENT_ROOM && unread.start > 0 {
                    to_front(parts.input, unread);
                }
                return Ok(Next::Head(len));
            }
            Scan::More => seen = bytes.len(),
        }
        // Whoever waits for replies before sending more gets them now.
        parts.flush().await?;
        let Parts {
            transport, input, ..
        } = &mut *parts;
        if unread.start == unread.end {
            *unread = 0..0;
        }
        // Empty lines do not make a connection idle again.
        if begun {
            transport.phase(Phase::Head);
        } else if transport.is_closing() {
            return Ok(Next::Closed(Closed::Server));
        } else {
            transport.phase(Phase::Idle);
        }
        if unread.end == input.len() {
            if unread.start == 0 {
                return Ok(Next::Refused(match head::find_lf(input) {
                    Some(_) => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
                    None => Status::URI_TOO_LONG,
                }));
            }
            to_front(input, unread);
        }
        let free = input.get_mut(unread.end..).unwrap_or_default();
        match transport.read(free).await.map_err(ServeError::Conn)? {
            // Of half a head there is nothing to answer.
            0 => return Ok(Next::Closed(Closed::Peer)),
            n => unread.end += n.min(free.len()),
        }
        begun = true;
    }
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn to_front(input: &mut [u8], unread: &mut Range<usize>) {
    if unread.end <= input.len() {
        move_down(input, unread.clone(), 0);
    }
    *unread = 0..unread.end - unread.start;
}

/// Moves the bytes of `range` to `to`, which is before them.
#[cfg(target_pointer_width = "64")]
pub(crate) fn move_down(bytes: &mut [u8], range: Range<usize>, to: usize) {
    bytes.copy_within(range, to);
}

/// Without `memmove`, which takes 700 bytes of flash, and without the panic that `copy_within` names.
#[cfg(not(target_pointer_width = "64"))]
#[inline(never)]
pub(crate) fn move_down(bytes: &mut [u8], range: Range<usize>, to: usize) {
    for (from, to) in range.zip(to..) {
        if let Some(byte) = bytes.get(from).copied()
            && let Some(to) = bytes.get_mut(to)
        {
            *to = byte;
        }
    }
}

/// The room behind a head that the chunked coding is read in, so that a client cannot choose to have
/// it read byte by byte.
const CONTENT_ROOM: usize = 64;

/// What the handler and the reply need of a head.
struct Head<'h> {
    method: &'h str,
    target: &'h str,
    /// The lines of the fields.
    lines: &'h [u8],
    exchange: Exchange,
}

/// Reads a head, or tells whether a request that is refused is `HEAD`, and its status. The fields are
/// read on the stack and not kept: the connection's future has no room for them.
#[inline(never)]
fn read_head<'h, const HEADERS: usize>(
    head: &'h [u8],
    room: usize,
    state: &mut State,
) -> Result<Head<'h>, (bool, Status)> {
    let mut headers = [const { MaybeUninit::uninit() }; HEADERS];
    let mut parsed = httparse::Request::new(&mut []);
    let outcome = parsed.parse_with_uninit_headers(head, &mut headers);
    let method = parsed.method.unwrap_or_default();
    match check_head(&parsed, outcome, head, room) {
        Ok((exchange, facts)) => {
            state.content = facts.content;
            state.expects_continue = facts.expects_continue;
            Ok(Head {
                method,
                target: parsed.path.unwrap_or_default(),
                lines: head::behind_request_line(head),
                exchange,
            })
        }
        Err(status) => Err((method == "HEAD", status)),
    }
}

fn check_head(
    parsed: &httparse::Request<'_, '_>,
    outcome: httparse::Result<usize>,
    head: &[u8],
    room: usize,
) -> Result<(Exchange, Facts), Status> {
    match outcome {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(Status::BAD_REQUEST),
        Err(error) => return Err(head::refusal(error, parsed, head)),
    }
    let version = match parsed.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let facts = head::facts(version, parsed.headers)?;
    if facts.content.is_chunked() && room < CONTENT_ROOM {
        return Err(Status::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let fields = parsed
        .headers
        .iter()
        .map(|header| (header.name, header.value));
    let exchange = Exchange::new(parsed.method.unwrap_or_default(), version, fields);
    match exchange.method() {
        // Behind a proxy, what follows would be a tunnel (RFC 9110 § 9.3.6).
        Method::Connect => Ok((exchange.closing(), facts)),
        _ => Ok((exchange, facts)),
    }
}

/// The exchange at the transport's time, if it has one.
fn dated(exchange: Exchange, transport: &impl Transport) -> Exchange {
    match transport.now() {
        Some(now) => exchange.at(now),
        None => exchange,
    }
}
