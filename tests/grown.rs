//! Replies that outgrow the reply buffer, with memory that the transport has for them: the same
//! bytes whatever the sizes and the writes, nothing by halves, and no memory that is kept.

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::atomic::Ordering;

use conformance::buffer;
use conformance::line::{Act, Line};
use conformance::script::poll_times;
use replywire::body::{Content, ContentWriter};
use replywire::json::Python;
use replywire::{Error, Response, Status};
use replywire_embedded::{
    Answer, Buffers, Cause, Chunks, Closed, ConnectionError, ErrorPage, Handler, Limits, Request,
    Responder, Transport, Unanswered, serve_connection,
};

/// The ways to send a reply that needs memory.
const WAYS: [&str; 4] = ["/send", "/now", "/text", "/content"];

/// Answers with so many bytes `x`.
struct Site<'s> {
    len: usize,
    /// The number of times that the content was written.
    written: &'s Cell<usize>,
    /// The bytes that each further reply of `/more` has.
    more: &'s Cell<usize>,
    cause: &'s Cell<Option<Cause>>,
}

struct Xs<'s>(usize, &'s Cell<usize>);

impl Content for Xs<'_> {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        self.1.set(self.1.get() + 1);
        (0..self.0).try_for_each(|_| out.text("x"))
    }
}

impl<T: Transport> Handler<T> for Site<'_> {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_, T>) -> Answer {
        let text = "x".repeat(self.len);
        match request.path() {
            "/send" => {
                let sent = responder.send(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).content(Xs(self.len, self.written))
                });
                Ok(sent.await?)
            }
            "/now" => {
                let sent = responder
                    .send_now(|exchange, buf| Response::to(exchange, buf, Status::OK).text(&text));
                Ok(sent.await?)
            }
            "/text" => responder.ok().text(format_args!("{text}")).await,
            "/content" => responder.ok().content(Xs(self.len, self.written)).await,
            "/lies" => responder.ok().text(&text).await,
            "/more" => {
                let sent = responder.send(|exchange, buf| {
                    self.more.set(self.more.get() + 100);
                    let text = "x".repeat(self.more.get());
                    Response::to(exchange, buf, Status::OK).text(&text)
                });
                Ok(sent.await?)
            }
            "/hints" => {
                let informed = responder.inform(|exchange, buf| {
                    let response = Response::to(exchange, buf, Status::EARLY_HINTS);
                    response.header("x-long", &text).empty()
                });
                informed.await?;
                responder.ok().text("after").await
            }
            _ => responder.ok().text("short").await,
        }
    }

    fn error_page<'b>(
        &self,
        _: replywire::request::Refusal,
        cause: &Unanswered,
        _: &replywire::request::Exchange,
        _: &'b mut [u8],
    ) -> ErrorPage<'b> {
        self.cause.set(Some(cause.cause()));
        None
    }
}

/// The outcome of a connection.
struct Outcome {
    served: Result<Closed, ConnectionError<conformance::line::Broken>>,
    wire: String,
    writes: usize,
    written: usize,
}

fn get(paths: &[&str]) -> String {
    let gets = paths
        .iter()
        .map(|path| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
    gets.collect()
}

fn serve(mut line: Line, room: usize, len: usize) -> Outcome {
    let logs = line.logs.clone();
    let (written, more, cause) = (Cell::new(0), Cell::new(len), Cell::new(None));
    let site = Site {
        len,
        written: &written,
        more: &more,
        cause: &cause,
    };
    let (mut request, mut reply) = (buffer(512), buffer(room));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let served = serve_connection(&mut line, &site, buffers, &limits);
    let served = poll_times(served, 1 << 14).expect("an end");
    assert_eq!(line.lent.load(Ordering::Relaxed), 0, "memory that is kept");
    Outcome {
        served,
        wire: String::from_utf8(logs.wire()).unwrap(),
        writes: logs.writes().len(),
        written: written.get(),
    }
}

fn text(len: usize) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n";
    format!("{head}content-length: {len}\r\n\r\n{}", "x".repeat(len))
}

