//! Replies after one that left by halves, or not at all: nothing of another follows half of one,
//! and after one of which nothing left, the request is as it was.

use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use conformance::buffer;
use conformance::line::{Act, Line};
use conformance::script::poll_times;
use replywire::{Response, Status};
use replywire_embedded::{
    Answer, Buffers, Closed, Handler, Limits, Request, Responder, Transport, serve_connection,
};

/// Serves what `line` has; the bytes that left and how it ended.
fn serve(line: &mut Line, handler: &impl Handler<Line>) -> (String, Closed) {
    let logs = line.logs.clone();
    let (mut request, mut reply) = (buffer(512), buffer(1024));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let served = serve_connection(line, handler, buffers, &limits);
    let closed = poll_times(served, 1 << 10).expect("an end").unwrap();
    (String::from_utf8(logs.wire()).unwrap(), closed)
}

/// Begins an interim reply that outgrows the reply buffer, and gives it up in mid-way.
async fn half_an_interim_reply<T: Transport>(responder: &mut Responder<'_, T>) {
    let mut informed = pin!(inform(responder));
    poll_fn(|cx| {
        assert!(informed.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

async fn inform<T: Transport>(responder: &mut Responder<'_, T>) -> bool {
    let long = "x".repeat(2000);
    let informed = responder.inform(|exchange, buf| {
        Response::to(exchange, buf, Status::EARLY_HINTS)
            .header("a", &long)
            .empty()
    });
    informed.await.is_ok()
}

/// A text that is another when it is displayed for the third time.
struct Changing(Cell<u32>);

impl fmt::Display for Changing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        let len = if self.0.get() < 3 { 4000 } else { 3000 };
        (0..len).try_for_each(|_| f.write_str("y"))
    }
}

/// Sends half an interim reply, and then something else.
struct Half(usize);

impl<T: Transport> Handler<T> for Half {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_, T>) -> Answer {
        half_an_interim_reply(&mut responder).await;
        let switching = Status::SWITCHING_PROTOCOLS;
        match self.0 {
            0 => {
                assert!(!inform(&mut responder).await);
                responder.ok().text("more").await
            }
            1 => {
                let reply = responder.status(switching);
                Ok(reply.upgrade(request, "echo").await?.finish().await?)
            }
            2 => {
                let reply = responder.status(switching);
                Ok(reply.upgrade(request, "other").await?.finish().await?)
            }
            3 => {
                let again = responder.again();
                let text = Changing(Cell::new(0));
                assert!(responder.ok().text(format_args!("{text}")).await.is_err());
                again.responder()?.ok().text("more").await
            }
            4 => Ok(responder
                .send(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).text(&"z".repeat(3000))
                })
                .await?),
            _ => responder.ok().text("more").await,
        }
    }
}

#[test]
fn nothing_of_another_reply_follows_half_of_an_interim_one() {
    let asked = "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    for way in 0..6 {
        for len in [1, 20, 40] {
            let acts = [Act::Take(len), Act::Pend];
            let mut line = Line::new(asked).memory(1 << 14).acts(acts);
            let (wire, closed) = serve(&mut line, &Half(way));
            assert_eq!(
                wire,
                "HTTP/1.1 103 Early Hints\r\na: xxxxxxxxxxxxxxxx"[..len],
                "{way}"
            );
            assert_eq!(closed, Closed::Broken, "{way}");
        }
    }
}

/// Fails to reply, reads the content then, and sends it back.
struct Late;

impl<T: Transport> Handler<T> for Late {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, T>) -> Answer {
        let again = responder.again();
        let failed = responder.ok().header("a", "one\r\ntwo").empty().await;
        assert!(failed.is_err());
        let mut responder = again.responder()?;
        let mut content = [0; 32];
        let content = responder.read_all(&mut content).await?;
        responder.ok().body(content).await
    }
}

#[test]
fn content_is_read_whole_after_a_reply_that_failed() {
    let post = "POST / HTTP/1.1\r\nhost: x\r\n";
    let sized = format!("{post}content-length: 11\r\n\r\nhello world");
    let chunked =
        format!("{post}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    for request in [sized, chunked] {
        for split in 1..=request.len() {
            let mut line = Line::new(&request).reads([Act::Take(split)]);
            let (wire, closed) = serve(&mut line, &Late);
            let (_, content) = wire.split_once("\r\n\r\n").unwrap();
            assert_eq!((content, closed), ("hello world", Closed::Peer), "{split}");
        }
    }
}
