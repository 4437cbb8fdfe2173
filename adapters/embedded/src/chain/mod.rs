//! A reply as one chain: begun by a responder, written into the connection's buffer, and ended.
//!
//! The endings are in files of their own, by where the body comes from.

mod background;
mod elements;
mod interim;
mod memory;
mod source;

pub use self::interim::Interim;

use core::fmt;
use core::future::Future;

use replywire::request::{Exchange, Method};
use replywire::{
    Disposition, Draft, FieldName, FieldValue, Head, Headers, Response, SetCookie, Status,
};

use crate::background::{AfterReply, NoWork};
use crate::error::SendError;
use crate::handler::Answered;
use crate::lent::Lent;
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// A reply that is being written into the connection's buffer; [`Responder::ok`] and the like begin
/// it, and each way to end it sends it.
///
/// Three quarters of the reply buffer are room for its head, whatever waits to be sent. A body that
/// lies in memory is written after the head where there is room, and waits with the replies to
/// requests that arrived with this one; a longer one leaves from where it lies, after them.
///
/// The first mistake is remembered, and returned by the ending as
/// [`Cause::Reply`](crate::Cause::Reply); then nothing is sent. Nothing is sent either where the
/// chain is dropped, or the future of its ending before it was polled. A reply that fits the buffer
/// is whole from the first poll on; of one that does not, dropping the future part-way breaks the
/// connection, and so does every error after the first byte has left.
///
/// ```
/// use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
///
/// async fn handle<T: Transport>(
///     request: &Request<'_>,
///     responder: Responder<'_, T>,
/// ) -> Result<Answered, Unanswered> {
///     responder.ok().header("x-path", request.path()).text("hello, world").await
/// }
/// ```
#[must_use = "a reply is sent by its ending"]
pub struct Chain<'c, T, W = NoWork> {
    pub(crate) response: Response<'c>,
    pub(crate) lent: &'c Lent<'c, T>,
    pub(crate) work: W,
}

impl<T, W> fmt::Debug for Chain<'_, T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

impl<'c, T: Transport> Responder<'c, T> {
    /// Begins a reply with the status [`OK`](Status::OK).
    pub fn ok(self) -> Chain<'c, T> {
        self.status(Status::OK)
    }

    /// Begins a reply with a status. An interim one is an error of the ending: see
    /// [`inform`](Self::inform).
    pub fn status(self, status: Status) -> Chain<'c, T> {
        self.chain(|exchange, room| Response::to(exchange, room, status))
    }

    /// Begins a reply with the status [`CREATED`](Status::CREATED), and the `location` of what was
    /// made; see [`Response::location`].
    pub fn created(self, url: &str) -> Chain<'c, T> {
        self.status(Status::CREATED).location(url)
    }

    /// Begins a reply whose status line and first headers were built at compile time.
    pub fn head(self, head: Head) -> Chain<'c, T> {
        self.chain(|exchange, room| Response::with_head(exchange, room, head))
    }

    /// Begins the reply to a method that is not among `methods`: `405` with `allow`, to `OPTIONS`
    /// `204`; see [`Response::not_allowed`]. Most end it [`empty`](Chain::empty).
    pub fn not_allowed(self, methods: &[Method]) -> Chain<'c, T> {
        self.chain(|exchange, room| Response::not_allowed(exchange, room, methods))
    }

    #[inline(always)]
    fn chain(
        self,
        begin: impl FnOnce(&Exchange<'c>, &'c mut [u8]) -> Response<'c>,
    ) -> Chain<'c, T> {
        let lent = self.lent;
        let (exchange, room) = match lent.take().io() {
            Ok(io) => (io.final_exchange(), io.take_room()),
            // Its ending fails.
            Err(_) => (*self.exchange, &mut [][..]),
        };
        Chain {
            response: begin(&exchange, room),
            lent,
            work: NoWork,
        }
    }
}

