//! Answers to requests that no server has read: their heads, their content, and what fails.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use embedded_io_async::{ErrorType, Read};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Limited};
use replywire::request::{Method, Refusal};
use replywire_http::{Answer, BrokenOff, Handler, Hosted, Request, Responder, handler_fn};
use replywire_std::{Chunks, KeepAlive, chunks_from_fn};
use replywire_tokio::Tokio;

type Answered = http::Response<Result<Bytes, BrokenOff>>;

/// Polls as hosts do: a body whose length is known is dropped after its last byte.
async fn answer<H, B>(handler: H, request: http::Request<B>) -> Answered
where
    H: Handler<Tokio> + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (head, body) = Hosted::<Tokio, H>::new(handler)
        .answer(request)
        .await
        .into_parts();
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    let end = loop {
        if body.is_end_stream() || body.size_hint().exact() == Some(0) {
            break Ok(());
        }
        match body.frame().await {
            None => break Ok(()),
            Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap()),
            Some(Err(error)) => break Err(error),
        }
    };
    http::Response::from_parts(head, end.map(|()| bytes.into()))
}

fn run(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(test);
}

fn get(target: &str) -> http::request::Builder {
    http::Request::get(target)
}

/// Content that fails after some bytes, and then ends as if it were whole.
struct Failing(Vec<io::Result<&'static str>>);

impl Body for Failing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let next = self.0.pop();
        Poll::Ready(next.map(|next| next.map(|data| Frame::data(data.into()))))
    }
}

fn failing(kind: io::ErrorKind) -> http::Request<Failing> {
    let content = Failing(vec![Err(kind.into()), Ok("some")]);
    get("http://a/").body(content).unwrap()
}

#[test]
fn content_that_has_failed_never_ends() {
    async fn insist(_: &Request<'_>, mut responder: Responder<'_, Tokio>) -> Answer {
        let mut buf = [0; 8];
        assert_eq!(responder.read(&mut buf).await.ok(), Some(4));
        let failed = [
            responder.read(&mut buf).await.is_err(),
            responder.read(&mut buf).await.is_err(),
            responder.read(&mut buf).await.is_err(),
        ];
        let failed = failed.map(|failed| if failed { "failed" } else { "ended" });
        responder.ok().text(&*failed.join(" ")).await
    }
    run(async {
        let request = failing(io::ErrorKind::UnexpectedEof);
        let answered = answer(handler_fn(insist), request).await;
        assert_eq!(answered.into_body().unwrap(), "failed failed failed");
    });
}

#[test]
fn a_request_whose_content_fails_is_at_fault() {
    async fn read(_: &Request<'_>, mut responder: Responder<'_, Tokio>) -> Answer {
        let content = responder.read_to_vec(100).await?;
        responder.ok().body(&content).await
    }
    run(async {
        for (kind, status) in [
            (io::ErrorKind::UnexpectedEof, 400),
            (io::ErrorKind::Other, 400),
            (io::ErrorKind::InvalidData, 400),
            (io::ErrorKind::TimedOut, 408),
        ] {
            let answered = answer(handler_fn(read), failing(kind)).await;
            assert_eq!(answered.status(), status, "{kind}");
        }
        let limited = Limited::new("too long".to_owned(), 4);
        let request = get("http://a/").body(limited).unwrap();
        assert_eq!(answer(handler_fn(read), request).await.status(), 413);
    });
}

#[test]
fn a_refusal_answers_options_with_the_methods() {
    async fn refuse(_: &Request<'_>, _: Responder<'_, Tokio>) -> Answer {
        Err(Refusal::not_allowed(&[Method::Get]).into())
    }
    run(async {
        for (method, status) in [("OPTIONS", 204), ("PUT", 405)] {
            let request = get("http://a/").method(method).body(String::new());
            let answered = answer(handler_fn(refuse), request.unwrap()).await;
            assert_eq!(answered.status(), status);
            assert_eq!(answered.headers()["allow"], "GET, HEAD, OPTIONS");
        }
    });
}

/// Panics before there is a future.
struct Panicking;

impl Handler<Tokio> for Panicking {
    fn handle(
        &self,
        _: &Request<'_>,
        responder: Responder<'_, Tokio>,
    ) -> impl Future<Output = Answer> + Send {
        if responder.remaining() == Some(0) {
            panic!("at once");
        }
        async { responder.ok().empty().await }
    }
}

#[test]
fn a_panic_before_the_future_is_a_page_as_well() {
    run(async {
        let answered = answer(Panicking, get("http://a/").body(String::new()).unwrap()).await;
        assert_eq!(answered.status(), 500);
    });
}

/// Pauses, then adds one.
async fn work(done: Arc<AtomicUsize>) -> Result<(), Infallible> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    done.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// A source of so many bytes, which takes its time for each and for its end.
struct Slow(u64);

impl ErrorType for Slow {
    type Error = io::Error;
}

impl Read for Slow {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let Some(left) = self.0.checked_sub(1) else {
            return Ok(0);
        };
        self.0 = left;
        let room = buf.first_mut().unwrap();
        *room = b'x';
        Ok(1)
    }
}

struct Exactly {
    told: u64,
    made: u64,
    done: Arc<AtomicUsize>,
}

impl Handler<Tokio> for Exactly {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let work = work(Arc::clone(&self.done));
        let reply = responder.ok().background(work);
        reply.sized_exactly(self.told, Slow(self.made)).await
    }
}

