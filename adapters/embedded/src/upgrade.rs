//! Connections that speak another protocol after a reply: upgrades and tunnels.

use core::fmt;
use core::future::{Future, poll_fn};
use core::task::{Context, Poll};

use embedded_io_async::{ErrorType, Read, Write};
#[cfg(feature = "web-socket")]
use replywire::Status;
use replywire::request::{Refusal, Request};
use replywire::{Error, Reply, Response};

use crate::chain::Chain;
use crate::error::ConnectionError;
use crate::handler::Answered;
use crate::io::ConnectionIo;
#[cfg(feature = "web-socket")]
use crate::responder::Responder;
use crate::state::ReplyState;
use crate::transport::{Phase, Transport};
use crate::unanswered::{Cause, Unanswered};

impl<'c, T: Transport> Chain<'c, T> {
    /// Ends a `101 Switching Protocols` to a request that has asked for `protocol`, and gives the
    /// connection, which speaks that from then on; see [`Response::upgrade`].
    ///
    /// Replies to earlier requests leave before. Content that the handler has not read is dropped,
    /// up to the limit of the connection.
    ///
    /// ```
    /// use embedded_io_async::{Read, Write};
    /// use replywire::Status;
    /// use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
    ///
    /// async fn echo<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Result<Answered, Unanswered> {
    ///     let reply = responder.status(Status::SWITCHING_PROTOCOLS);
    ///     let mut upgraded = reply.upgrade(request, "echo").await?;
    ///     let mut buf = [0; 64];
    ///     loop {
    ///         match upgraded.read(&mut buf).await {
    ///             Ok(0) => return Ok(upgraded.finish().await?),
    ///             Ok(n) => upgraded.write_all(&buf[..n]).await.map_err(|_| Unanswered::new())?,
    ///             Err(_) => return Err(Unanswered::new()),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cause::Reply`] with the error of [`Response::upgrade`]; [`Cause::Refused`] with
    /// [`Refusal::ContentTooLarge`] where the content cannot be dropped; [`Cause::Connection`].
    pub fn upgrade(
        self,
        request: &Request<'_>,
        protocol: &str,
    ) -> impl Future<Output = Result<Upgraded<'c, T>, Unanswered>> {
        self.switch(|response| response.upgrade(request.fields(), protocol))
    }

    /// Ends a `101 Switching Protocols` to a request for a WebSocket, and gives the connection, for
    /// a crate that speaks it; see [`Response::web_socket`]. Lines that were added before may
    /// choose a protocol of messages. [`Responder::web_socket`] does it without.
    ///
    /// A browser opens a WebSocket for any page, with the cookies of this host: where cookies tell
    /// who asks, [`Request::expect_same_origin`] comes first.
    ///
    /// # Errors
    ///
    /// [`Cause::Refused`] where the request asks for none, with the refusal of
    /// [`Request::expect_web_socket`]; those of [`upgrade`](Self::upgrade).
    #[cfg(feature = "web-socket")]
    pub fn web_socket(
        self,
        request: &Request<'_>,
    ) -> impl Future<Output = Result<Upgraded<'c, T>, Unanswered>> {
        let expected = request.expect_web_socket();
        let switched = self.switch(|response| response.web_socket(request));
        async move {
            expected?;
            switched.await
        }
    }

    /// Ends a reply of 2xx to `CONNECT`, and gives the connection, which is a tunnel from then on;
    /// see [`Response::tunnel`].
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Self::upgrade).
    pub fn tunnel(self) -> impl Future<Output = Result<Upgraded<'c, T>, Unanswered>> {
        self.switch(Response::tunnel)
    }

    fn switch(
        self,
        end: impl FnOnce(Response<'c>) -> Result<Reply<'c>, Error>,
    ) -> impl Future<Output = Result<Upgraded<'c, T>, Unanswered>> {
        let (response, lent, _) = self.ending();
        let reply = end(response);
        async move {
            let mut taken = lent.take();
            let io = taken.io()?;
            if io.state.reply == ReplyState::Broken {
                return Err(Cause::Connection.into());
            }
            let reply = reply.map_err(|error| io.state.given_up(error))?;
            let is_read = io.content.is_ended() || io.can_drain() && io.drain().await?;
            if !is_read {
                let refusal = io.state.given_up(Refusal::ContentTooLarge);
                return Err(Cause::Refused(refusal).into());
            }
            // It leaves from here on, whatever becomes of this future.
            io.put_checked(reply, true);
            io.flush().await?;
            match taken.keep() {
                Some(io) => Ok(Upgraded::new(io)),
                None => Err(Cause::Connection.into()),
            }
        }
    }
}

