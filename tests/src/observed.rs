//! Tests of what the hook of a server sees, the same on every runtime: each connection, each
//! request and each end once, and the cause of every failure.

use std::io;
use std::time::Duration;

use embedded_io_async::{ErrorType, Read};
use replywire::json::{JsonError, Python};
use replywire::request::{Refusal, Request};
use replywire::{Error, HeaderName, Place, Status};
use replywire_std::{Answered, Cause, Responder, Unanswered};
use tokio::io::AsyncWriteExt;

use crate::seen::Seen;
use crate::served::{App, Running, Runtime, end, start_with, within};
use replywire_embedded::Transport;
use socket2::SockRef;

/// Makes the cases of this module tests on the [`Runtime`].
#[macro_export]
macro_rules! observed {
    ($runtime:ty) => {
        #[tokio::test]
        async fn the_hook_sees_every_way_to_fail_once_with_its_cause() {
            $crate::observed::every_way_to_fail_is_seen_once::<$runtime>().await;
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
        "/fail/upgraded" => {
            let reply = responder.status(Status::SWITCHING_PROTOCOLS);
            let _upgraded = reply.upgrade(request, "x").await?;
            panic!("row {}", 8)
        }
        "/fail/source" => responder.ok().transfer(Breaking(false)).await,
        "/fail/work" => {
            let work = async { Err(io::Error::other("no mail")) };
            responder.ok().background(work).text("hi").await
        }
        "/fail/content" => {
            let mut content = [0; 16];
            while responder.read(&mut content).await? > 0 {}
            responder.ok().text("hi").await
        }
        _ => responder.ok().text("hi").await,
    }
}

async fn ask(server: &Running, request: &str) -> tokio::net::TcpStream {
    let mut stream = server.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

pub async fn every_way_to_fail_is_seen_once<R: Runtime>() {
    let server = start_with::<R>(App::default(), |config| {
        config.timeouts.content = Some(Duration::from_millis(200));
        config.grace = Duration::from_millis(300);
    });
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    let stalled = "POST /fail/content HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
    let table = [
        (
            "/fail/value",
            Some(500),
            Cause::Reply(Error::HeaderValue(Place::UNKNOWN)),
            "",
        ),
        (
            "/fail/number",
            Some(500),
            Cause::Reply(Error::Json(JsonError::NotFinite)),
            "",
        ),
        (
            "/fail/missing",
            Some(500),
            Cause::Handler,
            "No such file or directory",
        ),
        (
            "/fail/text",
            Some(500),
            Cause::Handler,
            "handler failed: no such row",
        ),
        (
            "/fail/panic",
            Some(500),
            Cause::Panicked,
            "handler panicked: row 7",
        ),
        ("/fail/work", Some(200), Cause::Background, "no mail"),
        (
            "/fail/content",
            Some(408),
            Cause::Content,
            "content took too long to arrive",
        ),
    ];
    let mut want = Vec::new();
    for (path, status, cause, text) in table {
        let request = match path {
            "/fail/content" => stalled.to_owned(),
            path => get(path),
        };
        let reply = end(&mut ask(&server, &request).await).await.unwrap();
        let code = status.map_or(String::new(), |code: u16| code.to_string());
        assert_eq!(&reply[9..12], code.as_bytes(), "{path}");
        want.push((Some(path), status, Some(reply.len() as u64), cause, text));
    }
    // The length that is missing is in its cause.
    let reply = end(&mut ask(&server, &get("/fail/overflow")).await)
        .await
        .unwrap();
    let overflow = server.seen.lines().pop().unwrap();
    assert!(
        matches!(
            overflow.cause,
            Some(Cause::Reply(Error::Overflow { needed, .. })) if needed > 1 << 16
        ),
        "{overflow:?}"
    );
    assert_eq!(overflow.bytes, reply.len() as u64);

    let reply = end(&mut ask(&server, "GET / HTTP/9.9\r\n\r\n").await)
        .await
        .unwrap();
    let cause = Cause::Refused(Refusal::VersionNotSupported);
    want.push((
        None,
        Some(505),
        Some(reply.len() as u64),
        cause,
        "unknown version",
    ));

    let upgrade =
        "GET /fail/upgraded HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
    let broken = end(&mut ask(&server, upgrade).await).await;
    assert!(broken.is_err(), "{broken:?}");
    want.push((
        Some("/fail/upgraded"),
        Some(101),
        None,
        Cause::Panicked,
        "handler panicked: row 8",
    ));

    let broken = end(&mut ask(&server, &get("/fail/source")).await).await;
    assert!(broken.is_err(), "{broken:?}");
    want.push((
        Some("/fail/source"),
        Some(200),
        None,
        Cause::Source,
        "the disk is gone",
    ));

    let reset = ask(&server, &get("/slow")).await;
    server.is_slow().await;
    SockRef::from(&reset)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(reset);
    want.push((
        Some("/slow"),
        None,
        Some(0),
        Cause::Closed,
        "peer closed the connection",
    ));
    within(async {
        while server.seen.lines().len() < want.len() + 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;

    let seen = std::sync::Arc::clone(&server.seen);
    let _left = ask(&server, &get("/slow")).await;
    server.is_slow().await;
    server.stop().await;
    want.push((
        Some("/slow"),
        None,
        Some(0),
        Cause::Dropped,
        "connection dropped",
    ));

    let mut lines = seen.lines();
    lines.retain(|line| *line != overflow);
    assert_eq!(lines.len(), want.len(), "{lines:#?}");
    for (line, (target, status, bytes, cause, text)) in lines.iter().zip(want) {
        assert_eq!(line.target.as_deref(), target);
        assert_eq!((line.status, line.cause), (status, Some(cause)), "{line:?}");
        assert!(line.text.contains(text), "{line:?}");
        assert!(bytes.is_none_or(|bytes| bytes == line.bytes), "{line:?}");
    }
    // None of them is told by the connection too.
    assert!(seen.events().ends.iter().all(|(_, cause)| cause.is_none()));
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
