//! Interim replies as chains.

use core::fmt;

use replywire::{FieldName, FieldValue, Headers, Response, Status};

use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// An interim reply that is being put together; [`Responder::early_hints`] and
/// [`Responder::interim`] begin it, and [`inform`](Self::inform) sends it.
///
/// Its lines are written at the end, into the connection's buffer, and again where replies that
/// wait had left too little room. Nothing is sent where the chain is dropped.
#[must_use = "an interim reply is sent by `inform`"]
pub struct Interim<'r, 'c, T, L> {
    responder: &'r mut Responder<'c, T>,
    status: Status,
    /// The lines so far, added to a response.
    lines: L,
}

impl<T, L> fmt::Debug for Interim<'_, '_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interim")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl<'c, T: Transport> Responder<'c, T> {
    /// Begins an interim reply with the status [`EARLY_HINTS`](Status::EARLY_HINTS), such as the
    /// `link`s of RFC 8297; a final reply follows.
    ///
    /// ```
    /// # use replywire::HeaderName;
    /// # use replywire_embedded::{Answered, Responder, Transport, Unanswered};
    /// # async fn handle<T: Transport>(
    /// #     mut responder: Responder<'_, T>,
    /// # ) -> Result<Answered, Unanswered> {
    /// let link = "</style.css>; rel=preload; as=style";
    /// responder.early_hints().header(HeaderName::LINK, link).inform().await?;
    /// // Work that takes its time.
    /// responder.ok().text("hello, world").await
    /// # }
    /// ```
    pub fn early_hints(
        &mut self,
    ) -> Interim<'_, 'c, T, impl for<'b> FnMut(Response<'b>) -> Response<'b>> {
        self.interim(Status::EARLY_HINTS)
    }

    /// Begins an interim reply with a status of 100 or 102 to 199; a final reply follows.
    pub fn interim(
        &mut self,
        status: Status,
    ) -> Interim<'_, 'c, T, impl for<'b> FnMut(Response<'b>) -> Response<'b>> {
        Interim {
            responder: self,
            status,
            lines: lines(|response| response),
        }
    }
}

impl<'r, 'c, T, L> Interim<'r, 'c, T, L>
where
    T: Transport,
    L: for<'b> FnMut(Response<'b>) -> Response<'b>,
{
    /// Adds one header line; see [`Response::header`].
    pub fn header(
        self,
        name: impl FieldName,
        value: impl FieldValue,
    ) -> Interim<'r, 'c, T, impl for<'b> FnMut(Response<'b>) -> Response<'b>> {
        self.map(move |response| response.header(name, value))
    }

    /// Adds the lines of a store; see [`Response::headers`].
    pub fn headers<const N: usize>(
        self,
        headers: &Headers<N>,
    ) -> Interim<'r, 'c, T, impl for<'b> FnMut(Response<'b>) -> Response<'b>> {
        self.map(|response| response.headers(headers))
    }

    /// Sends the reply at once, with those to earlier requests that wait; see
    /// [`Responder::inform`]. An HTTP/1.0 client is sent none (RFC 9110 § 15.2). When the future is
    /// dropped part-way, the rest leaves before the final reply.
    ///
    /// # Errors
    ///
    /// [`Cause::Reply`](crate::Cause::Reply) with the first mistake, with
    /// [`Error::InterimStatus`](replywire::Error::InterimStatus) for a status that is none of 100
    /// and 102 to 199, or with [`Error::Overflow`](replywire::Error::Overflow) where the buffer is
    /// too small; [`Cause::Connection`](crate::Cause::Connection).
    pub async fn inform(self) -> Result<(), Unanswered> {
        let Self {
            responder,
            status,
            mut lines,
        } = self;
        let sent = responder
            .inform(|exchange, buf| lines(Response::to(exchange, buf, status)).empty())
            .await;
        Ok(sent?)
    }

    fn map(
        self,
        mut add: impl for<'b> FnMut(Response<'b>) -> Response<'b>,
    ) -> Interim<'r, 'c, T, impl for<'b> FnMut(Response<'b>) -> Response<'b>> {
        let mut so_far = self.lines;
        Interim {
            responder: self.responder,
            status: self.status,
            lines: lines(move |response| add(so_far(response))),
        }
    }
}

/// A closure for responses of any lifetime, which the compiler does not find out by itself.
const fn lines<L: for<'b> FnMut(Response<'b>) -> Response<'b>>(add: L) -> L {
    add
}