#[test]
fn a_reply_of_any_size_is_the_same_and_the_connection_goes_on() {
    for way in WAYS.into_iter().chain(["/lies"]) {
        for len in 0..500 {
            let line = Line::new(get(&["/a", way, way, "/b"])).memory(1 << 20);
            let outcome = serve(line, 256, len);
            let want = [text(5), text(len), text(len), text(5)].concat();
            let want = want.replacen("xxxxx", "short", 1);
            let want = want[..want.len() - 5].to_owned() + "short";
            assert_eq!(outcome.wire, want, "{way} {len}");
            assert_eq!(outcome.served, Ok(Closed::Peer));
        }
    }
}

#[test]
fn a_grown_reply_is_whole_through_every_write() {
    let whole = text(400);
    for way in WAYS.into_iter().chain(["/lies"]) {
        for split in 1..whole.len() {
            for vectored in [false, true] {
                let acts = [Act::Take(split), Act::Pend, Act::Take(3)];
                let line = Line::new(get(&[way])).memory(1 << 20).acts(acts);
                let line = if vectored { line.vectored() } else { line };
                let outcome = serve(line, 256, 400);
                assert_eq!(outcome.wire, whole, "{way} {split}");
            }
        }
    }
}

#[test]
fn a_grown_reply_that_breaks_off_is_seen_to_be_broken_and_its_memory_is_given_back() {
    let whole = text(400);
    for way in WAYS {
        for split in 1..whole.len() {
            for act in [Act::Fail, Act::Zero] {
                let acts = [Act::Take(split), act];
                let line = Line::new(get(&[way, "/b"])).memory(1 << 20).acts(acts);
                let outcome = serve(line, 256, 400);
                // In pieces and parts, the first write may have had less.
                assert!(whole.starts_with(&outcome.wire), "{way} {split}");
                assert_eq!(outcome.served, Ok(Closed::Broken), "{way} {split}");
            }
        }
    }
}

#[test]
fn a_content_is_written_no_more_often_the_longer_it_is() {
    for way in ["/send", "/content"] {
        for len in [400, 4000, 40_000] {
            let outcome = serve(Line::new(get(&[way])).memory(1 << 20), 256, len);
            assert_eq!(outcome.wire, text(len));
            assert!(outcome.written <= 4, "{way} {len}: {}", outcome.written);
        }
    }
}

#[test]
fn a_head_and_a_body_that_lies_in_memory_are_one_write() {
    for (way, least) in [("/lies", 200), ("/text", 200), ("/content", 200)] {
        for len in least..1000 {
            let line = Line::new(get(&[way])).memory(1 << 20).vectored();
            let outcome = serve(line, 256, len);
            assert_eq!(
                (outcome.wire, outcome.writes),
                (text(len), 1),
                "{way} {len}"
            );
        }
    }
}

#[test]
fn a_reply_beyond_the_limit_is_an_error_with_its_size_or_leaves_in_pieces() {
    for most in 0..600 {
        for way in WAYS {
            let line = Line::new(get(&[way])).memory(most);
            let outcome = serve(line, 256, 400);
            let whole = text(400);
            if way == "/text" || way == "/content" || most >= whole.len() {
                assert_eq!(outcome.wire, whole, "{way} {most}");
            } else {
                let page = "HTTP/1.1 500 Internal Server Error\r\n";
                assert!(outcome.wire.starts_with(page), "{way} {most}");
            }
        }
    }
}

#[test]
fn the_text_of_the_failure_tells_the_size_and_what_helps() {
    let failure = Unanswered::from(Cause::Reply(Error::Overflow { needed: 20_000 }));
    assert_eq!(
        failure.to_string(),
        "reply not written: buffer too small, 20000 bytes needed; \
         a larger `reply_buffer` helps, which the head of a chain has to fit; \
         of a closure's reply, a larger `largest_reply`; or an ending that leaves in steps"
    );
}

#[test]
fn a_reply_that_needs_more_each_time_is_given_up() {
    let outcome = serve(Line::new(get(&["/more"])).memory(1 << 20), 256, 400);
    assert!(
        outcome.wire.starts_with("HTTP/1.1 500 "),
        "{}",
        outcome.wire
    );
}

#[test]
fn an_interim_reply_that_outgrows_the_buffer_leaves_before_the_final_one() {
    for len in 0..500 {
        let line = Line::new(get(&["/a", "/hints", "/b"])).memory(1 << 20);
        let outcome = serve(line, 256, len);
        let hints = format!(
            "HTTP/1.1 103 Early Hints\r\nx-long: {}\r\n\r\n",
            "x".repeat(len)
        );
        let want = [text(5), hints, text(5), text(5)].concat();
        let want = want.replacen("\r\n\r\nxxxxx", "\r\n\r\nshort", 1);
        let want = want.replacen("5\r\n\r\nxxxxxHTTP", "5\r\n\r\nafterHTTP", 1);
        let want = want[..want.len() - 5].to_owned() + "short";
        assert_eq!(outcome.wire, want, "{len}");
    }
}

