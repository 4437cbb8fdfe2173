//! Tests of what the hook of a server sees, the same on every runtime: each connection, each
//! request and each end once, and the cause of every failure.

use std::io;
use std::time::Duration;

use embedded_io_async::{ErrorType, Read};
use replywire::json::Python;
use replywire::request::{Method, Refusal, Request};
use replywire::{HeaderName, Status};
use replywire_embedded::Transport;
use replywire_std::{Answered, Cause, Responder, Unanswered};
use tokio::io::AsyncWriteExt;

use crate::seen::Seen;
use crate::served::{App, Running, Runtime, end, reset, start_with, within};
use crate::source_files::workspace;

/// Makes the cases of this module tests on the [`Runtime`].
#[macro_export]
macro_rules! observed {
    ($runtime:ty) => {
        #[tokio::test]
        async fn the_hook_sees_every_way_to_fail_once_with_its_cause() {
            $crate::observed::every_way_to_fail_is_seen_once::<$runtime>().await;
        }

        #[tokio::test]
        async fn a_handler_that_refuses_requests_keeps_the_connection() {
            $crate::observed::refusals_keep_the_connection::<$runtime>().await;
        }

        #[tokio::test]
        async fn an_options_that_a_refusal_answers_is_no_failure() {
            $crate::observed::an_answered_options_is_no_failure::<$runtime>().await;
        }

        #[tokio::test]
        async fn the_hook_sees_peers_bytes_and_times() {
            $crate::observed::peers_bytes_and_times_are_seen::<$runtime>().await;
        }

        #[tokio::test]
        async fn a_hook_that_panics_breaks_no_reply() {
            $crate::observed::a_hook_that_panics_breaks_no_reply::<$runtime>().await;
        }
    };
}

impl Seen {
    /// Panics where an event was told twice or never; after the server has ended. A task that was
    /// cut may tell its end a moment later.
    pub(crate) async fn check(&self) {
        let wrong = || self.wrong();
        let told = async {
            while wrong().is_some() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let is_told = tokio::time::timeout(Duration::from_secs(20), told).await;
        assert!(is_told.is_ok(), "{:?}", wrong());
    }
}

/// A source that fails after its first bytes.
struct Breaking(bool);

impl ErrorType for Breaking {
    type Error = io::Error;
}

impl Read for Breaking {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(io::Error::other("the disk is gone"));
        }
        buf[..4].copy_from_slice(b"half");
        Ok(4)
    }
}

