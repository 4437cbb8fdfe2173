use core::convert::Infallible;
use core::future::Future;

use replywire::body::{Content, ContentTransfer, StreamError};
use replywire::request::Exchange;
use replywire::{Error, Reply};

use crate::begin::in_steps;
use crate::error::{ConnectionError, SendError};
use crate::event::Event;
use crate::handler::Answered;
use crate::lent::Lent;
pub(crate) use crate::queue::inform;
use crate::state::ReplyState;
use crate::transport::Transport;
use crate::unanswered::Cause;

/// Adds the reply that `write` writes to those that wait, in the reply buffer.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function keeps its arguments twice"
)]
pub(crate) fn send<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    mut write: F,
) -> impl Future<Output = Result<Answered, SendError<Infallible, T::Error>>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    async move {
        let mut taken = lent.take();
        let io = taken.io()?;
        if io.state.reply == ReplyState::Broken {
            return Err(ConnectionError::WriteZero.into());
        }
        loop {
            // It is made again rather than kept while earlier replies leave.
            let exchange = io.final_exchange();
            match io.state.queue(io.output, &exchange, &mut write) {
                Ok((status, len)) => {
                    let len = Some(len);
                    io.transport.observe(Event::Reply { status, len });
                    return Ok(Answered(()));
                }
                Err(Error::Overflow { .. }) if !io.state.pending.is_empty() => io.flush().await?,
                Err(error) => return Err(SendError::Reply(io.state.given_up(error))),
            }
        }
    }
}

/// Sends a reply whose content has too little room after its head, in pieces.
#[inline(always)]
pub(crate) fn content<'c, T: Transport, C: Content>(
    lent: &'c Lent<'c, T>,
    steps: ContentTransfer<'c, C>,
) -> impl Future<Output = Result<Answered, SendError<Cause, T::Error>>> {
    in_steps(lent, steps, |error| Cause::Body(StreamError::Chunk(error)))
}
