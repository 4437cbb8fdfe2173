//! The beginning and the end of a reply that leaves in steps.

use core::future::Future;

use embedded_io_async::Write;
use replywire::body::{Content, ContentTransfer, Elements, JsonTransfer, Step, Steps, Transfer};
use replywire::file::FileTransfer;
use replywire::json::{Dialect, Document};
use replywire::request::Exchange;
use replywire::{Error, Status};

use crate::error::{ConnectionError, SendError};
use crate::event::Event;
use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::lent::{Lent, Taken};
use crate::responder::Responder;
use crate::state::ReplyState;
use crate::transport::{Phase, Transport};
use crate::unanswered::Cause;

/// A reply that leaves in steps, after its head was written. Where it is dropped in mid-way, it has
/// broken off.
pub(crate) struct Begun<'c, T: Transport> {
    lent: &'c Lent<'c, T>,
    closes: bool,
}

impl<'c, T: Transport> Responder<'c, T> {
    /// Begins a reply that leaves in steps: earlier replies leave, then `write` writes its head.
    pub(crate) async fn begin<B: Body, R>(
        self,
        write: impl FnOnce(&Exchange<'c>, &'c mut [u8]) -> Result<B, Error>,
    ) -> Result<(Begun<'c, T>, B), SendError<R, T::Error>> {
        let lent = self.lent;
        let mut taken = lent.take();
        let io = taken.io()?;
        let exchange = io.final_exchange();
        io.flush().await?;
        let output = core::mem::take(&mut io.output);
        let body = io.started(&exchange, write(&exchange, output))?;
        let closes = body.closes();
        Ok((Begun { lent, closes }, body))
    }
}

impl<'c, T: Transport> Begun<'c, T> {
    /// A reply of which nothing has left.
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(lent: &'c Lent<'c, T>, closes: bool) -> Self {
        Self { lent, closes }
    }

    /// Begins a reply that leaves in steps, whose head a chain has written: earlier replies leave.
    pub(crate) async fn of<B: Body, R>(
        lent: &'c Lent<'c, T>,
        written: Result<B, Error>,
    ) -> Result<(Self, B), SendError<R, T::Error>> {
        let mut taken = lent.take();
        let io = taken.io()?;
        io.flush().await?;
        let body = io.started(io.exchange, written)?;
        let closes = body.closes();
        Ok((Self { lent, closes }, body))
    }

    /// The connection, for steps that follow one another.
    pub(crate) fn take(&self) -> Taken<'c, T> {
        self.lent.take()
    }

    /// Sends what `steps` has to send, up to a step of another kind.
    pub(crate) async fn send<S: Steps, R>(
        &self,
        steps: &mut S,
        broken: impl Fn(S::Error) -> SendError<R, T::Error>,
    ) -> Result<(), SendError<R, T::Error>> {
        self.take().io()?.send(steps, broken).await
    }

    /// Has what was written leave now.
    pub(crate) async fn flush<R>(&self) -> Result<(), SendError<R, T::Error>> {
        self.take().io()?.flush_written().await
    }

    /// Flushes after a reply that was written whole.
    pub(crate) async fn finish<R>(self) -> Result<Answered, SendError<R, T::Error>> {
        let mut taken = self.take();
        let io = taken.io()?;
        io.flush_written().await?;
        io.transport.under_way(false);
        let closes = self.closes;
        io.state.reply = ReplyState::Whole { closes };
        Ok(Answered(()))
    }
}

