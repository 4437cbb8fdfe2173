//! Services without a server.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes};
use http::{Request, Response, header};
use http_body_util::Empty;
use hyper::body::Body;
use tower_service::Service;

use super::what::{ITEM, PIECES_LEN, TEXT};
use super::{ours, theirs};
use crate::measure::{Contender, Work};

/// All works, each checked.
pub fn works() -> Vec<Work> {
    let text = || wanted("text/plain; charset=utf-8", TEXT.as_bytes());
    let json = || {
        let json = serde_json::to_vec(&ITEM).expect("a document");
        wanted("application/json", &json)
    };
    let stream = || wanted("", &vec![b'p'; PIECES_LEN]);
    vec![
        service("text", "/text", text()).exact(service_written("/text")),
        service("json", "/json", json()).exact(service_written("/json")),
        service("stream", "/stream", stream()),
        router("axum-text", "/text", text()).exact(router_written("/text")),
        router("axum-json", "/json", json()).exact(router_written("/json")),
        router("axum-stream", "/stream", stream()),
    ]
}

/// A type of a content and the content, as [`taken`] tells them.
fn wanted(media_type: &str, content: &[u8]) -> &'static [u8] {
    [media_type.as_bytes(), b"\n", content].concat().leak()
}

fn service(name: &'static str, path: &'static str, want: &'static [u8]) -> Work {
    let peer = tower::service_fn(theirs::http::<Empty<Bytes>>);
    Work::new(name, want)
        .exact(contender("replywire", path, ours::hosted()))
        .exact(contender("http", path, peer))
}

fn service_written(path: &'static str) -> Contender {
    let service = tower::service_fn(ours::http::<Empty<Bytes>>);
    contender("replywire-written", path, service)
}

fn router(name: &'static str, path: &'static str, want: &'static [u8]) -> Work {
    Work::new(name, want)
        .exact(contender("replywire", path, ours::hosted_router()))
        .exact(contender("axum", path, theirs::router()))
}

fn router_written(path: &'static str) -> Contender {
    contender("replywire-written", path, ours::router())
}

fn request(path: &str) -> Request<Empty<Bytes>> {
    Request::get(path)
        .header(header::HOST, "localhost")
        .header(header::USER_AGENT, "ratios")
        .header(header::ACCEPT, "*/*")
        .body(Empty::new())
        .expect("a request")
}

fn contender<S, B>(name: &'static str, path: &'static str, service: S) -> Contender
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>> + 'static,
    B: Body,
{
    let call = |(service, request): &mut (S, Request<Empty<Bytes>>)| {
        let replying = pin!(service.call(request.clone()));
        match replying.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(response)) => response,
            _ => panic!("no reply at once"),
        }
    };
    let state = (service, request(path));
    Contender::new(
        name,
        state,
        move |state| drop(taken(call(state), |_| {})),
        move |state| told(call(state)),
    )
}

/// Takes all frames; the head.
fn taken<B: Body>(response: Response<B>, mut take: impl FnMut(&[u8])) -> http::response::Parts {
    let (head, body) = response.into_parts();
    let mut body = pin!(body);
    let cx = &mut Context::from_waker(Waker::noop());
    while !body.is_end_stream() {
        match body.as_mut().poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    take(data.chunk());
                }
            }
            Poll::Ready(None) => break,
            _ => panic!("no frame at once"),
        }
    }
    head
}

fn told<B: Body>(response: Response<B>) -> Vec<u8> {
    let mut body = Vec::new();
    let head = taken(response, |data| body.extend_from_slice(data));
    let media_type = head.headers.get(header::CONTENT_TYPE);
    let media_type = media_type.filter(|media_type| *media_type != "application/octet-stream");
    [
        media_type.map_or(&b""[..], |value| value.as_bytes()),
        b"\n",
        &body,
    ]
    .concat()
}