/// Fails in the way that the path names.
pub(crate) async fn fail<T: Transport>(
    request: &Request<'_>,
    mut responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    match request.path() {
        "/fail/overflow" => {
            let long = "x".repeat(1 << 16);
            let sent = responder.send(|exchange, buf| {
                replywire::Response::to(exchange, buf, replywire::Status::OK).text(&long)
            });
            Ok(sent.await?)
        }
        "/fail/value" => {
            let reply = responder.ok().header(HeaderName::ETAG, "one\r\ntwo");
            reply.text("hi").await
        }
        "/fail/number" => responder.ok().document(Python::by_hand(&f64::NAN)).await,
        "/fail/missing" => {
            let text = std::fs::read("/nowhere/at/all")?;
            responder.ok().body(&text).await
        }
        "/fail/text" => Err(Unanswered::because("no such row")),
        "/fail/panic" => panic!("row {}", 7),
        "/fail/upgraded" | "/fail/upgrade" => {
            let reply = responder.status(Status::SWITCHING_PROTOCOLS);
            let _upgraded = reply.upgrade(request, "x").await?;
            match request.path() {
                "/fail/upgraded" => panic!("row {}", 8),
                _ => Err(Unanswered::because("no such protocol")),
            }
        }
        "/fail/source" => responder.ok().transfer(Breaking(false)).await,
        "/fail/short" => responder.ok().sized(9, &b"half"[..]).await,
        "/fail/element" => {
            let mut array = responder.ok().array(Python).await?;
            array.item(Python::by_hand(&7)).await?;
            array.flush().await?;
            array.item(Python::by_hand(&f64::NAN)).await?;
            array.end().await
        }
        "/fail/work" => {
            let work = async { Err(io::Error::other("no mail")) };
            responder.ok().background(work).text("hi").await
        }
        "/fail/content" => {
            let mut content = [0; 16];
            while responder.read(&mut content).await? > 0 {}
            responder.ok().text("hi").await
        }
        "/fail/all" => {
            let mut content = [0; 2];
            let content = responder.read_all(&mut content).await?;
            responder.ok().body(content).await
        }
        "/fail/refused" => Err(Refusal::NotImplemented.into()),
        "/fail/method" => Err(Refusal::not_allowed(&[Method::Get]).into()),
        "/fail/absent" => Err(Status::GONE.into()),
        "/fail/query" => {
            let n: Option<u32> = request.query_pairs().parse("n")?;
            responder.ok().text(n.unwrap_or_default()).await
        }
        path if path.ends_with("/number") => {
            let mut segments = request.segments().skip(1);
            let n: u32 = segments.next().ok_or(Refusal::BadRequest)?.parse()?;
            responder.ok().text(n).await
        }
        path if path.ends_with("/text") => {
            let mut segments = request.segments().skip(1);
            let segment = segments.next().ok_or(Refusal::BadRequest)?;
            responder.ok().text(segment.decode(&mut [0; 8])?).await
        }
        path if path.ends_with("/path") => {
            let mut buf = [0; 8];
            let path = request.segments().decode::<3>(&mut buf)?;
            responder.ok().text(path[1]).await
        }
        _ => responder.ok().text("hi").await,
    }
}

/// Waits until the handler is at work, or some of its reply has come.
async fn is_at_work(server: &Running, request: &str, stream: &tokio::net::TcpStream) {
    match request.contains("/slow") {
        true => server.is_slow().await,
        false => drop(within(stream.peek(&mut [0])).await),
    }
}

/// A way to fail, as a row of the table in ARCHITECTURE has it.
struct Case {
    /// The first cell of the row.
    row: &'static str,
    request: &'static str,
    peer: Peer,
    /// The name of the cause.
    cause: &'static str,
    /// The failure as it is written, from its beginning on.
    text: &'static str,
}

/// The part of the peer, and what it sees.
#[derive(Clone, Copy, Debug)]
enum Peer {
    /// It reads a reply with this status, and the end.
    Reads(u16),
    /// It ends its half, and does the same.
    HalfCloses(u16),
    /// It reads until it is reset; the hook is told this status.
    IsReset(u16),
    /// It resets the connection while the handler is at work.
    Leaves,
    /// It resets the connection while it is sent a reply of this status.
    LeavesReading(u16),
    /// It waits for a handler that is at work while the server shuts down.
    IsCut,
    /// It does the same while the server is dropped.
    IsDropped,
}

macro_rules! get {
    ($path:literal) => {
        concat!("GET ", $path, " HTTP/1.1\r\nhost: x\r\n\r\n")
    };
}