impl<'c, T, W> Chain<'c, T, W> {
    /// Adds one header line; see [`Response::header`].
    ///
    /// A value of `format_args!` is not `Send`, as [`text`](Self::text) tells: where the chain is
    /// awaited in the same statement, write `&format!(…)`.
    #[inline(always)]
    pub fn header(self, name: impl FieldName, value: impl FieldValue) -> Self {
        self.map(|response| response.header(name, value))
    }

    /// Adds the lines of a store, such as those of [`Cors`](replywire::Cors); see
    /// [`Response::headers`].
    pub fn headers<const N: usize>(self, headers: &Headers<N>) -> Self {
        self.map(|response| response.headers(headers))
    }

    /// Adds the fields of another message; see [`Response::forward`].
    pub fn forward<N, V>(self, fields: impl IntoIterator<Item = (N, V)> + Clone) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        self.map(|response| response.forward(fields))
    }

    /// Adds a `set-cookie` line; see [`Response::cookie`].
    pub fn cookie(self, cookie: &SetCookie<'_>) -> Self {
        self.map(|response| response.cookie(cookie))
    }

    /// Adds a `set-cookie` line that removes `cookie`; see [`Response::delete_cookie`].
    pub fn delete_cookie(self, cookie: &SetCookie<'_>) -> Self {
        self.map(|response| response.delete_cookie(cookie))
    }

    /// Sets `content-disposition`; see [`Response::disposition`].
    pub fn disposition(self, disposition: &Disposition<'_>) -> Self {
        self.map(|response| response.disposition(disposition))
    }

    /// Sets `location`; see [`Response::location`].
    pub fn location(self, url: &str) -> Self {
        self.map(|response| response.location(url))
    }

    /// Sets `content-type`; see [`Response::media_type`].
    pub fn media_type(self, media_type: &str) -> Self {
        self.map(|response| response.media_type(media_type))
    }

    /// Makes the reply an error with this status; see [`Response::into_error`].
    pub fn into_error(self, status: Status) -> Self {
        self.map(|response| response.into_error(status))
    }

    /// Has `draft` join the reply; see [`Response::join`].
    pub fn join<const N: usize>(self, draft: &Draft<N>) -> Self {
        self.map(|response| response.join(draft))
    }

    /// Says that the connection closes after this reply.
    pub fn close(self) -> Self {
        self.map(Response::close)
    }

    #[inline(always)]
    fn map(self, change: impl FnOnce(Response<'c>) -> Response<'c>) -> Self {
        Self {
            response: change(self.response),
            ..self
        }
    }
}

impl<'c, T: Transport, W: AfterReply> Chain<'c, T, W> {
    /// Gives up: nothing of the reply is sent, and the handler has failed for this reason. Work of
    /// [`background_always`](Chain::background_always) is done.
    ///
    /// # Errors
    ///
    /// The reason, always.
    pub async fn fail(self, reason: impl Into<Unanswered>) -> Result<Answered, Unanswered> {
        self.work.after(Err(reason.into())).await
    }

    /// The parts of the reply that is to end. Where the server has begun to shut down meanwhile, it
    /// says that the connection closes.
    pub(crate) fn ending(self) -> (Response<'c>, &'c Lent<'c, T>, W) {
        let Self {
            response,
            lent,
            work,
        } = self;
        let mut taken = lent.take();
        let is_closing = taken.io().is_ok_and(|io| io.transport.is_closing());
        drop(taken);
        let response = match is_closing {
            true => response.close(),
            false => response,
        };
        (response, lent, work)
    }
}

/// Does the `work` after a reply.
async fn finish<R, E>(
    work: impl AfterReply,
    sending: impl Future<Output = Result<Answered, SendError<R, E>>>,
) -> Result<Answered, Unanswered>
where
    R: core::error::Error + Send + Sync + 'static,
    E: core::error::Error + Send + Sync + 'static,
{
    work.after(sending.await.map_err(Unanswered::of_source))
        .await
}
