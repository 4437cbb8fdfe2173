//! Replies that are written into the reply buffer, and wait there.

use core::convert::Infallible;

use replywire::__private::BufferSpan;
use replywire::request::Exchange;
use replywire::{Error, Reply, Status};

use crate::error::SendError;
use crate::event::Event;
use crate::lent::Lent;
use crate::move_down::move_down;
use crate::state::{ReplyState, State};
use crate::transport::Transport;

/// Sends the interim reply to `exchange` that `write` writes.
pub(crate) async fn inform<'c, T: Transport, F>(
    lent: &'c Lent<'c, T>,
    exchange: Exchange<'_>,
    mut write: F,
) -> Result<(), SendError<Infallible, T::Error>>
where
    F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
{
    let mut taken = lent.take();
    let io = taken.io()?;
    // It is pending from here on, whatever becomes of this future.
    let (status, len) = loop {
        match io
            .state
            .add_written(io.output, &exchange, &mut write, interim)
        {
            Ok(told) => break told,
            Err(Error::Overflow { .. }) if !io.state.pending.is_empty() => io.flush().await?,
            Err(error) => return Err(SendError::Reply(error)),
        }
    };
    io.transport.observe(Event::Interim { status, len });
    if status == Status::CONTINUE {
        io.content.continued();
    }
    io.flush().await?;
    Ok(())
}

/// The status of an interim reply.
pub(crate) fn interim(reply: &Reply<'_>) -> Result<Status, Error> {
    match reply.status().code() {
        100 | 102..=199 => Ok(reply.status()),
        _ => Err(Error::InterimStatus),
    }
}

/// Runs `write` in a function of its own: the compiler moves a reply from place to place where much
/// is around it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn written<'b, F>(
    write: &mut F,
    exchange: &Exchange<'b>,
    buf: &'b mut [u8],
) -> Result<Reply<'b>, Error>
where
    F: for<'c> FnMut(&Exchange<'c>, &'c mut [u8]) -> Result<Reply<'c>, Error>,
{
    write(exchange, buf)
}

impl State {
    /// Adds a final reply to those that wait in `output`, and tells its status and length.
    pub(crate) fn queue<F>(
        &mut self,
        output: &mut [u8],
        exchange: &Exchange<'_>,
        write: &mut F,
    ) -> Result<(Status, usize), Error>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let check = |reply: &Reply<'_>| {
            reply.check(exchange)?;
            Ok((reply.closes(), reply.status()))
        };
        let ((closes, status), len) = self.add_written(output, exchange, write, check)?;
        self.reply = ReplyState::Whole { closes };
        Ok((status, len))
    }

    /// Adds a reply to those that wait in `output`, if `accept` does; returns what that tells of
    /// it, and its length.
    fn add_written<F, R>(
        &mut self,
        output: &mut [u8],
        exchange: &Exchange<'_>,
        write: &mut F,
        accept: impl Fn(&Reply<'_>) -> Result<R, Error>,
    ) -> Result<(R, usize), Error>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let start = self.pending.end;
        let free = output.get_mut(start..).unwrap_or_default();
        let span = BufferSpan::of(free);
        // It stays where it was written to.
        let written = written(write, exchange, free);
        let reply = written.as_ref().map_err(|error| *error)?;
        let told = accept(reply)?;
        let place = span.find(reply)?;
        let range = start + place.start..start + place.end;
        let len = range.len();
        if self.pending.is_empty() {
            self.pending = range;
        } else {
            self.pending.end += range.len();
            if range.start != start && range.end <= output.len() {
                move_down(output, range, start);
            }
        }
        Ok((told, len))
    }
}
