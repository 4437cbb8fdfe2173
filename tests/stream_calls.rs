//! Every short order of calls on a stream, sensible or not: what says that it is whole is whole.

use conformance::buffer;
use conformance::reply::{Parsed, strict};
use conformance::size;
use replywire::body::{BodyError, Stream, StreamError, Trailers, Transfer};
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
            while let Some(bytes) = stream.pending()? {
                seen.wire.extend_from_slice(bytes);
                let n = bytes.len();
                stream.sent(n);
            }
        }
        Call::SendOne => {
            if let Some(bytes) = stream.pending()? {
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
    exchange: &Exchange,
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
            assert_eq!(stream.pending(), Ok(None));
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
