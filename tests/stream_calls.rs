//! Every short order of calls on a stream, sensible or not: what says that it is whole is whole.

use conformance::buffer;
use conformance::reply::{Parsed, strict};
use conformance::size;
use replywire::body::{BodyError, Chunk, Step, Stream, StreamError, Trailers, Transfer};
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};

#[derive(Clone, Copy, Debug)]
enum Call {
    End,
    EndWith(Fields),
    Flush,
    SendAll,
    SendOne,
    Write(&'static [u8]),
}

/// Trailer fields.
type Fields = &'static [(&'static str, &'static str)];

const LONG: Fields = &[
    ("x-a", "1"),
    ("x-b", "0123456789012345678901234567890123456789"),
];
const SHORT: Fields = &[("x-sum", "1")];

const CALLS: [Call; 8] = [
    Call::End,
    Call::EndWith(LONG),
    Call::EndWith(SHORT),
    Call::Flush,
    Call::SendAll,
    Call::SendOne,
    Call::Write(b"0"),
    Call::Write(b"0123456789"),
];

/// The beginning of a reply.
type Begin = for<'b> fn(Response<'b>) -> Result<Transfer<'b>, Error>;

/// The bytes that a peer sees, and the part of the content that the stream has taken.
#[derive(Debug, Default)]
struct Seen {
    wire: Vec<u8>,
    taken: Vec<u8>,
}

fn call<'b>(
    call: Call,
    stream: &mut Stream<'b>,
    lines: &'b mut [u8],
    seen: &mut Seen,
) -> Result<(), StreamError> {
    match call {
        Call::End => stream.end()?,
        Call::EndWith(fields) => {
            let none = Trailers::new(lines);
            let fields = fields.iter();
            stream.end_with(fields.fold(none, |all, (name, value)| all.field(*name, *value)))?;
        }
        Call::Flush => stream.flush()?,
        Call::SendAll => {
            while let Step::Send { bytes, .. } = stream.step()? {
                seen.wire.extend_from_slice(bytes);
                let n = bytes.len();
                stream.sent(n);
            }
        }
        Call::SendOne => {
            if let Step::Send { bytes, .. } = stream.step()? {
                seen.wire.push(bytes[0]);
                stream.sent(1);
            }
        }
        Call::Write(bytes) => {
            let mut rest = bytes;
            stream.write(&mut rest)?;
            seen.taken
                .extend_from_slice(&bytes[..bytes.len() - rest.len()]);
        }
    }
    Ok(())
}

/// Calls in an order, then ends and sends what there is.
fn run(
    exchange: &Exchange<'_>,
    begin: Begin,
    room: usize,
    calls: &[Call],
) -> (Seen, Result<(), StreamError>) {
    let (mut buf, mut rooms) = (buffer(room), [[0; 64]; 6]);
    let response = Response::to(exchange, &mut buf, Status::OK);
    let mut stream = Stream::new(begin(response).expect("room for the head"));
    let mut seen = Seen::default();
    let calls = calls.iter().chain(&[Call::End, Call::SendAll]);
    for (next, lines) in calls.zip(&mut rooms) {
        if let Err(error) = call(*next, &mut stream, lines, &mut seen) {
            assert!(stream.closes());
            assert_eq!(stream.step(), Err(error));
            return (seen, Err(error));
        }
    }
    (seen, Ok(()))
}

/// Every order of four calls.
fn orders() -> impl Iterator<Item = [Call; 4]> {
    let call = |number: usize, place| CALLS[number / CALLS.len().pow(place) % CALLS.len()];
    (0..CALLS.len().pow(4)).map(move |number| [0, 1, 2, 3].map(|place| call(number, place)))
}

#[test]
fn the_last_chunk_leaves_with_the_one_before_in_exactly_its_room() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    // The longest line of a size, and the end of a chunk.
    const AROUND: usize = 16 + 2 + 2;
    const LAST: &str = "0\r\n\r\n";
    let writes = |room: usize, data: &[u8], is_apart: bool| {
        let mut buf = buffer(room);
        let mut stream = Stream::new(
            Response::to(&Exchange::GET, &mut buf, Status::OK)
                .stream()
                .unwrap(),
        );
        let mut writes = Vec::new();
        let send = |stream: &mut Stream<'_>, writes: &mut Vec<String>| {
            while let Step::Send { bytes, .. } = stream.step().unwrap() {
                writes.push(String::from_utf8(bytes.to_vec()).unwrap());
                let n = bytes.len();
                stream.sent(n);
            }
        };
        if is_apart {
            stream.flush().unwrap();
            send(&mut stream, &mut writes);
        }
        assert_eq!(stream.write(&mut &*data), Ok(true));
        stream.end().unwrap();
        send(&mut stream, &mut writes);
        writes
    };
    for len in 1..=80 {
        let data = "x".repeat(len);
        let chunk = format!("{len:x}\r\n{data}\r\n");
        let exact = HEAD.len() + AROUND + len + LAST.len();
        for room in exact - LAST.len()..exact + 40 {
            let want = match room >= exact {
                true => vec![format!("{HEAD}{chunk}{LAST}")],
                false => vec![format!("{HEAD}{chunk}"), LAST.into()],
            };
            assert_eq!(
                writes(room, data.as_bytes(), false),
                want,
                "{len} in {room}"
            );
        }
        // The head has left already, through a buffer that holds it.
        let exact = AROUND + len + LAST.len();
        for room in (exact - LAST.len()).max(HEAD.len() + AROUND + 1)..exact + 40 {
            let want = match room >= exact {
                true => vec![HEAD.into(), format!("{chunk}{LAST}")],
                false => vec![HEAD.into(), chunk.clone(), LAST.into()],
            };
            assert_eq!(writes(room, data.as_bytes(), true), want, "{len} in {room}");
        }
    }
}

