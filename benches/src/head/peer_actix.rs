//! actix-http's encoder, which its HTTP/1 codec makes public.
//!
//! It has favours that the others have not: it does not format the date but copies one that a timer
//! keeps, and it keeps the memory of heads for the next. It has to build a map of the fields first,
//! as every user of it does.

use actix_http::body::BodySize;
use actix_http::h1::{Codec, Message};
use actix_http::header::{self, HeaderValue};
use actix_http::{Response, StatusCode};
use bytes::{Bytes, BytesMut};
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::Page;
use crate::measure::Contender;

pub(super) fn contender(encode: fn(&mut Encoder) -> Option<usize>) -> Contender {
    Contender::new("actix-http", Encoder::new(), encode, move |encoder| {
        encode(encoder).expect("an encoder that takes the response");
        encoder.out.to_vec()
    })
}

pub(super) struct Encoder {
    codec: Codec,
    out: BytesMut,
    /// The codec's timer lives here.
    _local: LocalSet,
    _runtime: Runtime,
}

impl Encoder {
    fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let local = LocalSet::new();
        let mut codec = local.block_on(&runtime, async { Codec::default() });
        // Only a request tells the codec that the connection stays open.
        let mut request = BytesMut::from("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let decoded = codec.decode(&mut request);
        assert!(matches!(decoded, Ok(Some(Message::Item(_)))));
        Self {
            codec,
            out: BytesMut::with_capacity(2048),
            _local: local,
            _runtime: runtime,
        }
    }

    fn encode(&mut self, response: Response<()>, body: &'static str) -> Option<usize> {
        let size = BodySize::Sized(body.len() as u64);
        self.out.clear();
        self.codec
            .encode(Message::Item((response, size)), &mut self.out)
            .ok()?;
        let chunk = Message::Chunk(Some(Bytes::from_static(body.as_bytes())));
        self.codec.encode(chunk, &mut self.out).ok()?;
        Some(self.out.len())
    }
}

#[inline(never)]
pub(super) fn runtime(page: &Page, encoder: &mut Encoder) -> Option<usize> {
    let mut response = Response::with_body(StatusCode::OK, ());
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_str(page.server).ok()?);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_str(page.cache_control).ok()?,
    );
    headers.insert(header::ETAG, HeaderValue::from_str(page.etag).ok()?);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    encoder.encode(response, page.body)
}

#[inline(never)]
pub(super) fn constant(body: &'static str, encoder: &mut Encoder) -> Option<usize> {
    let mut response = Response::with_body(StatusCode::OK, ());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::DATE, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (header::SERVER, "replywire"),
        (header::CACHE_CONTROL, "max-age=3600"),
        (header::ETAG, "\"65f1c3a2-1d4\""),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    encoder.encode(response, body)
}
