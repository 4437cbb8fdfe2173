use std::error::Error as StdError;
use std::fmt;

use replywire::request::Exchange;
use replywire::{Error, Reply};

use crate::convert::response;
use crate::reply_body::ReplyBody;

/// The bytes of the first buffer.
const FIRST: usize = 1024;

/// Has `write` write a whole reply, and makes it a [`response`]. Where the buffer is too small,
/// `write` runs again with one that has enough room, so it writes the same each time.
///
/// ```
/// use replywire::{Response, Status};
///
/// let (parts, _) = http::Request::get("/").body(()).unwrap().into_parts();
/// let text = "more than a buffer ".repeat(100);
/// let response = replywire_http::written(replywire_http::exchange(&parts), |exchange, buf| {
///     Response::to(exchange, buf, Status::OK).text(&*text)
/// })?;
/// assert_eq!(response.headers()["content-length"], "1900");
/// # Ok::<(), replywire_http::NotWritten>(())
/// ```
///
/// # Errors
///
/// [`NotWritten`] with the error of `write`.
pub fn written<F>(
    exchange: Exchange<'static>,
    mut write: F,
) -> Result<http::Response<ReplyBody>, NotWritten>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let mut buf = vec![0; FIRST];
    let mut result = write(&exchange, &mut buf).map(|reply| response(&reply));
    if let Err(Error::Overflow { needed }) = result {
        let mut buf = vec![0; needed];
        result = write(&exchange, &mut buf).map(|reply| response(&reply));
    }
    result.map_err(NotWritten)
}

/// A reply that could not be [`written`], and why.
///
/// With the feature `axum` it is a response of axum, `500 Internal Server Error`, so that a handler
/// may end with `?`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotWritten(pub Error);

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reply not written")
    }
}

impl StdError for NotWritten {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}
