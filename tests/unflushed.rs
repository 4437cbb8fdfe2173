//! A transport that holds what is written until it is flushed, and handlers that give up.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use conformance::script::poll_times;
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use replywire::{Response, Status};
use replywire_embedded::{
    Answered, Buffers, Closed, Handler, Limits, Request, Responder, Transport, Unanswered,
    serve_connection,
};

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const HINTS: &str = "HTTP/1.1 103 Early Hints\r\n\r\n";
const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 4\r\n\r\ntext";
const LAST: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    connection: close\r\ncontent-length: 4\r\n\r\ntext";

/// A peer that sends each part of its input once it has seen a text.
struct Held {
    input: Vec<(&'static str, &'static str)>,
    held: Vec<u8>,
    wire: Vec<u8>,
    max_write: usize,
    /// The number of polls for which every call is pending, and those that are left.
    hesitation: usize,
    left: usize,
    /// The last word of the driver that some of a reply has left and the rest has not.
    is_under_way: bool,
    /// Flushing fails once so many bytes are held.
    fails_from: usize,
}

impl Held {
    fn new(input: &[(&'static str, &'static str)], max_write: usize, hesitation: usize) -> Self {
        Self {
            input: input.to_vec(),
            held: Vec::new(),
            wire: Vec::new(),
            max_write,
            hesitation,
            left: hesitation,
            is_under_way: false,
            fails_from: usize::MAX,
        }
    }

    async fn hesitate(&mut self) {
        poll_fn(|_| match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Poll::Pending
            }
            None => Poll::Ready(()),
        })
        .await;
        self.left = self.hesitation;
    }
}

impl ErrorType for Held {
    type Error = ErrorKind;
}

impl Read for Held {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        poll_fn(|_| {
            let Some((seen, bytes)) = self.input.first_mut() else {
                return Poll::Ready(Ok(0));
            };
            if !String::from_utf8_lossy(&self.wire).contains(&**seen) {
                return Poll::Pending;
            }
            let n = bytes.len().min(buf.len());
            let (now, later) = bytes.split_at(n);
            buf[..n].copy_from_slice(now.as_bytes());
            *bytes = later;
            if bytes.is_empty() {
                self.input.remove(0);
            }
            Poll::Ready(Ok(n))
        })
        .await
    }
}

impl Write for Held {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.hesitate().await;
        let n = bytes.len().min(self.max_write);
        self.held.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.hesitate().await;
        if self.held.len() >= self.fails_from {
            return Err(ErrorKind::TimedOut);
        }
        self.wire.append(&mut self.held);
        Ok(())
    }
}

impl Transport for Held {
    fn under_way(&mut self, is_under_way: bool) {
        self.is_under_way = is_under_way;
    }
}

/// Gives up each call after so many polls, and may wait then.
#[derive(Clone, Copy, Debug)]
struct GivesUp {
    after: usize,
    waits: bool,
}

impl GivesUp {
    /// Does `work`, unless it takes too many polls.
    async fn on<R>(self, work: impl Future<Output = R>) -> Option<R> {
        let done = {
            let mut work = pin!(work);
            let mut polls = 0;
            poll_fn(|cx| match work.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending => {
                    polls += 1;
                    match polls < self.after {
                        true => Poll::Pending,
                        false => Poll::Ready(None),
                    }
                }
            })
            .await
        };
        if self.waits && done.is_none() {
            pauses().await;
        }
        done
    }
}

/// Waits for something else than the connection.
async fn pauses() {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        match polls < 40 {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    })
    .await;
}

impl<T: Transport> Handler<T> for GivesUp {
    async fn handle(
        &self,
        request: &Request<'_>,
        mut responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        match request.path() {
            "/read" => {
                let mut buf = [0; 8];
                loop {
                    match self.on(responder.read(&mut buf)).await {
                        None => once().await,
                        Some(Ok(0)) => break,
                        Some(read) => drop(read?),
                    }
                }
            }
            "/hints" => {
                let hints = responder.inform(|exchange, buf| {
                    Response::to(exchange, buf, Status::EARLY_HINTS).empty()
                });
                self.on(hints).await.transpose()?;
            }
            "/flush" => {
                self.on(responder.flush()).await.transpose()?;
            }
            "/steps" => return responder.ok().transfer(&b"text"[..]).await,
            "/long" => return responder.ok().text(&*"text".repeat(70)).await,
            "/now" => {
                let sent = responder
                    .send_now(|exchange, buf| Response::to(exchange, buf, Status::OK).text("text"));
                let sent = self.on(sent).await.transpose()?;
                return sent.ok_or(Unanswered::new());
            }
            _ => {}
        }
        let sent =
            responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("text"));
        Ok(sent.await?)
    }
}