#[test]
fn work_goes_on_after_the_last_byte_of_a_known_length() {
    run(async {
        for len in 0..4 {
            let done = Arc::<AtomicUsize>::default();
            let handler = Exactly {
                told: len,
                made: len,
                done: Arc::clone(&done),
            };
            let answered = answer(handler, get("http://a/").body(String::new()).unwrap()).await;
            assert_eq!(answered.status(), 200);
            assert_eq!(answered.into_body().unwrap().len() as u64, len);
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if done.load(Ordering::SeqCst) == 1 {
                    break;
                }
            }
            assert_eq!(done.load(Ordering::SeqCst), 1, "{len}");
        }
    });
}

#[test]
fn work_goes_on_after_a_reply_to_head_whose_body_nobody_asks_for() {
    run(async {
        for told in [0, 3] {
            let done = Arc::<AtomicUsize>::default();
            let handler = Exactly {
                told,
                made: told,
                done: Arc::clone(&done),
            };
            let request = http::Request::head("http://a/")
                .body(String::new())
                .unwrap();
            let answered = Hosted::<Tokio, _>::new(handler).answer(request).await;
            assert_eq!(answered.status(), 200);
            drop(answered);
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if done.load(Ordering::SeqCst) == 1 {
                    break;
                }
            }
            assert_eq!(done.load(Ordering::SeqCst), 1, "{told}");
        }
    });
}

#[test]
fn a_source_that_is_not_as_long_as_told_breaks_the_reply_off() {
    run(async {
        for (told, made) in [(0, 1), (1, 0), (4, 3), (4, 5), (1, 9)] {
            let handler = Exactly {
                told,
                made,
                done: Arc::default(),
            };
            let answered = answer(handler, get("http://a/").body(String::new()).unwrap()).await;
            // Some are found out before the head has left.
            let is_page = answered.status() == 500;
            assert!(is_page || answered.into_body().is_err(), "{told} {made}");
        }
    });
}

#[test]
fn the_head_is_refused_where_our_server_refuses_it() {
    async fn tell(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let told = [request.authority(), request.target()].join(" ");
        responder.ok().text(&*told).await
    }
    async fn tunnel(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let target = request.target();
        responder.ok().header("x-target", target).empty().await
    }
    run(async {
        let own: [(&str, &[&str], Result<&str, u16>); 18] = [
            ("/a", &["b"], Ok("b /a")),
            ("/a", &[""], Ok(" /a")),
            ("/a", &[], Err(400)),
            ("/a", &["b", "b"], Err(400)),
            ("/a", &["b c"], Err(400)),
            ("/a", &["u@b"], Err(400)),
            ("http://b/a", &[], Ok("b /a")),
            ("https://b/a", &["c"], Ok("b /a")),
            ("http://b/a", &["b", "b"], Err(400)),
            ("http://b/a", &["b c"], Err(400)),
            ("http://b/a", &["u@b"], Err(400)),
            ("http://u:p@b:80/a", &[], Ok("b:80 /a")),
            ("http://u@b/a", &["c"], Ok("b /a")),
            ("http://b:65536/a", &[], Err(400)),
            ("http://b?x", &[], Ok("b /?x")),
            ("http://b", &[], Ok("b /")),
            ("ftp://b/a", &[], Err(400)),
            ("b:80", &["b"], Err(400)),
        ];
        for (target, hosts, want) in own {
            let mut request = get(target);
            for host in hosts {
                request = request.header("host", *host);
            }
            let Ok(request) = request.body(String::new()) else {
                assert!(want.is_err(), "{target} {hosts:?}");
                continue;
            };
            let answered = answer(handler_fn(tell), request).await;
            let got = match answered.status().as_u16() {
                200 => Ok(String::from_utf8(answered.into_body().unwrap().into()).unwrap()),
                status => Err(status),
            };
            assert_eq!(got, want.map(str::to_owned), "{target} {hosts:?}");
        }
        for (target, status) in [
            ("b:80", 200),
            ("u@b:80", 200),
            ("b", 400),
            ("http://b/", 400),
            // The path is as long as the authority.
            ("http://b:80/bcd", 400),
            ("https://b:80/", 400),
        ] {
            let request = http::Request::connect(target).body(String::new()).unwrap();
            let answered = answer(handler_fn(tunnel), request).await;
            assert_eq!(answered.status(), status, "{target}");
            let told = answered.headers().get("x-target");
            let want = (status == 200).then_some("b:80");
            assert_eq!(told.map(|told| told.to_str().unwrap()), want, "{target}");
        }
    });
}

#[test]
fn a_stream_that_waits_is_kept_alive() {
    async fn quiet(_: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let mut left = 2;
        let source = chunks_from_fn(async move || {
            tokio::time::sleep(Duration::from_millis(200)).await;
            left -= 1;
            Ok::<_, Infallible>((left > 0).then_some("late"))
        });
        let keep_alive = KeepAlive::new(Duration::from_millis(20), b"ping ");
        responder.ok().stream(source.kept_alive(keep_alive)).await
    }
    run(async {
        let request = get("http://a/").body(String::new()).unwrap();
        let answered = answer(handler_fn(quiet), request).await;
        let body = answered.into_body().unwrap();
        assert!(body.starts_with(b"ping ping "), "{body:?}");
    });
}
