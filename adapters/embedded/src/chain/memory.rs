//! Endings with a body that lies in memory.

use core::future::Future;

use replywire::body::{Content, ContentTransfer, Text};
use replywire::json::{Document, Python, ToJson};
use replywire::{Cors, Error, Leaving, Preflight, Reply, Response};

use super::Chain;
use crate::background::AfterReply;
use crate::begin::in_steps;
use crate::error::{ConnectionError, SendError};
use crate::grown;
use crate::handler::Answered;
use crate::lent::Lent;
use crate::state::ReplyState;
use crate::transport::Transport;
use crate::unanswered::{Cause, Unanswered};

impl<'c, T: Transport, W: AfterReply> Chain<'c, T, W> {
    /// Ends without a body; see [`Response::empty`].
    ///
    /// # Errors
    ///
    /// [`Cause::Reply`](crate::Cause::Reply) with the first mistake, or with [`Error::Overflow`]
    /// where the buffer is too small for the head: it has to have 4 bytes for each 3 of that;
    /// [`Cause::Connection`](crate::Cause::Connection). So for all endings.
    pub fn empty(self) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.body(b"")
    }

    /// Ends with a body; see [`Response::body`].
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn body(self, body: &[u8]) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| response.leave_body(body))
    }

    /// Ends with a body of this media type; see [`Response::bytes`].
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn bytes(
        self,
        media_type: &str,
        body: &[u8],
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| response.leave_bytes(media_type, body))
    }

    /// Ends with a text; see [`Response::text`] and [`content`](Self::content).
    ///
    /// A text of `format_args!` is not `Send`, and neither is the future of a handler that awaits
    /// its reply, as servers of an operating system ask for: there write `&format!(…)`.
    ///
    /// # Errors
    ///
    /// As [`content`](Self::content).
    pub fn text(self, text: impl Text) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| response.leave_text(text))
    }

    /// Ends with a page; see [`Response::html`] and [`content`](Self::content), and
    /// [`text`](Self::text) for one of `format_args!`.
    ///
    /// # Errors
    ///
    /// As [`content`](Self::content).
    pub fn html(self, html: impl Text) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| response.leave_html(html))
    }

    /// Ends with a content of a class of one's own; see [`Response::content`]. One for which the
    /// buffer has no room after the head leaves from where it lies in memory, or is written into
    /// memory of the transport's (`Transport::memory`, with the feature `alloc`), or else while it
    /// leaves: [`ContentTransfer`] tells what that costs.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Cause::Reply`](crate::Cause::Reply) with the error of the
    /// content; [`Cause::Body`](crate::Cause::Body) where it has changed after some of it had left.
    pub fn content(
        self,
        content: impl Content,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| response.leave_content(content))
    }

    /// Ends with `location`, and without a body; see [`Response::redirect`].
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn redirect(self, url: &str) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| whole(response.redirect(url)))
    }

    /// Ends with a path of the same origin as `location`; see [`Response::redirect_local`].
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Location`].
    pub fn redirect_local(self, path: &str) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| whole(response.redirect_local(path)))
    }

    /// Ends with problem details, the status as JSON; see [`Response::problem`].
    ///
    /// ```
    /// use replywire::Status;
    /// use replywire::request::Method;
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    ///
    /// async fn handle<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     match request.exchange().method() {
    ///         Method::Get => responder.status(Status::NOT_FOUND).problem().await,
    ///         _ => responder.not_allowed(&[Method::Get]).problem().await,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); all of the reply has to have room, as there the head.
    pub fn problem(self) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.leave(|response| whole(response.problem()))
    }

    /// Ends as the answer to a browser's question before a cross-origin request; see
    /// [`Response::preflight`].
    ///
    /// ```
    /// use replywire::{Cors, Preflight, Status};
    /// use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
    ///
    /// const CORS: Cors = Cors::new().origins(&["https://app.example"]).methods(&["PUT"]);
    ///
    /// async fn handle<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Result<Answered, Unanswered> {
    ///     match Preflight::read(request.method(), request.headers()) {
    ///         Some(preflight) => responder.ok().preflight(&CORS, &preflight).await,
    ///         None => responder.status(Status::METHOD_NOT_ALLOWED).empty().await,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::HeaderValue`]; all of the reply has to have room, as
    /// there the head.
    pub fn preflight<'r, N, V, F>(
        self,
        cors: &Cors<'_>,
        preflight: &Preflight<'r, F>,
    ) -> impl Future<Output = Result<Answered, Unanswered>>
    where
        N: AsRef<str>,
        V: AsRef<[u8]> + ?Sized + 'r,
        F: Iterator<Item = (N, &'r V)> + Clone,
    {
        self.leave(|response| whole(response.preflight(cors, preflight)))
    }

    /// Ends with `value` as JSON; see [`Response::json`] and [`document`](Self::document).
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    #[cfg(feature = "serde")]
    pub fn json<V: serde_core::Serialize + ?Sized>(
        self,
        value: &V,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.document(Python::of(value))
    }

    /// Ends with a value that writes itself as JSON by hand; see [`Response::json_by_hand`] and
    /// [`document`](Self::document).
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub fn json_by_hand<V: ToJson + ?Sized>(
        self,
        value: &V,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.document(Python::by_hand(value))
    }

    /// Ends with a JSON document of any length: one that has no room after the head is measured,
    /// and written while it leaves.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Cause::Reply`](crate::Cause::Reply) with [`Error::Json`] for a
    /// value that the dialect cannot express; [`Cause::Json`](crate::Cause::Json) where it has
    /// changed after some of it had left.
    pub fn document<D: Document>(
        self,
        document: D,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        let (response, lent, work) = self.ending();
        let in_steps = |steps| in_steps(lent, steps, Cause::Json);
        send(lent, work, response.leave_document(document), in_steps)
    }

    #[inline(always)]
    fn leave<C: Content>(
        self,
        end: impl FnOnce(Response<'c>) -> Result<Leaving<'c, ContentTransfer<'c, C>>, Error>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        let (response, lent, work) = self.ending();
        // The head is written by now, so the future does not hold what it is made of.
        send(lent, work, end(response), |content| {
            grown::content(lent, content)
        })
    }
}

/// A reply without a body, which is whole in the buffer.
fn whole<'c>(
    reply: Result<Reply<'c>, Error>,
) -> Result<Leaving<'c, ContentTransfer<'c, &'static [u8]>>, Error> {
    reply.map(Leaving::Whole)
}

