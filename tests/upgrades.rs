//! Connections that are upgraded, over a transport in memory: every split, every room, and every
//! moment at which a handler gives up.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use conformance::script::{Script, poll_times};
use embedded_io_async::{Read, Write};
use replywire::Status;
use replywire_embedded::{
    Answered, Buffers, Closed, ConnectionError, Handler, Limits, Request, Responder, Transport,
    Unanswered, serve_connection,
};

/// Sends all bytes back after an upgrade; other paths than `/` it answers. It polls the upgrade at
/// most so often.
struct Echo {
    polls: usize,
    finishes: bool,
}

const ECHO: Echo = Echo {
    polls: usize::MAX,
    finishes: true,
};

impl<T: Transport> Handler<T> for Echo {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        if request.path() != "/" {
            return responder.ok().text(request.path()).await;
        }
        let reply = responder.status(Status::SWITCHING_PROTOCOLS);
        let upgrading = reply.header("x-y", "z").upgrade(request, "echo");
        let mut upgraded = at_most(self.polls, upgrading).await??;
        if !self.finishes {
            return Err(Unanswered::new());
        }
        let mut buf = [0; 3];
        loop {
            match upgraded.read(&mut buf).await {
                Ok(0) => return Ok(upgraded.finish().await?),
                Ok(n) => upgraded.write_all(&buf[..n]).await,
                Err(error) => Err(error),
            }
            .map_err(|_| Unanswered::new())?;
        }
    }
}

/// Polls `work` at most so often.
async fn at_most<F: Future>(mut polls: usize, work: F) -> Result<F::Output, Unanswered> {
    let mut work = pin!(work);
    poll_fn(|cx| {
        if polls == 0 {
            return Poll::Ready(Err(Unanswered::new()));
        }
        polls -= 1;
        work.as_mut().poll(cx).map(Ok)
    })
    .await
}

type Outcome = Result<Closed, ConnectionError<Infallible>>;

