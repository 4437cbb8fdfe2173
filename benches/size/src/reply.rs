//! The reply, by Replywire: six headers, a cookie and an object of ten fields.

use replywire::request::Exchange;
use replywire::{Error, Head, HeaderName, HeaderValue, Reply, Response, SetCookie, Status, head};

use crate::Answer;

const REQUEST_ID: HeaderName = HeaderName::new("x-request-id").unwrap();

/// With what `serde` derives.
pub fn serde<'b>(
    exchange: &Exchange<'b>,
    buf: &'b mut [u8],
    answer: &Answer<'_>,
) -> Result<Reply<'b>, Error> {
    plain(exchange, buf, answer).json(&answer.reading)
}

/// With an object that writes itself by hand.
pub fn hand<'b>(
    exchange: &Exchange<'b>,
    buf: &'b mut [u8],
    answer: &Answer<'_>,
) -> Result<Reply<'b>, Error> {
    plain(exchange, buf, answer).json_by_hand(&answer.reading)
}

/// The same with a head that was built at compile time.
pub fn constant<'b>(
    exchange: &Exchange<'b>,
    buf: &'b mut [u8],
    answer: &Answer<'_>,
) -> Result<Reply<'b>, Error> {
    const HEAD: Head = head!(
        Status::OK,
        "cache-control" => "no-store",
        "x-content-type-options" => "nosniff",
        "access-control-allow-origin" => "*",
    );
    Response::with_head(exchange, buf, HEAD)
        .header(REQUEST_ID, answer.request)
        .cookie(&session(answer))
        .json_by_hand(&answer.reading)
}

fn plain<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8], answer: &Answer<'_>) -> Response<'b> {
    const NO_STORE: HeaderValue = HeaderValue::new("no-store").unwrap();
    const NOSNIFF: HeaderValue = HeaderValue::new("nosniff").unwrap();
    const ANY: HeaderValue = HeaderValue::new("*").unwrap();

    Response::to(exchange, buf, Status::OK)
        .header(HeaderName::CACHE_CONTROL, NO_STORE)
        .header(HeaderName::X_CONTENT_TYPE_OPTIONS, NOSNIFF)
        .header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, ANY)
        .header(REQUEST_ID, answer.request)
        .cookie(&session(answer))
}

fn session<'a>(answer: &Answer<'a>) -> SetCookie<'a> {
    SetCookie::new("sid", answer.session)
        .max_age(3600)
        .path("")
        .any_site()
}
