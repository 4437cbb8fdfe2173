//! Bytes in and out of a connection: replies that wait, and the content of the request at hand.

use replywire::request::{CONTINUE, Content, Decoded, Exchange, Request, Requests};

use crate::error::{ConnectionError, ContentError};
use crate::state::{ReplyState, State};
use crate::transport::{Phase, Transport};

/// A connection while a request is answered: its transport, the buffer of replies, and the content.
pub(crate) struct ConnectionIo<'c, T> {
    pub(crate) transport: &'c mut T,
    pub(crate) output: &'c mut [u8],
    pub(crate) exchange: &'c Exchange,
    pub(crate) content: Content<'c>,
    pub(crate) state: &'c mut State,
}

impl<'c, T> ConnectionIo<'c, T> {
    /// A connection and its last request.
    pub(crate) fn new(
        transport: &'c mut T,
        output: &'c mut [u8],
        requests: &'c mut Requests<'_>,
        state: &'c mut State,
    ) -> (Request<'c>, Self) {
        let (request, content) = requests.request();
        let io = Self {
            transport,
            output,
            exchange: request.exchange(),
            content,
            state,
        };
        (request, io)
    }
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// The transport, the reply buffer and the state, for a body that leaves through them.
    pub(crate) fn split(&mut self) -> (&mut T, &mut [u8], &mut State) {
        (self.transport, self.output, self.state)
    }

    /// Writes the replies that have not left. After a failure nothing more is written.
    pub(crate) async fn flush(&mut self) -> Result<(), ConnectionError<T::Error>> {
        flush(self.transport, self.output, self.state).await
    }

    /// Reads some of the content into `buf`; zero bytes are its end.
    pub(crate) async fn read(
        &mut self,
        buf: &mut [u8],
        phase: Phase,
    ) -> Result<usize, ContentError<T::Error>> {
        loop {
            let Decoded { taken, written } = self.content.decode(buf)?;
            if written > 0 || buf.is_empty() || self.content.is_ended() {
                return Ok(written);
            }
            if taken > 0 {
                continue;
            }
            self.ask_for_content().await?;
            self.transport.phase(phase);
            // Nothing is left of what was read, so content goes where it is wanted at once, and
            // only the coding around it goes through the request buffer.
            let direct = usize::try_from(self.content.direct()).unwrap_or(usize::MAX);
            let direct = direct.min(buf.len());
            let room = match direct {
                0 => self.content.room(),
                len => buf.get_mut(..len).unwrap_or_default(),
            };
            let most = room.len();
            let read = self.transport.read(room).await;
            let n = read.map_err(ConnectionError::Io)?.min(most);
            match (n, direct) {
                (0, _) => return Err(ContentError::Truncated),
                (_, 0) => self.content.filled(n),
                _ => {
                    self.content.skip(n as u64);
                    return Ok(n);
                }
            }
        }
    }

    /// Sends what the client waits for before it sends content: earlier replies, `100 Continue`.
    async fn ask_for_content(&mut self) -> Result<(), ConnectionError<T::Error>> {
        loop {
            self.flush().await?;
            if !self.content.expects_continue() {
                return Ok(());
            }
            // It is pending from here on, whatever becomes of this future.
            let room = self.output.get_mut(..CONTINUE.len());
            let room = room.ok_or(ConnectionError::WriteZero)?;
            for (to, from) in room.iter_mut().zip(CONTINUE) {
                *to = *from;
            }
            self.state.pending = 0..CONTINUE.len();
            self.content.continued();
        }
    }

    /// Tells if the content that is left can be read and dropped within the limit.
    pub(crate) fn can_drain(&mut self) -> bool {
        let mut scratch = [0; 64];
        while let Ok(Decoded { taken: 1.., .. }) = self.content.decode(&mut scratch) {}
        match self.content.remaining() {
            Some(0) => true,
            Some(left) => left <= self.state.drain && !self.content.expects_continue(),
            None => false,
        }
    }

    /// Reads and drops the content that is left; false where the peer has made that impossible.
    pub(crate) async fn drain(&mut self) -> Result<bool, ConnectionError<T::Error>> {
        self.flush().await?;
        // No reply is left in the buffer, so there is room for what is dropped.
        let scratch = core::mem::take(&mut self.output);
        if scratch.is_empty() {
            return Ok(false);
        }
        while !self.content.is_ended() {
            match self.read(scratch, Phase::Drain).await {
                Ok(_) => {}
                Err(ContentError::Connection(error)) => return Err(error),
                Err(ContentError::Malformed | ContentError::Truncated) => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Writes the replies that have not left. After a failure nothing more is written.
pub(crate) async fn flush<T: Transport>(
    transport: &mut T,
    output: &[u8],
    state: &mut State,
) -> Result<(), ConnectionError<T::Error>> {
    if state.reply == ReplyState::Broken {
        return Err(ConnectionError::WriteZero);
    }
    if state.pending.is_empty() {
        return Ok(());
    }
    transport.phase(Phase::Reply);
    while let Some(bytes) = output
        .get(state.pending.clone())
        .filter(|bytes| !bytes.is_empty())
    {
        match transport.write(bytes).await {
            Ok(0) => return Err(state.broken(ConnectionError::WriteZero)),
            Ok(n) => state.pending.start += n,
            Err(error) => return Err(state.broken(ConnectionError::Io(error))),
        }
    }
    state.pending = 0..0;
    let flushed = transport.flush().await;
    flushed.map_err(|error| state.broken(ConnectionError::Io(error)))
}