macro_rules! last {
    ($path:literal) => {
        concat!(
            "GET ",
            $path,
            " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        )
    };
}

macro_rules! upgrade {
    ($path:literal) => {
        concat!(
            "GET ",
            $path,
            " HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"
        )
    };
}

macro_rules! post {
    ($path:literal, $field:literal, $content:literal) => {
        concat!(
            "POST ",
            $path,
            " HTTP/1.1\r\nhost: x\r\n",
            $field,
            "\r\n\r\n",
            $content
        )
    };
}

macro_rules! table {
    ($($row:literal { $($request:expr, $peer:expr, $cause:literal, $text:literal;)+ })+) => {
        /// Every way to fail of an exchange.
        const CASES: &[Case] = &[$($(Case {
            row: $row,
            request: $request,
            peer: $peer,
            cause: $cause,
            text: $text,
        },)+)+];
    };
}

table! {
    "a reply that outgrows its buffer, a value that no line or document can hold" {
    get!("/fail/overflow"), Peer::Reads(500), "Reply",
        "reply not written: buffer too small, 65";
    get!("/fail/value"), Peer::Reads(500), "Reply",
        "reply not written: invalid header value";
    get!("/fail/number"), Peer::Reads(500), "Reply",
        "reply not written: number that is not finite";
    }
    "an error of a handler, such as a file that is missing" {
    get!("/fail/missing"), Peer::Reads(500), "Handler",
        "handler failed: No such file or directory";
    get!("/fail/text"), Peer::Reads(500), "Handler", "handler failed: no such row";
    }
    "an error of a handler after some of its reply has left" {
    upgrade!("/fail/upgrade"), Peer::IsReset(101), "Handler", "handler failed: no such protocol";
    }
    "a request that its handler refuses, or cannot decode" {
    last!("/fail/refused"), Peer::Reads(501), "Refused", "request refused: unknown transfer coding";
    last!("/fail/absent"), Peer::Reads(410), "Refused", "request refused: Gone";
    last!("/fail/query?n=x"), Peer::Reads(400), "Refused",
        "request refused: text is no value of its type: invalid digit found in string";
    last!("/fail/query?n=%FF"), Peer::Reads(400), "Refused",
        "request refused: text could not be decoded: decoded text is not UTF-8";
    last!("/fail/x/number"), Peer::Reads(400), "Refused",
        "request refused: text is no value of its type: invalid digit found in string";
    last!("/fail/%FF/text"), Peer::Reads(400), "Refused",
        "request refused: decoded text is not UTF-8";
    last!("/fail/%00/path"), Peer::Reads(400), "Refused", "request refused: path has a NUL";
    last!("/fail/a/b/path"), Peer::Reads(404), "Refused",
        "request refused: path has too many segments";
    last!("/fail/%61bcdefghi/path"), Peer::Reads(414), "Refused",
        "request refused: decoded path needs 9 bytes";
    }
    "a panic" {
    get!("/fail/panic"), Peer::Reads(500), "Panicked", "handler panicked: row 7";
    upgrade!("/fail/upgraded"), Peer::IsReset(101), "Panicked", "handler panicked: row 8";
    }
    "a handler that takes too long" {
    get!("/slow?limit"), Peer::Reads(503), "TimedOut", "handler took too long";
    }
    "a head that is refused" {
    "GET / HTTP/9.9\r\n\r\n", Peer::Reads(505), "Refused", "request refused: unknown version";
    "GET / HTTP/1.1\r\n\r\n", Peer::Reads(400), "Refused", "request refused: malformed or";
    "GET / HTTP/1.1\r\n", Peer::Reads(408), "Refused",
        "request refused: request took too long to arrive";
    }
    "content that stalls, ends early, is malformed or too long" {
    post!("/fail/content", "content-length: 9", "half"), Peer::Reads(408), "Content",
        "content not received: content took too long to arrive";
    post!("/fail/content", "content-length: 9", "half"), Peer::HalfCloses(400), "Content",
        "content not received: content ended early";
    post!("/fail/content", "transfer-encoding: chunked", "x\r\n"), Peer::Reads(400), "Content",
        "content not received: malformed chunked coding";
    post!("/fail/all", "content-length: 4", "long"), Peer::Reads(413), "Content",
        "content not received: content too long";
    }
    "the source of a body fails, or gives too much or little" {
    get!("/fail/source"), Peer::IsReset(200), "Source",
        "source of the body failed: the disk is gone";
    get!("/fail/short"), Peer::IsReset(200), "Body", "reply broke off: ";
    }
    "an element of a document fails after some has left" {
    get!("/fail/element"), Peer::IsReset(200), "Json", "reply broke off: ";
    }
    "the peer leaves while the handler is at work" {
    get!("/slow"), Peer::Leaves, "Closed", "peer closed the connection";
    }
    "the peer leaves while a reply is sent, or takes nothing of it" {
    get!("/flood"), Peer::LeavesReading(200), "Connection", "connection broke: ";
    get!("/flood?taken"), Peer::IsReset(200), "Connection", "connection broke: ";
    }
    "work after the reply fails" {
    get!("/fail/work"), Peer::Reads(200), "Background", "background work failed: no mail";
    }
    "the grace time of a shutdown is over, the server is dropped" {
    get!("/slow"), Peer::IsCut, "Dropped", "connection dropped";
    get!("/endless"), Peer::IsCut, "Dropped", "connection dropped";
    get!("/slow"), Peer::IsDropped, "Dropped", "connection dropped";
    }
}

/// The rows that are tested elsewhere: those of connections that are not accepted, in `openings`.
const OTHER_ROWS: [[&str; 4]; 2] = [
    [
        "no connection can be accepted",
        "–",
        "`Observe::accept_failed`",
        "`connection not accepted: …`",
    ],
    [
        "a handshake that fails, takes too long, panics or is dropped",
        "the end",
        "`Observe::accept_failed`",
        "`connection not accepted: …`",
    ],
];

/// The rows of the table in ARCHITECTURE.
fn rows() -> Vec<[String; 4]> {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text
        .split_once("\n| failure |")
        .expect("the table of failures");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        let row = row
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().to_owned());
        row.collect::<Vec<_>>().try_into().expect("four cells")
    };
    rows.map(cells).collect()
}

