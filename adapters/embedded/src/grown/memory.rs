use alloc::boxed::Box;
use core::convert::Infallible;

use replywire::__private::BufferSpan;
use replywire::body::{Content, ContentTransfer, StreamError};
use replywire::request::Exchange;
use replywire::{Error, Reply, Status};

use crate::begin::Begun;
use crate::error::{ConnectionError, SendError};
use crate::event::Event;
use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::lent::Lent;
use crate::queue::{self, interim, written};
use crate::state::ReplyState;
use crate::transport::{Phase, Transport};
use crate::unanswered::Cause;

/// The most times that a reply is written which needs more each time.
const TRIES: usize = 3;

/// Sends a reply that waits with others, or leaves at once where it needs memory of its own.
pub(crate) async fn send<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    mut write: F,
) -> Result<Answered, SendError<Infallible, T::Error>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let needed = {
        let mut taken = lent.take();
        let io = taken.io()?;
        loop {
            match io.put_written(&mut write) {
                Ok(Some(answered)) => return Ok(answered),
                Ok(None) => io.flush().await?,
                Err(SendError::Reply(Error::Overflow { needed })) => break needed,
                Err(error) => return Err(error),
            }
        }
    };
    // It is rare and large, so the future of a handler has no room for it.
    Box::pin(send_grown(lent, write, needed)).await
}

/// Sends an interim reply at once.
pub(crate) async fn inform<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    exchange: Exchange<'_>,
    mut write: F,
) -> Result<(), SendError<Infallible, T::Error>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    // What follows half a reply would pass for the rest of it.
    if let ReplyState::Broken | ReplyState::UnderWay = lent.take().io()?.state.reply {
        return Err(SendError::Connection(ConnectionError::WriteZero));
    }
    let needed = match queue::inform(lent, exchange, &mut write).await {
        Err(SendError::Reply(Error::Overflow { needed })) => needed,
        informed => return informed,
    };
    let mut memory = Memory::default();
    let mut taken = lent.take();
    let io = taken.io()?;
    let written = memory.write(io.transport, &exchange, &mut write, needed);
    let checked = written.and_then(|reply| interim(&reply).map(|status| (reply, status)));
    let (reply, status) = checked.map_err(SendError::Reply)?;
    io.transport.phase(Phase::Reply);
    let begun = Begun::new(lent, false);
    let len = reply.as_bytes().len();
    io.transport.observe(Event::Interim { status, len });
    if status == Status::CONTINUE {
        io.content.continued();
    }
    drop(taken);
    begun
        .send(&mut reply.into_steps(), SendError::Reply)
        .await?;
    begun.finish().await?;
    // The final reply follows.
    lent.take().io()?.state.reply = ReplyState::None;
    Ok(())
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// Adds the reply that `write` writes to those that wait, in the reply buffer; `None` if these
    /// leave it too little room, and are to be sent first.
    fn put_written<F>(
        &mut self,
        write: &mut F,
    ) -> Result<Option<Answered>, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        if self.state.reply == ReplyState::Broken {
            return Err(SendError::Connection(ConnectionError::WriteZero));
        }
        let closing;
        // Most often the exchange stays where it is.
        let exchange = match self.goes_on() {
            true => self.exchange,
            false => {
                closing = self.exchange.closing();
                &closing
            }
        };
        match self.state.queue(self.output, exchange, write) {
            Ok((status, len)) => {
                let len = Some(len);
                self.transport.observe(Event::Reply { status, len });
                Ok(Some(Answered(())))
            }
            Err(Error::Overflow { .. }) if !self.state.pending.is_empty() => Ok(None),
            Err(error) => Err(SendError::Reply(self.state.given_up(error))),
        }
    }
}

/// Sends a reply that `write` writes to memory of its own, now that no other waits.
async fn send_grown<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    mut write: F,
    needed: usize,
) -> Result<Answered, SendError<Infallible, T::Error>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let mut memory = Memory::default();
    let written = {
        let mut taken = lent.take();
        let io = taken.io()?;
        if needed <= io.output.len() {
            // It is a store of the closure's own that is too small.
            return Err(SendError::Reply(Error::Overflow { needed }));
        }
        io.state.reply = ReplyState::None;
        let exchange = io.final_exchange();
        let written = memory.write(io.transport, &exchange, &mut write, needed);
        let written = written.and_then(|reply| reply.check(&exchange).map(|()| reply));
        written.map(Reply::into_steps)
    };
    let (begun, mut steps) = Begun::of(lent, written).await?;
    begun.send(&mut steps, SendError::Reply).await?;
    begun.finish().await
}

/// Sends a reply whose content has too little room after its head: from memory, if the transport
/// has enough of it, else in pieces.
pub(crate) async fn content<'c, T: Transport, C: Content>(
    lent: &'c Lent<'c, T>,
    steps: ContentTransfer<'c, C>,
) -> Result<Answered, SendError<Cause, T::Error>> {
    let mut memory = match steps.unwritten() {
        0 => None,
        needed => lent.take().io()?.transport.memory(needed),
    };
    let Some(memory) = &mut memory else {
        return in_parts(lent, steps).await;
    };
    match steps.gather((**memory).as_mut()) {
        Ok(gathered) => in_parts(lent, gathered).await,
        Err(error) => {
            let mut taken = lent.take();
            let state = &mut taken.io()?.state;
            match state.reply {
                // A reply before it has broken off.
                ReplyState::Broken => Err(SendError::Connection(ConnectionError::WriteZero)),
                _ => Err(SendError::Reply(state.given_up(error))),
            }
        }
    }
}

/// Sends a reply with a content, which leaves together with its head where it lies in memory.
async fn in_parts<'c, T: Transport, C: Content>(
    lent: &'c Lent<'c, T>,
    steps: ContentTransfer<'c, C>,
) -> Result<Answered, SendError<Cause, T::Error>> {
    let (begun, mut steps) = Begun::of(lent, Ok(steps)).await?;
    begun.take().io()?.send_parts(&mut steps).await?;
    let broken = |error| SendError::Source(Cause::Body(StreamError::Chunk(error)));
    begun.send(&mut steps, broken).await?;
    begun.finish().await
}

/// The memory of a reply; of one that needs more each time that it is written, that of each time.
#[derive(Default)]
struct Memory([Option<Box<dyn AsMut<[u8]> + Send>>; TRIES]);

impl Memory {
    /// Has `write` write a reply that needs `needed` bytes.
    fn write<'m, T: Transport, F>(
        &'m mut self,
        transport: &mut T,
        exchange: &Exchange<'m>,
        write: &mut F,
        mut needed: usize,
    ) -> Result<Reply<'m>, Error>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        for place in &mut self.0 {
            let Some(memory) = transport.memory(needed) else {
                break;
            };
            let bytes = (**place.insert(memory)).as_mut();
            let span = BufferSpan::of(bytes);
            match written(write, exchange, bytes) {
                Ok(reply) => {
                    span.find(&reply)?;
                    return Ok(reply);
                }
                Err(Error::Overflow { needed: more }) if more > needed => needed = more,
                Err(error) => return Err(error),
            }
        }
        Err(Error::Overflow { needed })
    }
}
