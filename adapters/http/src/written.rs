use std::cell::Cell;
use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use replywire::request::Exchange;
use replywire::{Error, Place, Reply};

use crate::reply_to::ReplyTo;
use crate::reply_to::sealed::HostResponse;

/// The bytes of the buffer that a thread keeps.
const FIRST: usize = 4096;

thread_local! {
    /// The buffer, while nothing is written to it.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Has `write` write a whole reply to a request, and makes it the response of that one's host: an
/// `http::Response`, or an `HttpResponse` of actix-web. It was checked when it was written.
///
/// The buffer has 4 KiB, and stays with the thread. Where that is too small, `write` runs again
/// with memory that has enough room and is not copied, so it writes the same each time.
///
/// A request that is given by value lends the reply the memory of its fields. A closure that looks
/// at it is given it by reference:
///
/// ```
/// use replywire::{Response, Status};
/// use replywire_http::written;
///
/// let request = http::Request::get("/ada").body(()).unwrap();
/// let response = written(&request, |exchange, buf| {
///     let name = request.uri().path().trim_start_matches('/');
///     Response::to(exchange, buf, Status::OK).text(format_args!("hello, {name}"))
/// })?;
/// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
/// # Ok::<(), replywire_http::NotWritten>(())
/// ```
///
/// The length of the body is told by its `size_hint`, of which the host makes `content-length`; it
/// is among the fields only to `HEAD`, and where it is 0.
///
/// # Errors
///
/// [`NotWritten`] with the error of `write`; with [`Error::InterimStatus`] or
/// [`Error::OtherExchange`] for a reply that [`Reply::check`] refuses; with [`Error::HeaderName`]
/// for a name that is too long for the host, or for more fields than it takes.
#[inline]
pub fn written<Q, F>(mut request: Q, mut write: F) -> Result<Q::Response, NotWritten>
where
    Q: ReplyTo,
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let exchange = request.exchange();
    let mut buf = BUFFER.take();
    if buf.is_empty() {
        buf.resize(FIRST, 0);
    }
    let response = match write(&exchange, &mut buf) {
        Ok(reply) => {
            let checked = reply.check(&exchange);
            checked.and_then(|()| respond(&mut request, &exchange, reply.as_bytes(), None))
        }
        Err(Error::Overflow { needed }) => written_long(&mut request, &exchange, needed, write),
        Err(error) => Err(error),
    };
    BUFFER.set(buf);
    response.map_err(NotWritten)
}

/// Has `write` write a reply of `needed` bytes to memory that the response keeps.
#[cold]
fn written_long<Q, F>(
    request: &mut Q,
    exchange: &Exchange<'static>,
    needed: usize,
    mut write: F,
) -> Result<Q::Response, Error>
where
    Q: ReplyTo,
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let mut buf = vec![0; needed];
    let reply = write(exchange, &mut buf)?;
    reply.check(exchange)?;
    let (bytes, place) = reply.into_parts();
    let at = bytes.as_ptr();
    let all = Bytes::from(buf);
    if all.as_ptr() != at {
        return Err(Error::OtherBuffer);
    }
    let all = all.slice(place);
    respond(request, exchange, &all, Some(all.clone()))
}

/// The response with the final reply of these `bytes`, which are in `shared` memory or copied.
fn respond<Q: ReplyTo>(
    request: &mut Q,
    exchange: &Exchange<'_>,
    bytes: &[u8],
    shared: Option<Bytes>,
) -> Result<Q::Response, Error> {
    let response = Q::Response::read(exchange, bytes, shared, request.spare());
    response.ok_or(Error::HeaderName(Place::default()))
}

/// A reply that could not be [`written`], and why.
///
/// With the features `actix` and `axum` it is an error of actix-web and a response of axum, `500
/// Internal Server Error`, so that a handler may end with `?`.
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