/// Panics where the table of ARCHITECTURE has other rows than the cases of the suites, or tells
/// something else of one.
pub fn check_table() {
    let rows = rows();
    let mut names: Vec<_> = CASES.iter().map(|case| case.row).collect();
    names.extend(OTHER_ROWS.map(|[name, ..]| name));
    names.dedup();
    let told: Vec<_> = rows.iter().map(|[name, ..]| name.as_str()).collect();
    assert_eq!(told, names);
    assert_eq!(
        rows[rows.len() - OTHER_ROWS.len()..],
        OTHER_ROWS.map(|row| row.map(str::to_owned))
    );
    for [name, peer, hook, log] in &rows {
        let cases: Vec<_> = CASES.iter().filter(|case| case.row == name).collect();
        for case in &cases {
            let sees = match case.peer {
                Peer::Reads(status) | Peer::HalfCloses(status) => match status {
                    200 => "the reply".to_owned(),
                    status => format!("`{status}`"),
                },
                Peer::IsReset(_) | Peer::IsCut | Peer::IsDropped => "a reset".to_owned(),
                Peer::Leaves | Peer::LeavesReading(_) => "–".to_owned(),
            };
            assert!(peer.contains(&sees), "{name}: {sees} in {peer}");
            assert!(
                hook.contains(&format!("`Cause::{}`", case.cause)),
                "{name}: {hook}"
            );
            let mut starts = log
                .split('`')
                .skip(1)
                .step_by(2)
                .map(|text| text.trim_end_matches('…'));
            assert!(
                starts.any(|start| case.text.starts_with(start)),
                "{name}: {log}"
            );
        }
        // The row tells nothing that no case has.
        let statuses = peer.split('`').skip(1).step_by(2);
        for status in statuses {
            let is_tested = cases
                .iter()
                .any(|case| format!("{:?}", case.peer).contains(&format!("({status})")));
            assert!(is_tested, "{name}: {status}");
        }
        for cause in hook.split("`Cause::").skip(1) {
            assert!(
                cases
                    .iter()
                    .any(|case| cause.starts_with(&format!("{}`", case.cause))),
                "{name}: {cause}"
            );
        }
    }
}