#[cfg(feature = "web-socket")]
impl<'c, T: Transport> Responder<'c, T> {
    /// Has the connection be a WebSocket: sends the reply that says so, and gives the connection,
    /// for a crate that speaks it, as [`Chain::web_socket`] does.
    ///
    /// A browser opens a WebSocket for any page, with the cookies of this host: where cookies tell
    /// who asks, [`Request::expect_same_origin`] comes first.
    ///
    /// On an operating system the connection has no limit of time then, but that of the server's
    /// `Timeouts::upgraded`, which is none by default; a peer that is gone without a word is found
    /// by it, or by pings. The longest message is a matter of the crate's.
    ///
    /// ```
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    ///
    /// async fn handle<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let upgraded = responder.web_socket(request).await?;
    ///     // Messages come and go here, by a crate that speaks WebSocket.
    ///     Ok(upgraded.finish().await?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As there: a request that asks for no WebSocket is refused with `400`.
    #[doc(alias("WebSocketUpgrade", "accept"))]
    pub fn web_socket(
        self,
        request: &Request<'_>,
    ) -> impl Future<Output = Result<Upgraded<'c, T>, Unanswered>> {
        self.status(Status::SWITCHING_PROTOCOLS).web_socket(request)
    }
}

/// A connection that speaks another protocol, until its handler is done with it. Then it is closed.
///
/// It reads and writes by the traits of `embedded-io-async`: first what was read after the
/// request's head, then what the transport reads. It has no limits but those of the transport, and
/// ends at the latest when a server that shuts down drops it.
///
/// [`finish`](Self::finish) ends it in order. Where it is dropped, the connection has broken off: a
/// socket is reset.
#[must_use = "dropping it resets the connection"]
pub struct Upgraded<'c, T: Transport> {
    io: &'c mut ConnectionIo<'c, T>,
}

impl<'c, T: Transport> Upgraded<'c, T> {
    fn new(io: &'c mut ConnectionIo<'c, T>) -> Self {
        io.state.reply = ReplyState::UnderWay;
        io.transport.under_way(true);
        io.transport.phase(Phase::Upgraded);
        Self { io }
    }

    /// The bytes that came with the request and were not read yet.
    pub fn received(&self) -> &[u8] {
        self.io.content.after()
    }

    /// Reads bytes that came with the request, and returns how many: zero where none are left, or
    /// `buf` is empty.
    pub fn take_received(&mut self, buf: &mut [u8]) -> usize {
        self.io.content.take_after(buf)
    }

    /// The transport, of which nothing was read after [`received`](Self::received).
    pub fn transport(&self) -> &T {
        self.io.transport
    }

    /// The same, to read and write.
    pub fn transport_mut(&mut self) -> &mut T {
        self.io.transport
    }

    /// Tells whether the server is shutting down: then the handler should come to its end.
    pub fn is_closing(&self) -> bool {
        self.io.transport.is_closing()
    }

    /// Waits until the server is shutting down.
    pub fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.io.transport.poll_closing(cx)
    }

    /// The same as a future. Dropping it loses nothing.
    pub async fn closing(&mut self) {
        poll_fn(|cx| self.poll_closing(cx)).await;
    }

    /// Ends the connection in order: what was written arrives before its end.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`]
    pub async fn finish(self) -> Result<Answered, ConnectionError<T::Error>> {
        let io = &mut *self.io;
        io.transport.flush().await.map_err(ConnectionError::Io)?;
        io.transport.under_way(false);
        io.state.reply = ReplyState::Whole { closes: true };
        Ok(Answered(()))
    }
}

impl<T: Transport> Drop for Upgraded<'_, T> {
    fn drop(&mut self) {
        if self.io.state.reply == ReplyState::UnderWay {
            self.io.state.reply = ReplyState::Broken;
        }
    }
}

impl<T: Transport> ErrorType for Upgraded<'_, T> {
    type Error = T::Error;
}

impl<T: Transport> Read for Upgraded<'_, T> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, T::Error> {
        match self.take_received(buf) {
            0 if !buf.is_empty() => self.io.transport.read(buf).await,
            n => Ok(n),
        }
    }
}

impl<T: Transport> Write for Upgraded<'_, T> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, T::Error> {
        self.io.transport.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), T::Error> {
        self.io.transport.flush().await
    }
}

impl<T: Transport> fmt::Debug for Upgraded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgraded")
            .field("received", &self.received().len())
            .finish_non_exhaustive()
    }
}