impl<T: Transport> Drop for Begun<'_, T> {
    fn drop(&mut self) {
        if let Ok(io) = self.take().io() {
            match io.state.reply {
                ReplyState::None => io.state.reply = ReplyState::GivenUp,
                ReplyState::UnderWay => io.state.reply = ReplyState::Broken,
                _ => {}
            }
        }
    }
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// The body of a reply whose head was written for `exchange`.
    fn started<B: Body, R>(
        &mut self,
        exchange: &Exchange<'_>,
        written: Result<B, Error>,
    ) -> Result<B, SendError<R, T::Error>> {
        match written.and_then(|body| body.check(exchange).map(|()| body)) {
            Ok(body) => {
                let status = body.status();
                self.transport.observe(Event::Reply { status, len: None });
                self.transport.phase(Phase::Reply);
                Ok(body)
            }
            Err(error) => Err(SendError::Reply(self.state.given_up(error))),
        }
    }

    /// Sends what `steps` has to send, up to a step of another kind. Until the reply is finished,
    /// it is under way.
    pub(crate) async fn send<S: Steps, R>(
        &mut self,
        steps: &mut S,
        broken: impl Fn(S::Error) -> SendError<R, T::Error>,
    ) -> Result<(), SendError<R, T::Error>> {
        let (transport, departs) = self.leaving();
        send_steps(steps, transport, departs, broken).await
    }

    /// Sends the bytes of a content that lies in memory together with those before it.
    #[cfg(feature = "alloc")]
    pub(crate) async fn send_parts<C: Content, R>(
        &mut self,
        steps: &mut ContentTransfer<'_, C>,
    ) -> Result<(), SendError<R, T::Error>> {
        let (transport, mut departs) = self.leaving();
        loop {
            let parts = steps.parts();
            if parts.iter().any(|part| part.is_empty()) {
                return Ok(());
            }
            departs(transport);
            let n = not_zero(transport.write_parts(parts).await)?;
            steps.sent_of_parts(n);
        }
    }

    /// The transport, and what is called before each write to it.
    pub(crate) fn leaving(&mut self) -> (&mut T, impl FnMut(&mut T)) {
        let departs = |transport: &mut T| {
            self.state.reply = ReplyState::UnderWay;
            transport.under_way(true);
        };
        (self.transport, departs)
    }

    /// Has what was written leave now.
    pub(crate) async fn flush_written<R>(&mut self) -> Result<(), SendError<R, T::Error>> {
        let flushed = self.transport.flush().await;
        Ok(flushed.map_err(ConnectionError::Io)?)
    }
}

/// Sends a reply in steps whose head a chain has written; `broken` tells of a body that changed
/// after some of it had left.
pub(crate) async fn in_steps<'c, T: Transport, S: Body + Steps>(
    lent: &'c Lent<'c, T>,
    steps: S,
    broken: impl Fn(S::Error) -> Cause,
) -> Result<Answered, SendError<Cause, T::Error>> {
    let (begun, mut steps) = Begun::of(lent, Ok(steps)).await?;
    let broken = |error| SendError::Source(broken(error));
    begun.send(&mut steps, broken).await?;
    begun.finish().await
}

/// Writes some of `bytes`, which are not empty; how many.
pub(crate) async fn write_some<R, W: Write>(
    conn: &mut W,
    bytes: &[u8],
) -> Result<usize, SendError<R, W::Error>> {
    not_zero(conn.write(bytes).await)
}

/// Sends what `steps` has to send, up to a step of another kind, and calls `departs` before each
/// write.
pub(crate) async fn send_steps<S: Steps, R, T: Transport>(
    steps: &mut S,
    conn: &mut T,
    mut departs: impl FnMut(&mut T),
    broken: impl Fn(S::Error) -> SendError<R, T::Error>,
) -> Result<(), SendError<R, T::Error>> {
    loop {
        let Step::Send { bytes, more } = steps.step().map_err(&broken)? else {
            return Ok(());
        };
        departs(conn);
        let n = match more {
            true => not_zero(conn.write_more(bytes).await)?,
            false => write_some(conn, bytes).await?,
        };
        steps.sent(n);
    }
}

/// The outcome of a write, in which zero bytes are an error.
pub(crate) fn not_zero<R, E>(written: Result<usize, E>) -> Result<usize, SendError<R, E>> {
    match written.map_err(ConnectionError::Io)? {
        0 => Err(ConnectionError::WriteZero.into()),
        n => Ok(n),
    }
}

/// The beginning of a reply that leaves in steps.
pub(crate) trait Beginning<'c, T: Transport + 'c, B, R>:
    Future<Output = Result<(Begun<'c, T>, B), SendError<R, T::Error>>>
{
}

impl<'c, T: Transport + 'c, B, R, F> Beginning<'c, T, B, R> for F where
    F: Future<Output = Result<(Begun<'c, T>, B), SendError<R, T::Error>>>
{
}

/// A reply that leaves in steps.
pub(crate) trait Body {
    fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error>;
    fn closes(&self) -> bool;
    fn status(&self) -> Status;
}

macro_rules! bodies {
    ($([$($params:tt)*] $body:ty,)*) => { $(
        impl<$($params)*> Body for $body {
            fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
                self.check(exchange)
            }

            fn closes(&self) -> bool {
                self.closes()
            }

            fn status(&self) -> Status {
                self.status()
            }
        }
    )* };
}

bodies! {
    ['b, C: Content] ContentTransfer<'b, C>,
    ['b, D: Dialect] Elements<'b, D>,
    ['b, 'p] FileTransfer<'b, 'p>,
    ['b, T: Document] JsonTransfer<'b, T>,
    ['b] Transfer<'b>,
}
