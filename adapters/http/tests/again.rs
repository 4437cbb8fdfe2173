//! One handler answers one request after the other: nothing of one is seen by the next.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http_body_util::BodyExt;
use replywire_http::{Answer, Handler, Hosted, Request, Responder, handler_fn};
use replywire_std::chunks_from_fn;
use replywire_tokio::Tokio;

/// A frame has no room for two of them.
static PIECE: &[u8] = &[b'x'; 29_999];

async fn respond(request: &Request<'_>, mut responder: Responder<'_, Tokio>) -> Answer {
    let user = responder.connection(|host| host.extensions().get::<&str>().copied())?;
    let (fields, peer) = (request.headers().count(), responder.peer());
    let content = match request.path() {
        "/unread" => Vec::new(),
        _ => responder.read_to_vec(9).await?,
    };
    let told = format!("{fields} {user:?} {peer:?} {content:?}");
    match request.path() {
        "/panics" => panic!("as it is told"),
        "/waits" => pending().await,
        "/informs" => {
            let hints = responder.early_hints().header("link", "</a>");
            hints.inform().await?;
            responder.ok().text(&*told).await
        }
        "/nested" => {
            let inner = Hosted::<Tokio, _>::new(handler_fn(tell));
            let mut tellings = Vec::new();
            for _ in 0..2 {
                let request = http::Request::get("http://b/").body(String::new());
                let answered = inner.answer(request.unwrap()).await;
                tellings.push(answered.into_body().collect().await.unwrap().to_bytes());
            }
            responder.ok().text(&*format!("{told} {tellings:?}")).await
        }
        "/works" => {
            let work = async {
                tokio::task::yield_now().await;
                Ok::<_, io::Error>(())
            };
            responder.ok().background(work).text(&*told).await
        }
        "/stream" | "/breaks" => {
            let mut left = 3;
            let is_whole = request.path() == "/stream";
            let source = chunks_from_fn(async move || {
                left -= 1;
                match left {
                    0 if is_whole => Ok(None),
                    0 => Err(io::Error::other("as it is told")),
                    _ => Ok(Some(PIECE)),
                }
            });
            responder.ok().header("x-told", &*told).stream(source).await
        }
        _ => responder.ok().text(&*told).await,
    }
}

/// Answers within another handler.
async fn tell(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
    responder.ok().text(request.authority()).await
}

/// The end of an answer.
#[derive(Clone, Copy)]
enum Fate {
    /// It is polled once.
    Dropped,
    /// The body is dropped after its head.
    Left,
    Taken,
}

/// Each request that there is, and what becomes of its answer.
const KINDS: [(&str, &str, &str, Fate); 16] = [
    ("GET", "/text", "", Fate::Taken),
    ("HEAD", "/text", "", Fate::Taken),
    ("POST", "/text", "some", Fate::Taken),
    ("POST", "/text", "too many bytes", Fate::Taken),
    ("POST", "/unread", "some", Fate::Taken),
    ("GET", "/long", "", Fate::Taken),
    ("GET", "/refused", "", Fate::Taken),
    ("GET", "/panics", "", Fate::Taken),
    ("GET", "/waits", "", Fate::Dropped),
    ("GET", "/works", "", Fate::Taken),
    ("GET", "/works", "", Fate::Left),
    ("GET", "/stream", "", Fate::Left),
    ("GET", "/stream", "", Fate::Taken),
    ("GET", "/breaks", "", Fate::Taken),
    ("GET", "/informs", "", Fate::Taken),
    ("GET", "/nested", "", Fate::Taken),
];

