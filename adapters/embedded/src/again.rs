//! A further reply in the place of one that was not sent.

use core::fmt;

use replywire::request::{Exchange, Refusal};

use crate::event::Event;
use crate::lent::Lent;
use crate::responder::Responder;
use crate::state::ReplyState;
use crate::transport::Transport;
use crate::unanswered::{Cause, Unanswered};

/// The way back to a [`Responder`] whose reply was not sent; [`Responder::again`] makes it.
pub struct Again<'c, T> {
    lent: &'c Lent<'c, T>,
    exchange: &'c Exchange<'c>,
}

impl<T> Clone for Again<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Again<'_, T> {}

impl<T> fmt::Debug for Again<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Again")
            .field("exchange", self.exchange)
            .finish_non_exhaustive()
    }
}

impl<'c, T: Transport> Responder<'c, T> {
    /// The way to a further reply where this responder's fails, whatever its ending is.
    ///
    /// Content that was read and not taken is kept for it. So where that comes in chunks and the
    /// handler has not read it, the connection closes after the reply.
    ///
    /// ```
    /// use replywire::{HeaderName, Status};
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    ///
    /// async fn handle<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let again = responder.again();
    ///     let name = request.query().unwrap_or_default();
    ///     match responder.ok().header("x-name", name).json_by_hand(&[0.5, f64::NAN]).await {
    ///         Ok(answered) => Ok(answered),
    ///         Err(_) => again.responder()?.status(Status::BAD_GATEWAY).text("no value").await,
    ///     }
    /// }
    /// ```
    pub fn again(&self) -> Again<'c, T> {
        if let Ok(io) = self.lent.take().io() {
            io.state.may_answer_again = true;
        }
        Again {
            lent: self.lent,
            exchange: self.exchange,
        }
    }
}

impl<'c, T: Transport> Again<'c, T> {
    /// The responder once more, if an ending has had it and failed, and nothing of the reply has
    /// left. There is never more than one.
    ///
    /// A quarter of the reply buffer is left where a chain had failed. A further chain has it but
    /// for a quarter of it, or for earlier replies that wait and take more; these leave before by
    /// [`flush`](Responder::flush). None of the buffer is left where the head of a body in steps
    /// was written by a closure; a reply of [`send`](Responder::send) has memory besides, if the
    /// transport has some.
    ///
    /// # Errors
    ///
    /// [`Cause::Handler`] where the first responder was not used, its reply is whole, has begun to
    /// leave, or its ending was dropped before it failed; [`Cause::Connection`].
    pub fn responder(self) -> Result<Responder<'c, T>, Unanswered> {
        let mut taken = self.lent.take();
        let io = taken.io()?;
        if io.state.reply != ReplyState::GivenUp {
            return Err(Unanswered::caused_by(Cause::Handler, NoFurtherReply));
        }
        io.state.reply = ReplyState::None;
        io.state.fault = Refusal::HandlerFailed;
        io.state.failure = None;
        io.transport.observe(Event::Withdrawn);
        Ok(Responder {
            lent: self.lent,
            exchange: self.exchange,
        })
    }
}

/// The reason that there is no further reply.
#[derive(Debug)]
struct NoFurtherReply;

impl fmt::Display for NoFurtherReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no further reply, as the first has not failed before it left")
    }
}

impl core::error::Error for NoFurtherReply {}
