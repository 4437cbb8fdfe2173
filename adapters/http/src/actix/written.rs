//! Replies that are written to requests of actix-web.

use actix_web::body::{BodySize, BoxBody, None as NoBody};
use actix_web::http::StatusCode;
use actix_web::http::header::TE;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use bytes::Bytes;
use http::HeaderMap;
use replywire::request::Exchange;

use crate::actix::answering::size;
use crate::actix::body::{ActixBody, Fed};
use crate::actix::version;
use crate::convert::hosted;
use crate::reply_body::ReplyBody;
use crate::reply_head::ReplyHead;
use crate::reply_to::ReplyTo;
use crate::reply_to::sealed::{HostResponse, Sealed};
use crate::written::NotWritten;

impl ReplyTo for &HttpRequest {
    type Response = HttpResponse;
}

impl Sealed for &HttpRequest {
    fn exchange(&self) -> Exchange<'static> {
        let te = self.headers().get_all(TE);
        let version = version(self.version());
        hosted(
            self.method().as_str(),
            version,
            te.map(|value| value.as_bytes()),
        )
    }
}

impl HostResponse for HttpResponse {
    fn read(
        exchange: &Exchange<'_>,
        bytes: &[u8],
        shared: Option<Bytes>,
        _: Option<&mut HeaderMap>,
    ) -> Option<Self> {
        let mut response = HttpResponse::with_body(StatusCode::OK, ());
        let head = ReplyHead::read(exchange, bytes, shared, response.headers_mut())?;
        *response.status_mut() = StatusCode::from_u16(head.status.code()).ok()?;
        let len = head.body.len() as u64;
        Some(response.set_body(match size(&head) {
            BodySize::None => BoxBody::new(NoBody::new()),
            BodySize::Sized(told) if told == len => BoxBody::new(head.body),
            size => {
                let body = Fed::new(ReplyBody::whole(head.body), None);
                BoxBody::new(ActixBody::new(size, body))
            }
        }))
    }
}

impl ResponseError for NotWritten {}