async fn once() {
    let mut is_pending = true;
    poll_fn(|_| match std::mem::take(&mut is_pending) {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
    .await;
}

/// Every place to give up, in transports of every kind, gives the same bytes.
#[track_caller]
fn check(input: &[(&'static str, &'static str)], wire: &str) {
    for hesitation in 0..4 {
        for max_write in [1, 24, usize::MAX] {
            for after in 1..(hesitation + 1) * 3 {
                for waits in [false, true] {
                    let mut held = Held::new(input, max_write, hesitation);
                    let handler = GivesUp { after, waits };
                    let (request, reply) = (&mut [0; 256][..], &mut [0; 256][..]);
                    let buffers = Buffers { request, reply };
                    let limits = Limits::new();
                    let served = serve_connection(&mut held, &handler, buffers, &limits);
                    let closed = poll_times(served, 10_000);
                    let got = String::from_utf8_lossy(&held.wire).into_owned();
                    let case = format!("{handler:?}, {hesitation} polls, {max_write} bytes");
                    assert_eq!(got, wire, "{case}");
                    assert!(
                        matches!(closed, Some(Ok(Closed::Peer | Closed::Server))),
                        "{case}: {closed:?}"
                    );
                }
            }
        }
    }
}

const EXPECTING: &str = "POST /read HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                         content-length: 4\r\n\r\n";

#[test]
fn a_client_that_waits_for_100_continue_gets_it_from_a_read_that_is_given_up_and_made_again() {
    check(
        &[("", EXPECTING), (CONTINUE, "1234")],
        &[CONTINUE, TEXT].concat(),
    );
}

#[test]
fn earlier_replies_leave_by_a_read_that_is_given_up_and_made_again() {
    let first = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n\
                 POST /read HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n";
    check(&[("", first), (TEXT, "1234")], &[TEXT, TEXT].concat());
}

#[test]
fn an_interim_reply_that_is_given_up_leaves_before_the_final_one() {
    let request = "GET /hints HTTP/1.1\r\nhost: x\r\n\r\n";
    check(&[("", request)], &[HINTS, TEXT].concat());
}

#[test]
fn a_flush_that_is_given_up_loses_no_reply() {
    let first = "GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /flush HTTP/1.1\r\nhost: x\r\n\r\n";
    check(&[("", first)], &[TEXT, TEXT].concat());
}

#[test]
fn a_reply_that_was_to_leave_now_is_not_lost_where_that_is_given_up() {
    let request = "GET /now HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    check(&[("", request)], LAST);
}

/// A reply that was taken and not flushed may still be lost, as in the records of TLS.
#[test]
fn a_reply_is_under_way_until_it_is_flushed() {
    let requests = [
        "GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /a HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /hints HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /flush HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /now HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /steps HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /long HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
    ];
    for request in requests {
        for max_write in [1, 24, usize::MAX] {
            for fails_from in [1, usize::MAX] {
                for polls in 0..2000 {
                    let mut held = Held::new(&[("", request)], max_write, 2);
                    held.fails_from = fails_from;
                    let handler = GivesUp {
                        after: usize::MAX,
                        waits: false,
                    };
                    let (request, reply) = (&mut [0; 256][..], &mut [0; 256][..]);
                    let buffers = Buffers { request, reply };
                    let limits = Limits::new();
                    let served = serve_connection(&mut held, &handler, buffers, &limits);
                    // Dropped after any number of polls.
                    let ended = poll_times(served, polls);
                    let case = format!("{polls} polls, {max_write} bytes at a time");
                    assert!(held.is_under_way || held.held.is_empty(), "{case}");
                    if ended.is_some() {
                        assert_eq!(held.is_under_way, fails_from == 1, "{case}");
                        assert!(held.is_under_way || !held.wire.is_empty(), "{case}");
                        break;
                    }
                    assert!(polls < 1999, "it does not end");
                }
            }
        }
    }
}