async fn ask(server: &Running, request: &str) -> tokio::net::TcpStream {
    let mut stream = server.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

pub async fn every_way_to_fail_is_seen_once<R: Runtime>() {
    let mut wrong = Vec::new();
    for case in CASES {
        if tokio::spawn(case.check::<R>()).await.is_err() {
            wrong.push(case.request);
        }
    }
    assert_eq!(wrong, [""; 0]);
}

pub async fn refusals_keep_the_connection<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    // The content of the second is passed over, whether or not it came in time.
    let requests = "GET /fail/absent HTTP/1.1\r\nhost: x\r\n\r\n\
                    POST /fail/refused HTTP/1.1\r\nhost: x\r\ncontent-length: 31\r\n\r\n\
                    GET /none HTTP/1.1\r\nhost: x\r\n\r\n\
                    HEAD /fail/absent HTTP/1.1\r\nhost: x\r\n\r\n\
                    GET /fail/x/number HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut stream = ask(&server, requests).await;
    let replies = String::from_utf8(end(&mut stream).await.unwrap()).unwrap();
    let mut lines = replies.lines().map(str::to_ascii_lowercase);
    let lines: Vec<_> = lines
        .by_ref()
        .filter(|line| !line.starts_with("date: "))
        .collect();
    let page = "content-type: text/plain; charset=utf-8";
    assert_eq!(
        lines,
        [
            "http/1.1 410 gone",
            page,
            "content-length: 4",
            "",
            "gonehttp/1.1 501 not implemented",
            page,
            "content-length: 15",
            "",
            "not implementedhttp/1.1 410 gone",
            page,
            "content-length: 4",
            "",
            "http/1.1 400 bad request",
            page,
            "connection: close",
            "content-length: 11",
            "",
            "bad request",
        ]
    );
    server.stop().await;
    let told: Vec<_> = seen
        .lines()
        .iter()
        .map(|line| (line.status, line.cause))
        .collect();
    let refused = |status, refusal| (Some(status), Some(Cause::Refused(refusal)));
    let gone = Refusal::of(Status::GONE);
    assert_eq!(
        told,
        [
            refused(410, gone),
            refused(501, Refusal::NotImplemented),
            refused(410, gone),
            refused(400, Refusal::BadRequest),
        ]
    );
}

pub async fn an_answered_options_is_no_failure<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    let requests = "OPTIONS /fail/method HTTP/1.1\r\nhost: x\r\n\r\n\
                    PUT /fail/method HTTP/1.1\r\nhost: x\r\n\r\n\
                    OPTIONS /fail/absent HTTP/1.1\r\nhost: x\r\n\r\n\
                    OPTIONS /fail/method HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut stream = ask(&server, requests).await;
    end(&mut stream).await.unwrap();
    server.stop().await;
    let told = seen.lines();
    let told: Vec<_> = told
        .iter()
        .map(|line| (line.status.unwrap(), line.is_whole, line.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (204, true, ""),
            (405, true, "request refused: Method Not Allowed"),
            (410, true, "request refused: Gone"),
            (204, true, ""),
        ]
    );
    let events = seen.events();
    let is_quoted: Vec<_> = events.log.iter().map(|line| line.ends_with('"')).collect();
    assert_eq!(is_quoted, [false, true, true, false]);
}

