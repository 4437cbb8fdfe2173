//! The end of a reply, for every status, method, version and kind of body, against the rules of
//! RFC 9110 and RFC 9112 written down here once more.

use conformance::buffer;
use conformance::drive::drive;
use conformance::reply::{Framing, Parsed, strict};
use conformance::size;
use replywire::body::{Step, Stream, Transfer};
use replywire::file::File;
use replywire::json::{Orjson, Outcome, Python, Sink, ToJson, Value};
use replywire::request::{Exchange, Version};
use replywire::{Draft, Error, Head, Reply, Response, Status, head};

const BODY: &[u8] = b"[1,22]";
const METHODS: [&str; 6] = ["GET", "HEAD", "CONNECT", "POST", "OPTIONS", "get"];

/// The ways to end a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Body,
    Bytes,
    Empty,
    Exact,
    Hand,
    Serde,
    Sized,
    Stream,
}

const KINDS: [Kind; 8] = [
    Kind::Body,
    Kind::Bytes,
    Kind::Empty,
    Kind::Exact,
    Kind::Hand,
    Kind::Serde,
    Kind::Sized,
    Kind::Stream,
];

/// The connection as the request leaves it.
const REQUESTS: [(Version, &str); 4] = [
    (Version::Http11, "keep-alive"),
    (Version::Http11, "Close"),
    (Version::Http10, ""),
    (Version::Http10, "keep-alive"),
];

/// The reply as it must be.
#[derive(Debug, Eq, PartialEq)]
struct Want {
    length: Option<u64>,
    chunked: bool,
    body: bool,
    close: bool,
}

/// RFC 9112 § 6.3, from the side of the server.
/// RFC 9112 § 9.3: HTTP/1.0 has no persistent connections, unless both sides agree.
fn is_last(version: Version, asks_close: bool) -> bool {
    version == Version::Http10 || asks_close
}

/// RFC 9110 § 15.2: HTTP/1.0 has no interim replies.
fn is_refused(status: u16, version: Version) -> bool {
    status < 200 && version == Version::Http10
}

fn want(status: u16, method: &str, version: Version, asks_close: bool, kind: Kind) -> Want {
    let len = match kind {
        Kind::Empty => 0,
        _ => BODY.len() as u64,
    };
    // RFC 9112 § 9.6: the last reply says that it is the last, and an interim one is not.
    let close = is_last(version, asks_close) && status >= 200;
    let bare = Want {
        length: None,
        chunked: false,
        body: false,
        close,
    };
    // RFC 9112 § 6.3, items 1 and 2, and RFC 9110 § 8.6: no length with 1xx, 204 and such a
    // CONNECT.
    let no_content = (100..200).contains(&status)
        || status == 204
        || status == 304
        || (method == "CONNECT" && (200..300).contains(&status));
    if no_content {
        return bare;
    }
    // RFC 9110 § 15.3.6
    if status == 205 {
        return Want {
            length: Some(0),
            ..bare
        };
    }
    // RFC 9110 § 9.3.2: the fields that GET would have, and no content.
    let body = method != "HEAD" && kind != Kind::Empty;
    match (kind, version) {
        (Kind::Stream, Version::Http11) => Want {
            chunked: true,
            body,
            ..bare
        },
        // RFC 9112 § 6.1: never chunked to HTTP/1.0. Item 8: up to the end of the connection.
        (Kind::Stream, Version::Http10) => Want { body, ..bare },
        _ => Want {
            length: Some(len),
            body,
            ..bare
        },
    }
}

struct Numbers;

impl ToJson for Numbers {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        [1, 22].to_json(out)
    }
}

/// The bytes of a reply, and whether the core says that the connection closes.
fn wire(exchange: &Exchange<'_>, status: Status, kind: Kind) -> (Vec<u8>, bool) {
    let mut buf = buffer(256);
    let response = Response::to(exchange, &mut buf, status).header("x", "y");
    let transfer = match kind {
        Kind::Exact => response.sized_exactly(BODY.len() as u64),
        Kind::Sized => response.sized(BODY.len() as u64),
        Kind::Stream => response.stream(),
        _ => {
            let reply = match kind {
                Kind::Body => response.body(BODY),
                Kind::Bytes => response.bytes("application/json", BODY),
                Kind::Hand => response.json_by_hand(&Numbers),
                Kind::Serde => response.json(&[1, 22]),
                _ => response.empty(),
            };
            let reply = reply.unwrap();
            return (reply.as_bytes().to_vec(), reply.closes());
        }
    };
    let transfer = transfer.unwrap();
    let closes = transfer.closes();
    let driven = drive(transfer, &[BODY], &[]);
    driven.result.unwrap();
    (driven.sent, closes)
}

fn framing(parsed: &Parsed) -> Want {
    Want {
        length: match parsed.framing {
            Framing::Length(length) => Some(length),
            _ => None,
        },
        chunked: parsed.framing == Framing::Chunked,
        body: !parsed.body.is_empty(),
        close: parsed.values("connection") == [b"close"],
    }
}