#[test]
fn a_stream_that_has_ended_is_whole_whatever_the_order_of_calls() {
    let (mut runs, mut broken, mut trailed) = (0, 0, 0);
    for (method, version, te) in [
        ("GET", Version::Http11, "trailers"),
        ("GET", Version::Http11, ""),
        ("GET", Version::Http10, "trailers"),
        ("HEAD", Version::Http11, "trailers"),
    ] {
        let exchange = Exchange::new(method, version, [("te", te)]);
        let begins: [Begin; 2] = [|response| response.stream(), |response| response.sized(11)];
        for (begin, is_sized) in begins.into_iter().zip([false, true]) {
            // From the least room that a chunked reply takes.
            for room in (70..130).step_by(size::either(30, 6)) {
                for calls in orders() {
                    let case = format!("{method} {version:?} {te:?} {is_sized} {room} {calls:?}");
                    let (seen, result) = run(&exchange, begin, room, &calls);
                    runs += 1;
                    let parsed = strict(&seen.wire, method);
                    if let Err(error) = result {
                        assert!(matches!(
                            error,
                            StreamError::Body(BodyError::TooShort { .. })
                        ));
                        assert!(is_sized && parsed.is_err(), "{case}: {parsed:?}");
                        broken += 1;
                        continue;
                    }
                    let Parsed { body, trailers, .. } =
                        parsed.unwrap_or_else(|error| panic!("{case}: {error}"));
                    let is_body = match is_sized {
                        true => seen.taken.starts_with(&body),
                        false => seen.taken == body,
                    };
                    assert!(is_body || method == "HEAD", "{case}");
                    // Of all that end it, only the first counts.
                    let fields = calls.iter().find_map(|call| match call {
                        Call::End => Some(&[][..]),
                        Call::EndWith(fields) => Some(*fields),
                        _ => None,
                    });
                    let is_due = !is_sized && method == "GET" && version == Version::Http11;
                    let due = fields.filter(|_| is_due && te == "trailers");
                    let same = due
                        .unwrap_or_default()
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
                    assert_eq!(trailers, same.collect::<Vec<_>>(), "{case}");
                    trailed += usize::from(!trailers.is_empty());
                }
            }
        }
    }
    assert_eq!(runs, 4 * 2 * size::either(2, 10) * 4096);
    assert!(broken > 1000 && trailed > 1000, "{broken} {trailed}");
}

/// A chunk that writes so many bytes, one a call, and then does not do what it says.
struct Odd {
    good: usize,
    /// It says that it wrote so many bytes more than there is room for; or none at all.
    more: Option<usize>,
}

impl Chunk for Odd {
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        match (self.good.checked_sub(1), self.more) {
            (Some(left), _) => {
                self.good = left;
                room[0] = b'x';
                Ok(1)
            }
            (None, Some(more)) => Ok(room.len().saturating_add(more)),
            (None, None) => Ok(0),
        }
    }

    fn is_done(&self) -> bool {
        false
    }
}

#[test]
fn a_chunk_that_does_not_do_what_it_says_breaks_the_stream_off() {
    let begins: [(Begin, Version, usize); 5] = [
        (|response| response.stream(), Version::Http11, usize::MAX),
        (|response| response.stream(), Version::Http10, usize::MAX),
        (|response| response.events(), Version::Http11, usize::MAX),
        (|response| response.sized(30), Version::Http11, 30),
        (|response| response.sized_exactly(30), Version::Http11, 31),
    ];
    for (begin, version, most) in begins {
        let exchange = Exchange::new("GET", version, NO_FIELDS);
        for (good, room) in (0..40).flat_map(|good| (200..=280).map(move |room| (good, room))) {
            for more in [None, Some(1), Some(2), Some(usize::MAX)] {
                let mut buf = buffer(room);
                let transfer = begin(Response::to(&exchange, &mut buf, Status::OK)).unwrap();
                let mut stream = Stream::new(transfer);
                let mut chunk = Odd { good, more };
                let mut content = 0;
                let result = loop {
                    match stream.write(&mut chunk) {
                        Ok(false) => {}
                        ended => break ended,
                    }
                    while let Step::Send { bytes, .. } = stream.step().unwrap() {
                        let n = bytes.len();
                        content += bytes.iter().filter(|byte| **byte == b'x').count();
                        stream.sent(n);
                    }
                };
                let text = format!("{good} {more:?} {room} {content} {version:?}");
                if good < most {
                    assert_eq!(result, Err(StreamError::Chunk(Error::Chunk)), "{text}");
                    assert!(stream.closes(), "{text}");
                    assert_eq!(
                        stream.step(),
                        Err(StreamError::Chunk(Error::Chunk)),
                        "{text}"
                    );
                } else {
                    // The promised content is there before the chunk goes wrong.
                    assert!(stream.closes() == result.is_err(), "{text}");
                }
            }
        }
    }
}

const NO_FIELDS: [(&str, &str); 0] = [];
