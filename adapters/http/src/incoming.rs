//! Requests that our own server has read, as those of `http`.

use bytes::BytesMut;
use http::Uri;
use replywire::request::Refusal;
use replywire_std::Request;

use crate::convert::version_of;
use crate::reply_head::Fields;

/// A request that our own server has read, as one of `http`.
///
/// # Errors
///
/// `400 Bad Request` for a target, a method or fields that `http` has no place for.
pub(crate) fn request<B>(from: &Request<'_>, body: B) -> Result<http::Request<B>, Refusal> {
    let mut request = http::Request::new(body);
    let method = http::Method::from_bytes(from.method().as_bytes());
    *request.method_mut() = method.map_err(|_| Refusal::BadRequest)?;
    let target = Uri::try_from(from.target());
    *request.uri_mut() = target.map_err(|_| Refusal::BadRequest)?;
    *request.version_mut() = version_of(from.version());
    // Values are parts of one piece of memory.
    let len = from.headers().map(|(_, value)| value.len()).sum();
    let mut values = BytesMut::with_capacity(len);
    let headers = request.headers_mut();
    for (name, value) in from.headers() {
        values.extend_from_slice(value);
        let shared = || values.split().freeze();
        headers
            .add(name.as_bytes(), value, shared)
            .ok_or(Refusal::BadRequest)?;
    }
    Ok(request)
}