/// Sends a reply; `in_steps` sends one that does not fit the buffer.
async fn send<'c, T: Transport, W: AfterReply, S, F>(
    lent: &'c Lent<'c, T>,
    work: W,
    leaving: Result<Leaving<'c, S>, Error>,
    in_steps: impl FnOnce(S) -> F,
) -> Result<Answered, Unanswered>
where
    F: Future<Output = Result<Answered, SendError<Cause, T::Error>>>,
{
    let sent = match leaving {
        Ok(Leaving::InSteps(steps)) => in_steps(steps).await,
        Ok(Leaving::Whole(reply)) => wait(lent, Ok(reply), W::IS_WORK).await,
        Err(error) => wait(lent, Err(error), W::IS_WORK).await,
    };
    work.after(sent.map_err(Unanswered::of_value)).await
}

/// Has a reply wait with others, or leave at once.
async fn wait<'c, T: Transport, R>(
    lent: &'c Lent<'c, T>,
    written: Result<Reply<'c>, Error>,
    at_once: bool,
) -> Result<Answered, SendError<R, T::Error>> {
    let mut taken = lent.take();
    let io = taken.io()?;
    if io.state.reply == ReplyState::Broken {
        return Err(ConnectionError::WriteZero.into());
    }
    let queued = written.and_then(|reply| io.put_reply(reply));
    queued.map_err(|error| SendError::Reply(io.state.given_up(error)))?;
    if at_once {
        io.flush().await?;
    }
    Ok(Answered(()))
}
