//! The connection while a handler waits: what is finished leaves, and a peer that goes is noticed.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use replywire::request::Refusal;

use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::lent::Lent;
use crate::state::ReplyState;
use crate::transport::{Idle, Transport};
use crate::unanswered::{Cause, Unanswered};

/// The end of a handler.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Handled {
    Answered,
    /// The peer has gone, so the handler was dropped.
    Gone,
    /// It says so itself, or took too long.
    Unanswered,
}

/// Has a handler come to its end, and attends to the connection whenever it waits. It gives the
/// failure that the handler itself returns.
pub(crate) fn attended<'c, T: Transport>(
    mut handling: Pin<&mut impl Future<Output = Result<Answered, Unanswered>>>,
    lent: &'c Lent<'c, T>,
) -> impl Future<Output = (Handled, Option<Unanswered>)> {
    poll_fn(move |cx| match handling.as_mut().poll(cx) {
        Poll::Ready(Ok(_)) => Poll::Ready((Handled::Answered, None)),
        Poll::Ready(Err(failure)) => Poll::Ready((Handled::Unanswered, Some(failure))),
        Poll::Pending => match lent.take().io() {
            Ok(io) => io.attend(cx).map(|handled| (handled, None)),
            // It waits for the connection itself.
            Err(_) => Poll::Pending,
        },
    })
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// Does what the connection can do, and tells if the handler is to be dropped.
    fn attend(&mut self, cx: &mut Context<'_>) -> Poll<Handled> {
        let reply = self.state.reply;
        match reply {
            ReplyState::Broken => return Poll::Pending,
            ReplyState::UnderWay => {}
            _ => match pin!(self.flush()).poll(cx) {
                Poll::Ready(Err(_)) if reply == ReplyState::None => {
                    return Poll::Ready(Handled::Gone);
                }
                Poll::Ready(_) => {}
                Poll::Pending => return Poll::Pending,
            },
        }
        // Work that goes on after the reply does not depend on the peer.
        if !matches!(reply, ReplyState::None | ReplyState::UnderWay) {
            return Poll::Pending;
        }
        loop {
            let idle = pin!(self.transport.idle(self.content.room(), None)).poll(cx);
            return match idle {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Idle::Received(n)) => {
                    self.content.filled(n);
                    continue;
                }
                Poll::Ready(Idle::Closing) => continue,
                Poll::Ready(Idle::Closed) => Poll::Ready(Handled::Gone),
                Poll::Ready(Idle::TimedOut) => {
                    self.state.fault = Refusal::HandlerTimedOut;
                    if T::OBSERVES {
                        self.state.failure = Some(Cause::TimedOut.into());
                    }
                    Poll::Ready(Handled::Unanswered)
                }
                Poll::Ready(Idle::Over) => Poll::Pending,
            };
        }
    }
}
