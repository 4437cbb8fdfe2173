//! Values of `http` as ours, and ours as those.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use replywire::request::{Exchange, Method, Version};
use replywire::{HeaderName, HeaderValue, Reply, Status};
use replywire_std::__private::now;

use crate::reply_body::ReplyBody;

/// The exchange of a request that a host has read: what a reply to it depends on, and the time.
///
/// The host frames the reply; see [`Exchange::hosted`].
///
/// ```
/// use replywire::{Response, Status};
///
/// let (parts, _) = http::Request::head("/").body(()).unwrap().into_parts();
/// let exchange = replywire_http::exchange(&parts);
/// let mut buf = [0; 128];
/// let reply = Response::to(&exchange, &mut buf, Status::OK).text("hi")?;
/// assert_eq!(reply.body(), b"");
/// # Ok::<(), replywire::Error>(())
/// ```
pub fn exchange(parts: &Parts) -> Exchange<'static> {
    exchange_of(&parts.method, parts.version, &parts.headers)
}

pub(crate) fn exchange_of(
    method: &http::Method,
    of: http::Version,
    headers: &HeaderMap,
) -> Exchange<'static> {
    let te = headers.get_all(header::TE).into_iter();
    hosted(
        method.as_str(),
        version(of),
        te.map(|value| value.as_bytes()),
    )
}

/// The exchange of a request with these values of `te`: a reply that a host frames depends on no
/// other field.
pub(crate) fn hosted<'v>(
    method: &str,
    version: Version,
    te: impl Iterator<Item = &'v [u8]>,
) -> Exchange<'static> {
    let te = te.map(|value| (header::TE.as_str(), value));
    let exchange = Exchange::new(method, version, te).hosted();
    match now() {
        Some(now) => exchange.at(now),
        None => exchange,
    }
}

/// A whole reply as a response with its bytes, as axum, hyper and tower send it. It was checked
/// when it was written, and is not parsed.
///
/// One to an exchange that is not [`hosted`](Exchange::hosted) has fields of the connection, which
/// a host may refuse.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET.hosted(), &mut buf, Status::CREATED)
///     .header("location", "/items/7")
///     .text("made")?;
/// let response = replywire_http::response(&reply);
/// assert_eq!(response.status(), 201);
/// assert_eq!(response.headers()["location"], "/items/7");
/// # Ok::<(), replywire::Error>(())
/// ```
pub fn response(reply: &Reply<'_>) -> http::Response<ReplyBody> {
    let mut response = http::Response::new(ReplyBody::whole(Bytes::copy_from_slice(reply.body())));
    *response.status_mut() = status_code(reply.status());
    *response.headers_mut() = header_map(reply.fields());
    response
}

/// Fields as a map: those of a [`Reply`], of a request, of [`Headers`](replywire::Headers). Their
/// order is kept for each name. Pairs that are no name and value of `http` are left out, and those
/// that are more than a map takes.
///
/// ```
/// let map = replywire_http::header_map([("vary", "origin"), ("set-cookie", "a=1")]);
/// assert_eq!(map["vary"], "origin");
/// ```
pub fn header_map<N, V>(fields: impl IntoIterator<Item = (N, V)>) -> HeaderMap
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let name = http::HeaderName::from_bytes(name.as_ref().as_bytes());
        let value = http::HeaderValue::from_bytes(value.as_ref());
        if let (Ok(name), Ok(value)) = (name, value) {
            let _ = map.try_append(name, value);
        }
    }
    map
}

/// A status as one of `http`, which has all of 100 to 999.
///
/// ```
/// assert_eq!(replywire_http::status_code(replywire::Status::NOT_FOUND), 404);
/// ```
pub fn status_code(status: Status) -> StatusCode {
    // There is none that it does not take.
    StatusCode::from_u16(status.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A status of `http` as ours.
///
/// ```
/// let status = replywire_http::status(http::StatusCode::NOT_FOUND);
/// assert_eq!(status, replywire::Status::NOT_FOUND);
/// ```
pub fn status(code: StatusCode) -> Status {
    Status::new(code.as_u16()).unwrap_or(Status::INTERNAL_SERVER_ERROR)
}

/// A method of `http` as ours, as far as replies depend on it.
///
/// ```
/// use replywire::request::Method;
///
/// assert_eq!(replywire_http::method(&http::Method::HEAD), Method::Head);
/// ```
pub fn method(method: &http::Method) -> Method {
    Exchange::new::<&str, &str>(method.as_str(), Version::Http11, []).method()
}

/// A method as one of `http`; `None` for [`Method::Other`], whose name is not kept.
///
/// ```
/// use replywire::request::Method;
///
/// assert_eq!(replywire_http::method_of(Method::Put), Some(http::Method::PUT));
/// ```
pub fn method_of(method: Method) -> Option<http::Method> {
    http::Method::from_bytes(method.as_str()?.as_bytes()).ok()
}

/// A version of `http` as ours: of HTTP/2 and HTTP/3 it is HTTP/1.1, as clients of these take what
/// those of HTTP/1.1 take.
///
/// ```
/// use replywire::request::Version;
///
/// assert_eq!(replywire_http::version(http::Version::HTTP_2), Version::Http11);
/// ```
pub fn version(version: http::Version) -> Version {
    match version < http::Version::HTTP_11 {
        true => Version::Http10,
        false => Version::Http11,
    }
}

/// A version as one of `http`.
///
/// ```
/// use replywire::request::Version;
///
/// assert_eq!(replywire_http::version_of(Version::Http10), http::Version::HTTP_10);
/// ```
pub fn version_of(version: Version) -> http::Version {
    match version {
        Version::Http10 => http::Version::HTTP_10,
        _ => http::Version::HTTP_11,
    }
}

/// A name as one of `http`.
///
/// ```
/// let name = replywire_http::header_name(replywire::HeaderName::VARY);
/// assert_eq!(name, Some(http::header::VARY));
/// ```
pub fn header_name(name: HeaderName) -> Option<http::HeaderName> {
    http::HeaderName::from_bytes(name.as_str().as_bytes()).ok()
}

/// A name of `http` for a call of ours, such as `header`: its text, which is checked again there.
///
/// ```
/// assert_eq!(replywire_http::name(&http::header::VARY), "vary");
/// ```
pub fn name(name: &http::HeaderName) -> &str {
    name.as_str()
}

/// A value as one of `http`.
///
/// ```
/// let value = replywire::HeaderValue::new("a day").unwrap();
/// assert_eq!(replywire_http::header_value(value).unwrap(), "a day");
/// ```
pub fn header_value(value: HeaderValue<'_>) -> Option<http::HeaderValue> {
    http::HeaderValue::from_bytes(value.as_bytes()).ok()
}

/// A value of `http` for a call of ours; `None` where it begins or ends with a blank.
///
/// ```
/// let value = http::HeaderValue::from_static("a day");
/// assert_eq!(replywire_http::value(&value).unwrap().as_bytes(), b"a day");
/// ```
pub fn value(value: &http::HeaderValue) -> Option<HeaderValue<'_>> {
    HeaderValue::from_bytes(value.as_bytes())
}
