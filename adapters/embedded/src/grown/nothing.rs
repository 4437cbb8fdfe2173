use core::convert::Infallible;
use core::future::Future;

use replywire::body::{Content, ContentTransfer, StreamError};
use replywire::request::Exchange;
use replywire::{Error, Reply};

use crate::begin::in_steps;
use crate::error::{ConnectionError, SendError};
use crate::event::Event;
use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::lent::Lent;
pub(crate) use crate::queue::inform;
use crate::state::ReplyState;
use crate::transport::Transport;
use crate::unanswered::Cause;

/// Adds the reply that `write` writes to those that wait.
pub(crate) async fn send<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    write: F,
) -> Result<Answered, SendError<Infallible, T::Error>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    lent.take().io()?.queue_reply(write).await
}

/// Sends a reply whose content has too little room after its head, in pieces.
#[inline(always)]
pub(crate) fn content<'c, T: Transport, C: Content>(
    lent: &'c Lent<'c, T>,
    steps: ContentTransfer<'c, C>,
) -> impl Future<Output = Result<Answered, SendError<Cause, T::Error>>> {
    in_steps(lent, steps, |error| Cause::Body(StreamError::Chunk(error)))
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// Adds a reply to those that wait, in the reply buffer.
    async fn queue_reply<F>(
        &mut self,
        mut write: F,
    ) -> Result<Answered, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let exchange = self.final_exchange();
        if self.state.reply == ReplyState::Broken {
            return Err(SendError::Connection(ConnectionError::WriteZero));
        }
        loop {
            match self.state.queue(self.output, &exchange, &mut write) {
                Ok((status, len)) => {
                    let len = Some(len);
                    self.transport.observe(Event::Reply { status, len });
                    return Ok(Answered(()));
                }
                Err(Error::Overflow { .. }) if !self.state.pending.is_empty() => {
                    self.flush().await?;
                }
                Err(error) => return Err(SendError::Reply(self.state.given_up(error))),
            }
        }
    }
}