/// Fails in some way, and answers then.
struct Failing(usize);

/// The first reply, which fails.
async fn first<T: Transport>(way: usize, responder: Responder<'_, T>) -> Result<(), Unanswered> {
    const BAD: &str = "one\r\ntwo";
    match way {
        0 => {
            let _ = responder.ok().header("a", BAD).empty().await?;
        }
        1 => {
            let _ = responder.ok().json_by_hand(&f64::NAN).await?;
        }
        2 => {
            let long = "x".repeat(2000);
            let sent = responder.send(|exchange, buf| {
                Response::to(exchange, buf, Status::OK)
                    .header("a", &long)
                    .empty()
            });
            let _ = sent.await?;
        }
        3 => {
            let _ = responder.ok().header("a", BAD).stream(Nothing).await?;
        }
        4 => {
            let reply = responder.ok().header("a", BAD);
            let _ = reply.array(Python).await?;
        }
        5 => {
            let sent = responder.stream(
                |exchange, buf| {
                    Response::to(exchange, buf, Status::OK)
                        .header("a", BAD)
                        .stream()
                },
                Nothing,
            );
            let _ = sent.await?;
        }
        6 => {
            // It fails when nothing has left.
            let reply = responder.ok();
            let mut array = reply.array(Python).await?;
            array.item(Python::by_hand(&f64::NAN)).await?;
        }
        7 => {
            let _ = responder.ok().text("whole").await?;
        }
        _ => {}
    }
    Ok(())
}

/// Chunks that never come.
struct Nothing;

impl Chunks for Nothing {
    type Chunk<'c> = &'static str;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&'static str>, Infallible> {
        Ok(None)
    }
}

impl<T: Transport> Handler<T> for Failing {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
        if request.path() != "/fails" {
            return responder.ok().text("other").await;
        }
        let again = responder.again();
        assert!(again.responder().is_err(), "two of them");
        let failed = first(self.0, responder).await;
        assert_eq!(failed.is_ok(), self.0 > 6);
        // The second fails too, and is not sent twice.
        let second = again.responder()?;
        assert!(again.responder().is_err(), "two of them");
        let failed = second.ok().header("b", "\n").empty().await;
        assert!(failed.is_err());
        let sent = again
            .responder()?
            .send(|exchange, buf| Response::to(exchange, buf, Status::BAD_GATEWAY).text("again"));
        let answered = sent.await?;
        assert!(again.responder().is_err(), "answered twice");
        Ok(answered)
    }
}

#[test]
fn one_reply_takes_the_place_of_one_that_failed_and_never_of_another() {
    for way in 0..9 {
        let mut line = Line::new(get(&["/a", "/fails", "/b"])).memory(400);
        let logs = line.logs.clone();
        let (mut request, mut reply) = (buffer(512), buffer(1024));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let (failing, limits) = (Failing(way), Limits::new());
        let served = serve_connection(&mut line, &failing, buffers, &limits);
        let served = poll_times(served, 1 << 10);
        let wire = String::from_utf8(logs.wire()).unwrap();
        let typed = "content-type: text/plain; charset=utf-8\r\n";
        let other = format!("HTTP/1.1 200 OK\r\n{typed}content-length: 5\r\n\r\nother");
        let again = format!("HTTP/1.1 502 Bad Gateway\r\n{typed}content-length: 5\r\n\r\nagain");
        let want = match way {
            0..=6 => format!("{other}{again}{other}"),
            // The whole reply is the last, as the handler fails after it.
            7 => format!("{other}{}", other.replace("other", "whole")),
            _ => format!(
                "{other}HTTP/1.1 500 Internal Server Error\r\n{typed}connection: close\r\n\
                 content-length: 21\r\n\r\nInternal Server Error"
            ),
        };
        assert_eq!(wire, want, "{way}");
        let closed = if way > 6 {
            Closed::Server
        } else {
            Closed::Peer
        };
        assert_eq!(served, Some(Ok(closed)), "{way}");
    }
}