async fn serve(script: &mut Script, handler: &Echo, request: usize, reply: usize) -> Outcome {
    let (mut request, mut reply) = (vec![0; request], vec![0; reply]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new().headers::<8>().drain(16);
    serve_connection(script, handler, buffers, &limits).await
}

const BEFORE: &str = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
const ASKED: &str = "POST / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\
                     content-length: 4\r\n\r\nleft";
/// Looks like a request, and is none any more.
const AFTER: &str = "GET /b HTTP/1.1\r\n\r\nbytes";

const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 2\r\n\r\n/a";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nx-y: z\r\n\
                        connection: upgrade\r\nupgrade: echo\r\n\r\n";

#[test]
fn every_split_of_what_comes_gives_the_same_bytes_and_then_the_end() {
    let input = [BEFORE, ASKED, AFTER].concat();
    let want = [TEXT, SWITCHED, AFTER].concat();
    for split in 0..=input.len() {
        let (first, second) = input.as_bytes().split_at(split);
        for most in [1, 7, usize::MAX] {
            for request in [128, 512] {
                let script = Script::new([first, second]).max_write(most);
                for (mut script, polls) in [(script.clone(), 1), (script.hesitates(), 9999)] {
                    let served = poll_times(serve(&mut script, &ECHO, request, 256), polls);
                    assert_eq!(served, Some(Ok(Closed::Server)), "{split} {most} {request}");
                    assert_eq!(String::from_utf8(script.wire()).unwrap(), want);
                }
            }
        }
    }
}

#[test]
fn every_reply_buffer_holds_the_head_or_sends_nothing_of_it() {
    let input = [ASKED, AFTER].concat();
    let mut were_switched = 0;
    for reply in 0..=256 {
        let mut script = Script::new([&input]);
        let served = poll_times(serve(&mut script, &ECHO, 512, reply), 1).expect("no wait");
        let wire = String::from_utf8(script.wire()).unwrap();
        match wire.strip_prefix(SWITCHED) {
            Some(rest) => {
                assert_eq!((rest, served), (AFTER, Ok(Closed::Server)), "{reply}");
                were_switched += 1;
            }
            None => {
                assert!(were_switched == 0, "{reply}: more room is enough, too");
                assert!(
                    wire.is_empty() || wire.starts_with("HTTP/1.1 500 "),
                    "{wire}"
                );
            }
        }
    }
    assert!(were_switched > 100);
}

#[test]
fn an_upgrade_that_is_given_up_has_left_whole_or_not_at_all() {
    let input = [BEFORE, ASKED, AFTER].concat();
    let mut ends = [0; 2];
    for polls in 0..60 {
        let handler = Echo {
            polls,
            finishes: true,
        };
        let mut script = Script::new([&input]).max_write(9).hesitates();
        let served = poll_times(serve(&mut script, &handler, 512, 256), 9999);
        assert!(served.is_some(), "it ends");
        let wire = String::from_utf8(script.wire()).unwrap();
        let rest = wire.strip_prefix(TEXT).expect("the reply before");
        match rest.strip_prefix(SWITCHED) {
            Some(rest) => {
                assert!(rest.is_empty() || rest == AFTER, "{polls}: {rest}");
                ends[0] += 1;
            }
            None => {
                assert!(rest.starts_with("HTTP/1.1 500 "), "{polls}: {rest}");
                ends[1] += 1;
            }
        }
    }
    assert!(ends.iter().all(|end| *end > 0), "{ends:?}");
}

#[test]
fn an_upgraded_connection_that_is_dropped_has_broken_off() {
    let handler = Echo {
        finishes: false,
        ..ECHO
    };
    let mut script = Script::new([[ASKED, AFTER].concat()]);
    let served = poll_times(serve(&mut script, &handler, 512, 256), 1);
    assert_eq!(served, Some(Ok(Closed::Broken)));
    assert_eq!(String::from_utf8(script.wire()).unwrap(), SWITCHED);
}

#[test]
fn content_that_cannot_be_dropped_makes_no_upgrade() {
    // More than the limit, or in chunks that have not all come.
    for asked in [
        ASKED.replace(": 4", ": 99"),
        ASKED.replace("content-length: 4", "transfer-encoding: chunked"),
        ASKED.replace("content-length", "expect: 100-continue\r\ncontent-length"),
    ] {
        let head = asked.strip_suffix("left").unwrap();
        let mut script = Script::new([head]);
        let served = poll_times(serve(&mut script, &ECHO, 512, 256), 1);
        assert_eq!(served, Some(Ok(Closed::Server)), "{asked}");
        let wire = String::from_utf8(script.wire()).unwrap();
        assert!(wire.starts_with("HTTP/1.1 413 "), "{wire}");
    }
}

/// Has the connection be a WebSocket, and sends back what comes.
struct Frames;

impl<T: Transport> Handler<T> for Frames {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let mut upgraded = match request.path() {
            "/chat" => {
                let reply = responder.status(Status::SWITCHING_PROTOCOLS);
                let reply = reply.header("sec-websocket-protocol", "chat");
                reply.web_socket(request).await?
            }
            _ => responder.web_socket(request).await?,
        };
        let mut buf = [0; 64];
        let len = upgraded
            .read(&mut buf)
            .await
            .map_err(|_| Unanswered::new())?;
        let written = upgraded.write_all(&buf[..len]).await;
        written.map_err(|_| Unanswered::new())?;
        Ok(upgraded.finish().await?)
    }
}

fn of_frames(request: String) -> String {
    let (mut room, mut reply) = ([0; 512], [0; 512]);
    let buffers = Buffers {
        request: &mut room,
        reply: &mut reply,
    };
    let mut script = Script::new([request]);
    let limits = Limits::new();
    let served = poll_times(serve_connection(&mut script, &Frames, buffers, &limits), 1);
    served.expect("no wait").expect("no failure");
    String::from_utf8(script.wire()).unwrap()
}

#[test]
fn a_web_socket_begins_after_the_reply_and_other_requests_are_told_the_version() {
    let asked = |path: &str, version: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: {version}\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u{1}\u{0}"
        )
    };
    let switched = |protocol: &str| {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\n{protocol}\
             sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
             connection: upgrade\r\nupgrade: websocket\r\n\r\n\u{1}\u{0}"
        )
    };
    assert_eq!(of_frames(asked("/", "13")), switched(""));
    let chat = switched("sec-websocket-protocol: chat\r\n");
    assert_eq!(of_frames(asked("/chat", "13")), chat);
    let plain = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_owned();
    let twice = asked("/", "13\r\nsec-websocket-version: 8");
    let without_key = asked("/", "8\r\nsec-websocket-key: a");
    for other in [plain, twice, without_key] {
        assert_eq!(
            of_frames(other),
            "HTTP/1.1 400 Bad Request\r\nsec-websocket-version: 13\r\n\
             content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 11\r\n\r\nBad Request",
        );
    }
    for version in ["8", "13, 8", "", "013"] {
        for path in ["/", "/chat"] {
            assert_eq!(
                of_frames(asked(path, version)),
                "HTTP/1.1 426 Upgrade Required\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 connection: close\r\ncontent-length: 16\r\n\r\nUpgrade Required",
                "{version:?}",
            );
        }
    }
}