/// All there are; or those of RFC 9110, what is next to them, and some of the others.
fn codes() -> impl Iterator<Item = u16> {
    let is_edge = |code: &u16| *code < 600 && *code % 100 < 32 || *code == 999;
    (100..=999).filter(move |code| is_edge(code) || size::takes(usize::from(*code), 7))
}

#[test]
fn every_status_method_version_and_kind_of_body_is_framed_by_the_rules() {
    for code in codes() {
        let status = Status::new(code).unwrap();
        for method in METHODS {
            for (version, connection) in REQUESTS {
                if is_refused(code, version) {
                    continue;
                }
                let exchange = Exchange::new(method, version, [("Connection", connection)]);
                for kind in KINDS {
                    let (wire, closes) = wire(&exchange, status, kind);
                    let case = format!("{code} {method} {version:?} {connection} {kind:?}");
                    let parsed = strict(&wire, method).expect(&case);
                    let asks_close = connection == "Close";
                    let want = want(code, method, version, asks_close, kind);
                    assert_eq!(framing(&parsed), want, "{case}");
                    assert_eq!(closes, want.close, "{case}");
                    assert_eq!(parsed.status, code);
                    assert_eq!(parsed.reason, status.reason());
                    assert_eq!(parsed.values("x"), [b"y"]);
                    let body: &[u8] = if want.body { BODY } else { b"" };
                    assert_eq!(parsed.body, body, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_driver_is_never_asked_for_a_body_that_is_not_sent() {
    for code in codes() {
        let status = Status::new(code).unwrap();
        for method in METHODS {
            for (version, connection) in REQUESTS {
                if is_refused(code, version) {
                    continue;
                }
                let exchange = Exchange::new(method, version, [("Connection", connection)]);
                for kind in [Kind::Exact, Kind::Sized, Kind::Stream] {
                    let mut buf = buffer(256);
                    let response = Response::to(&exchange, &mut buf, status);
                    let transfer = match kind {
                        Kind::Exact => response.sized_exactly(6),
                        Kind::Sized => response.sized(6),
                        _ => response.stream(),
                    };
                    let is_asked = matches!(transfer.unwrap().step().unwrap(), Step::Fill(_));
                    let want = want(code, method, version, connection == "Close", kind);
                    assert_eq!(is_asked, want.body, "{code} {method} {version:?} {kind:?}");
                }
            }
        }
    }
}

/// A way to end a reply: its bytes, and whether the connection closes after it.
type Ending = fn(Response<'_>) -> Result<(Vec<u8>, bool), Error>;

fn replied(reply: Result<Reply<'_>, Error>) -> Result<(Vec<u8>, bool), Error> {
    reply.map(|reply| (reply.as_bytes().to_vec(), reply.closes()))
}

fn transferred(transfer: Result<Transfer<'_>, Error>) -> Result<(Vec<u8>, bool), Error> {
    let transfer = transfer?;
    let closes = transfer.closes();
    let driven = drive(transfer, &[BODY], &[]);
    assert_eq!(driven.result, Ok(()));
    Ok((driven.sent, closes))
}

/// Sends all that is pending, once more for each turn.
macro_rules! pending {
    ($wire:ident, $steps:expr) => {{
        #[allow(unused_mut, reason = "some are borrowed already")]
        let mut steps = $steps;
        while let Step::Send { bytes, .. } = steps.step().unwrap() {
            let n = bytes.len();
            $wire.extend_from_slice(bytes);
            steps.sent(n);
        }
    }};
}

fn filed(
    response: Response<'_>,
    file: &File<'_>,
    fields: &[(&str, &str)],
) -> Result<(Vec<u8>, bool), Error> {
    let plan = file.plan(&Exchange::GET, fields.iter().copied());
    let mut transfer = response.file(&plan)?;
    let closes = transfer.closes();
    let mut wire = Vec::new();
    while let Step::Send { bytes, .. } = transfer.step().unwrap() {
        let n = bytes.len();
        wire.extend_from_slice(bytes);
        transfer.sent(n);
    }
    assert!(matches!(transfer.step().unwrap(), Step::Done));
    Ok((wire, closes))
}

const ENDINGS: [Ending; 24] = [
    |response| replied(response.empty()),
    |response| replied(response.body(BODY)),
    |response| replied(response.bytes("text/plain", BODY)),
    |response| replied(response.text("hi")),
    |response| replied(response.html("hi")),
    |response| replied(response.redirect("/x")),
    |response| replied(response.redirect_local("/x")),
    |response| replied(response.json(&[1, 22])),
    |response| replied(response.json_by_hand(&Numbers)),
    |response| replied(response.document(Orjson::of(&1))),
    |response| replied(response.close().empty()),
    |response| transferred(response.sized(6)),
    |response| transferred(response.sized_exactly(6)),
    |response| transferred(response.stream()),
    |response| transferred(response.events()),
    |response| transferred(response.json_lines()),
    |response| {
        let mut transfer = response.json_stream(&[1, 22])?;
        let (mut wire, closes) = (Vec::new(), transfer.closes());
        pending!(wire, &mut transfer);
        Ok((wire, closes))
    },
    |response| {
        let mut transfer = response.document_sized(Orjson::of(&1))?;
        let (mut wire, closes) = (Vec::new(), transfer.closes());
        pending!(wire, &mut transfer);
        Ok((wire, closes))
    },
    |response| {
        let mut rows = response.array_stream(Python)?;
        let mut wire = Vec::new();
        pending!(wire, rows.item(Python::of(&1)).unwrap());
        pending!(wire, rows.end().unwrap());
        Ok((wire, rows.closes()))
    },
    |response| {
        let mut rows = response.object_stream(Python)?;
        let mut wire = Vec::new();
        pending!(wire, rows.end().unwrap());
        Ok((wire, rows.closes()))
    },
    |response| {
        let mut stream = Stream::new(response.stream()?);
        let mut wire = Vec::new();
        stream.write(&mut &b"abc"[..]).unwrap();
        stream.end().unwrap();
        pending!(wire, &mut stream);
        Ok((wire, stream.closes()))
    },
    |response| filed(response, &File::new(5), &[]),
    |response| filed(response, &File::new(5), &[("range", "bytes=9-")]),
    |response| filed(response, &File::new(5), &[("if-none-match", "*")]),
];

#[test]
fn an_interim_reply_never_closes_never_frames_and_is_not_for_http_1_0() {
    let mut draft = Draft::<64>::new();
    for code in 100..200 {
        let status = Status::new(code).unwrap();
        draft.set_status(Some(status));
        for method in METHODS {
            for (version, connection) in REQUESTS {
                let asked = Exchange::new(method, version, [("Connection", connection)]);
                for (at, end) in ENDINGS.iter().enumerate() {
                    for exchange in [asked, asked.closing()] {
                        let case = format!("{code} {method} {version:?} {connection} {at}");
                        let (mut buf, mut other) = (buffer(256), buffer(256));
                        let result = end(Response::to(&exchange, &mut buf, status));
                        let drafted = Response::to(&exchange, &mut other, Status::OK).join(&draft);
                        assert_eq!(end(drafted), result, "{case}");
                        if version == Version::Http10 {
                            assert_eq!(result, Err(Error::InterimStatus), "{case}");
                            continue;
                        }
                        let (wire, closes) = result.expect(&case);
                        assert!(!closes, "{case}");
                        let parsed = strict(&wire, method).expect(&case);
                        assert_eq!((parsed.status, &parsed.body), (code, &Vec::new()), "{case}");
                        for name in ["connection", "content-length", "transfer-encoding"] {
                            assert!(parsed.values(name).is_empty(), "{case} {name}");
                        }
                    }
                }
            }
        }
    }
    // One that is no reply to HTTP/1.0 is none either.
    const HINTS: Head = head!(Status::EARLY_HINTS);
    let old = Exchange::new("GET", Version::Http10, [("", ""); 0]);
    let mut buf = buffer(256);
    let result = Response::with_head(&old, &mut buf, HINTS).empty();
    assert_eq!(result.err(), Some(Error::InterimStatus));
}

#[test]
fn a_close_by_the_application_is_a_close_by_the_request() {
    for (version, connection) in REQUESTS {
        let exchange = Exchange::new("GET", version, [("Connection", connection)]);
        for kind in KINDS {
            let (by_request, _) = wire(&exchange.closing(), Status::OK, kind);
            let closing = Exchange::new("GET", version, [("connection", "close")]);
            let (by_header, closes) = wire(&closing, Status::OK, kind);
            assert_eq!(by_request, by_header);
            assert!(closes);
        }
    }
    let mut buf = buffer(256);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .close()
        .empty()
        .unwrap();
    assert!(reply.closes());
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn a_body_of_no_bytes_is_framed_as_one_that_has_some() {
    let end = |kind: Kind, version: Version| {
        let exchange = Exchange::new("GET", version, [("", ""); 0]);
        let mut buf = buffer(256);
        let response = Response::to(&exchange, &mut buf, Status::OK);
        let transfer = match kind {
            Kind::Exact => response.sized_exactly(0),
            Kind::Sized => response.sized(0),
            _ => response.stream(),
        };
        let driven = drive(transfer.unwrap(), &[], &[]);
        driven.result.unwrap();
        String::from_utf8(driven.sent).unwrap()
    };
    let sized = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(end(Kind::Exact, Version::Http11), sized);
    assert_eq!(end(Kind::Sized, Version::Http11), sized);
    assert_eq!(
        end(Kind::Stream, Version::Http11),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    assert_eq!(
        end(Kind::Stream, Version::Http10),
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
    );
}

#[test]
fn a_length_has_all_digits_of_a_u64() {
    let mut buf = buffer(256);
    let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .sized(u64::MAX)
        .unwrap();
    let Step::Fill(room) = transfer.step().unwrap() else {
        panic!("the body joins the head");
    };
    room[0] = b'a';
    transfer.filled(1).unwrap();
    match transfer.step().unwrap() {
        Step::Send { bytes, .. } => assert_eq!(
            bytes,
            b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\na"
        ),
        other => panic!("{other:?}"),
    }
}