impl Case {
    async fn check<R: Runtime>(&self) {
        let Self { request, peer, .. } = *self;
        let server = start_with::<R>(App::default(), |config| {
            config.timeouts.content = Some(Duration::from_millis(200));
            config.timeouts.head = Some(Duration::from_millis(200));
            config.timeouts.write = Some(Duration::from_millis(400));
            config.grace = Duration::from_millis(200);
            config.largest_reply = 1 << 16;
            if self.cause == "TimedOut" {
                config.timeouts.handler = Some(Duration::from_millis(100));
            }
        });
        let seen = std::sync::Arc::clone(&server.seen);
        let mut stream = ask(&server, request).await;
        let (status, bytes) = match peer {
            Peer::Reads(status) | Peer::HalfCloses(status) => {
                if let Peer::HalfCloses(_) = peer {
                    stream.shutdown().await.unwrap();
                }
                let reply = end(&mut stream).await.unwrap();
                drop(stream);
                assert_eq!(reply[9..12], *status.to_string().as_bytes(), "{request}");
                (Some(status), Some(reply.len() as u64))
            }
            Peer::IsReset(status) => {
                if request.contains("taken") {
                    // It takes nothing for longer than a write may last.
                    tokio::time::sleep(Duration::from_millis(900)).await;
                }
                let broken = end(&mut stream).await;
                assert!(broken.is_err(), "{request}: {broken:?}");
                (Some(status), None)
            }
            Peer::Leaves | Peer::LeavesReading(_) => {
                is_at_work(&server, request, &stream).await;
                reset(stream);
                match peer {
                    Peer::LeavesReading(status) => (Some(status), None),
                    _ => (None, Some(0)),
                }
            }
            Peer::IsCut | Peer::IsDropped => {
                is_at_work(&server, request, &stream).await;
                match peer {
                    Peer::IsCut => server.stop().await,
                    _ => server.cut().await,
                }
                let ended = end(&mut stream).await;
                let is_begun = !request.contains("/slow");
                assert!(matches!(ended.as_deref(), Ok([]) | Err(_)), "{ended:?}");
                assert!(!is_begun || ended.is_err(), "{request}: {ended:?}");
                seen.check().await;
                let status = is_begun.then_some(200);
                return self.is_told(&seen, status, None);
            }
        };
        let told = async {
            while seen.lines().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within(told).await;
        server.stop().await;
        self.is_told(&seen, status, bytes);
    }

    /// The hook and the log beside it were told of one exchange, that of this case, and the end of
    /// the connection has told nothing more.
    fn is_told(&self, seen: &Seen, status: Option<u16>, bytes: Option<u64>) {
        let lines = seen.lines();
        let [line] = &lines[..] else {
            panic!("{}: {lines:#?}", self.request);
        };
        let (first, _) = self.request.split_once("\r\n").unwrap();
        let (_, target) = first.split_once(' ').unwrap();
        let (target, _) = target.split_once(' ').unwrap();
        // Of a head that is refused, nothing is known.
        let target = Some(target).filter(|_| self.row != "a head that is refused");
        assert_eq!(line.target.as_deref(), target);
        assert_eq!(line.status, status, "{line:?}");
        let cause = format!("{:?}", line.cause.unwrap());
        let (name, _) = cause.split_once('(').unwrap_or((&cause, ""));
        assert_eq!(name, self.cause, "{line:?}");
        assert!(line.text.starts_with(self.text), "{line:?}");
        assert!(bytes.is_none_or(|bytes| bytes == line.bytes), "{line:?}");
        let events = seen.events();
        assert!(
            events.ends.iter().all(|(_, cause)| cause.is_none()),
            "{line:?}"
        );
        assert_eq!(events.not_accepted, [""; 0]);

        let [logged] = &events.log[..] else {
            panic!("{:#?}", events.log);
        };
        let (peer, logged) = logged.split_once("] ").unwrap();
        assert!(peer.starts_with("127.0.0.1 - - ["), "{peer}");
        let request = target.map_or("-", |_| first);
        let status = status.map_or("-".to_owned(), |status| status.to_string());
        let (bytes, text) = (line.bytes, line.text.replace('"', "\\x22"));
        assert_eq!(logged, format!("\"{request}\" {status} {bytes} \"{text}\""));
    }
}

pub async fn peers_bytes_and_times_are_seen<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    let one = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /file HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut stream = ask(&server, &format!("{one}{one}{last}")).await;
    let replies = end(&mut stream).await.unwrap();
    drop(stream);
    server.stop().await;
    let lines = seen.lines();
    let targets: Vec<_> = lines.iter().map(|line| line.target.as_deref()).collect();
    assert_eq!(targets, [Some("/a"), Some("/a"), Some("/file")]);
    assert!(
        lines
            .iter()
            .all(|line| line.is_whole && line.cause.is_none())
    );
    assert_eq!(
        lines.iter().map(|line| line.bytes).sum::<u64>(),
        replies.len() as u64
    );
    let events = seen.events();
    assert_eq!((events.without_peer, events.without_time), (0, 0));
    assert_eq!(events.ends, [(1, None)]);
}

pub async fn a_hook_that_panics_breaks_no_reply<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    seen.events().panics = true;
    let request = "GET /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let reply = end(&mut ask(&server, request).await).await.unwrap();
    assert!(reply.ends_with(b"\r\n\r\nhi"));
    server.stop().await;
    assert_eq!(seen.lines().len(), 1);
}
