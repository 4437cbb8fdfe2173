//! The beginning and the end of a reply that leaves in steps.

use embedded_io_async::Write;
use replywire::Error;
use replywire::body::{Elements, JsonTransfer, Transfer};
use replywire::file::FileTransfer;
use replywire::json::{Dialect, Document};
use replywire::request::Exchange;

use crate::error::{ConnectionError, SendError};
use crate::handler::Answered;
use crate::responder::Responder;
use crate::state::{ReplyState, State};
use crate::transport::{Phase, Transport};

/// The connection that a reply leaves through in steps, after its head was written.
pub(crate) struct Begun<'c, T> {
    pub(crate) transport: &'c mut T,
    state: &'c mut State,
    closes: bool,
}

impl<'c, T: Transport> Responder<'c, T> {
    /// Begins a reply that leaves in steps: earlier replies leave, then `write` writes its head.
    pub(crate) async fn begin<B: Body, R>(
        mut self,
        write: impl FnOnce(&Exchange, &'c mut [u8]) -> Result<B, Error>,
    ) -> Result<(Begun<'c, T>, B), SendError<R, T::Error>> {
        let exchange = self.final_exchange();
        self.io.flush().await?;
        let (transport, output, state) = self.io.split();
        let body = write(&exchange, output).map_err(SendError::Reply)?;
        body.check(&exchange).map_err(SendError::Reply)?;
        transport.phase(Phase::Reply);
        let begun = Begun {
            transport,
            state,
            closes: body.closes(),
        };
        Ok((begun, body))
    }
}

impl<T: Transport> Begun<'_, T> {
    /// Writes some of `bytes`, which are not empty, and returns how many. Until it is finished, the
    /// reply counts as broken off.
    pub(crate) async fn write<R>(&mut self, bytes: &[u8]) -> Result<usize, SendError<R, T::Error>> {
        let (transport, mut departs) = self.split();
        departs();
        write_some(transport, bytes).await
    }

    /// The transport, and what is called before each write to it.
    pub(crate) fn split(&mut self) -> (&mut T, impl FnMut()) {
        (self.transport, || self.state.reply = ReplyState::Broken)
    }

    /// Has what was written leave now.
    pub(crate) async fn flush<R>(&mut self) -> Result<(), SendError<R, T::Error>> {
        let flushed = self.transport.flush().await;
        Ok(flushed.map_err(ConnectionError::Io)?)
    }

    /// Flushes after a reply that was written whole.
    pub(crate) async fn finish<R>(mut self) -> Result<Answered, SendError<R, T::Error>> {
        self.flush().await?;
        let closes = self.closes;
        self.state.reply = ReplyState::Whole { closes };
        Ok(Answered(()))
    }
}

/// Writes some of `bytes`, which are not empty; how many.
pub(crate) async fn write_some<R, W: Write>(
    conn: &mut W,
    bytes: &[u8],
) -> Result<usize, SendError<R, W::Error>> {
    not_zero(conn.write(bytes).await)
}

/// The outcome of a write, in which zero bytes are an error.
pub(crate) fn not_zero<R, E>(written: Result<usize, E>) -> Result<usize, SendError<R, E>> {
    match written.map_err(ConnectionError::Io)? {
        0 => Err(ConnectionError::WriteZero.into()),
        n => Ok(n),
    }
}

/// A reply that leaves in steps.
pub(crate) trait Body {
    fn check(&self, exchange: &Exchange) -> Result<(), Error>;
    fn closes(&self) -> bool;
}

macro_rules! bodies {
    ($([$($params:tt)*] $body:ty,)*) => { $(
        impl<$($params)*> Body for $body {
            fn check(&self, exchange: &Exchange) -> Result<(), Error> {
                self.check(exchange)
            }

            fn closes(&self) -> bool {
                self.closes()
            }
        }
    )* };
}

bodies! {
    ['b, D: Dialect] Elements<'b, D>,
    ['b, 'p] FileTransfer<'b, 'p>,
    ['b, T: Document] JsonTransfer<'b, T>,
    ['b] Transfer<'b>,
}