/// Asks for the reply of a kind, and tells what came.
async fn ask<H: Handler<Tokio> + 'static>(hosted: &Hosted<Tokio, H>, kind: usize) -> String {
    let (method, path, content, fate) = KINDS[kind];
    let mut request = http::Request::builder().method(method).uri(path);
    if path != "/refused" {
        request = request.header("host", "a");
    }
    if path == "/long" {
        request = request.header("long", "x".repeat(3000));
    }
    if method == "POST" {
        request = request.extension("a user");
        request = request.extension(SocketAddr::from(([127, 0, 0, 1], 80)));
    }
    let request = request.body(content.to_owned()).unwrap();
    let mut answering = pin!(hosted.answer(request));
    let answered = match fate {
        Fate::Dropped => {
            let polled = poll_fn(|cx| Poll::Ready(answering.as_mut().poll(cx))).await;
            assert!(polled.is_pending(), "{path}");
            return "dropped".to_owned();
        }
        Fate::Left | Fate::Taken => answering.await,
    };
    let (head, body) = answered.into_parts();
    let body = match fate {
        Fate::Taken => Some(body.collect().await.map(|body| body.to_bytes())),
        Fate::Dropped | Fate::Left => None,
    };
    format!("{} {:?} {body:?}", head.status, head.headers)
}

#[test]
fn a_reply_is_the_same_after_any_two_others() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(async {
        let mut alone = Vec::new();
        for kind in 0..KINDS.len() {
            alone.push(ask(&Hosted::new(handler_fn(respond)), kind).await);
        }
        assert!(alone[0].contains("1 None None []"), "{}", alone[0]);
        assert!(alone[2].contains("a user"), "{}", alone[2]);
        assert!(alone[3].starts_with("413"), "{}", alone[3]);
        assert!(alone[5].contains("2 None None []"), "{}", alone[5]);
        assert!(alone[6].starts_with("400"), "{}", alone[6]);
        assert!(alone[7].starts_with("500"), "{}", alone[7]);
        assert!(alone[13].ends_with("Some(Err(BrokenOff))"), "{}", alone[13]);
        assert!(alone[15].contains(r#"[b\"b\", b\"b\"]"#), "{}", alone[15]);
        for first in 0..KINDS.len() {
            for second in 0..KINDS.len() {
                for third in 0..KINDS.len() {
                    let hosted = Hosted::new(handler_fn(respond));
                    for kind in [first, second, third] {
                        assert_eq!(ask(&hosted, kind).await, alone[kind], "{first} {second}");
                    }
                }
            }
        }
    });
}

#[test]
fn replies_at_the_same_time_are_apart() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(async {
        let hosted = Hosted::new(handler_fn(respond));
        for _ in 0..3 {
            let requests = (0..100_u8).map(|number| {
                let request = http::Request::post("/text").header("host", "a");
                (number, request.body(number.to_string()).unwrap())
            });
            let mut bodies = Vec::new();
            for (number, request) in requests {
                bodies.push((number, hosted.answer(request).await.into_body()));
            }
            for (number, body) in bodies {
                let body = body.collect().await.unwrap().to_bytes();
                let want = format!("1 None None {:?}", number.to_string().into_bytes());
                assert_eq!(body, want);
            }
        }
    });
}

#[test]
fn a_handler_is_dropped_with_the_last_that_has_it() {
    struct Counted(Arc<()>);

    impl Handler<Tokio> for Counted {
        async fn handle(&self, request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
            respond(request, responder).await
        }
    }

    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(async {
        for kind in 0..KINDS.len() {
            let handler = Counted(Arc::default());
            let count = Arc::clone(&handler.0);
            let hosted = Hosted::new(handler);
            ask(&hosted, kind).await;
            ask(&hosted.clone(), kind).await;
            let request = http::Request::get("http://a/stream")
                .body(String::new())
                .unwrap();
            let answered = hosted.answer(request).await;
            drop(hosted);
            assert!(Arc::strong_count(&count) > 1, "{kind}");
            drop(answered);
            // Work after a reply has a task of its own.
            for _ in 0..9 {
                tokio::task::yield_now().await;
            }
            assert_eq!(Arc::strong_count(&count), 1, "{kind}");
        }
    });
}
