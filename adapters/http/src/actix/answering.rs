use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::HttpResponse;
use actix_web::body::BodySize;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

use crate::actix::body::{ActixBody, Fed};
use crate::actix::feed::Feed;
use crate::answering::Answering;
use crate::reply_body::ReplyBody;
use crate::reply_head::{Fields, ReplyHead, TYPES};

/// The answer to a request of actix-web, up to the head of the reply.
///
/// Dropping it drops the handler's future.
#[must_use = "a request is not answered before this is awaited"]
pub struct ActixAnswering(Fed<Answering>);

impl ActixAnswering {
    pub(crate) const fn new(answering: Answering, feed: Option<Feed>) -> Self {
        Self(Fed::new(answering, feed))
    }
}

impl Future for ActixAnswering {
    type Output = HttpResponse<ActixBody>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let fed = &mut self.0;
        ready!(fed.poll(cx, Answering::poll_head));
        let body = Fed::new(ReplyBody::whole(Bytes::new()), None);
        let body = ActixBody::new(BodySize::Sized(0), body);
        let mut response = HttpResponse::with_body(StatusCode::INTERNAL_SERVER_ERROR, body);
        let given = fed.of.take_head(cx, response.headers_mut());
        let Some((head, body)) = given else {
            response.headers_mut().clear();
            return Poll::Ready(response);
        };
        if let Ok(status) = StatusCode::from_u16(head.status.code()) {
            *response.status_mut() = status;
        }
        let body = ActixBody::new(size(&head), Fed::new(body, fed.take_feed()));
        Poll::Ready(response.set_body(body))
    }
}

impl fmt::Debug for ActixAnswering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixAnswering").finish_non_exhaustive()
    }
}

/// The size of a body: to `HEAD` it is that of the body which is not sent.
pub(crate) const fn size(head: &ReplyHead) -> BodySize {
    match (head.told_len, head.body_len) {
        (Some(len), _) => BodySize::Sized(len),
        (None, Some(0)) => BodySize::None,
        (None, _) => BodySize::Stream,
    }
}

impl Fields for HeaderMap {
    fn add(&mut self, name: &[u8], value: &[u8], shared: impl FnOnce() -> Bytes) -> Option<()> {
        static KNOWN: [HeaderValue; 3] = [
            HeaderValue::from_static(TYPES[0]),
            HeaderValue::from_static(TYPES[1]),
            HeaderValue::from_static(TYPES[2]),
        ];
        const TYPE: HeaderName = CONTENT_TYPE;

        let (name, known) = match name == TYPE.as_str().as_bytes() {
            true => (TYPE, KNOWN.iter().find(|known| known.as_bytes() == value)),
            false => (HeaderName::from_bytes(name).ok()?, None),
        };
        self.append(
            name,
            match known {
                Some(known) => known.clone(),
                None => HeaderValue::from_maybe_shared(shared()).ok()?,
            },
        );
        Some(())
    }

    fn add_length(&mut self, _: u64) -> Option<()> {
        // It goes by the size of the body.
        Some(())
    }
}
