use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::mem;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use replywire_embedded::{Answered, ConnectionError, Request, Responder, Unanswered, Upgraded};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, error::ProtocolError};

use crate::{Conn, Streams, Timer, UpgradedStream};

/// A WebSocket (RFC 6455): a connection of messages, by the crate `tungstenite`.
///
/// ```
/// use replywire_std::{Answer, Request, Responder, Streams, WebSocket};
///
/// /// The most bytes of a message.
/// const LONGEST: usize = 64 << 10;
///
/// /// Sends each message back.
/// async fn echo<R: Streams<S>, S>(
///     request: &Request<'_>,
///     responder: Responder<'_, replywire_std::Conn<R, S>>,
/// ) -> Answer {
///     let mut socket = WebSocket::accept(request, responder, LONGEST).await?;
///     while let Some(message) = socket.next().await? {
///         socket.send(message).await?;
///     }
///     Ok(socket.finish().await?)
/// }
/// ```
///
/// Pings are answered, and sent to a peer that is silent ([`ping_after`](Self::ping_after)), while
/// the handler waits for a message. A peer that breaks the protocol, or a limit, is told so
/// (`1002`, `1007`, `1009`), one of a server that shuts down that it goes away (`1001`). The limits
/// of time are those of an [`UpgradedStream`].
///
/// [`finish`](Self::finish) ends it in order. Where it is dropped, a socket is reset.
#[must_use = "dropping it resets the connection"]
pub struct WebSocket<'c, R: Streams<S>, S> {
    context: WebSocketContext,
    state: State<'c, R, S>,
    /// Goes off when it is time to see whether the peer was heard.
    timer: Option<R::Timer>,
    ping: Duration,
    is_heard: bool,
    /// The peer was asked whether it is there.
    is_asked: bool,
    /// The reason for its end, once it is to end.
    code: Option<CloseCode>,
    /// The failure that its handler was not told yet.
    failure: Option<WebSocketError>,
}

/// A connection until its end.
enum State<'c, R: Streams<S>, S> {
    Open(UpgradedStream<'c, R, S>),
    /// It has ended in order.
    Answered(Answered),
    /// It has broken.
    Broken,
}

/// A message of a [`WebSocket`]; there are no other kinds (RFC 6455 § 5.6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Message {
    /// Any bytes.
    Binary(Vec<u8>),
    /// A text.
    Text(String),
}

/// The reason why a [`WebSocket`] has failed.
#[non_exhaustive]
#[derive(Debug)]
pub enum WebSocketError {
    /// The connection broke, or the peer took too long.
    Connection(ConnectionError<io::Error>),
    /// The socket has ended before.
    Ended,
    /// The peer has gone without a word, or answers no ping.
    Gone,
    /// The peer has broken the protocol, as the error tells: it was told `1002`, or `1007` for a
    /// text that is no UTF-8.
    Protocol(Box<dyn StdError + Send + Sync>),
    /// The peer has sent a longer message than it may: it was told `1009`.
    TooLong,
}

impl<'c, R: Streams<S>, S> WebSocket<'c, R, S> {
    /// Has the connection be a WebSocket, whose messages from the peer have at most `longest`
    /// bytes; so have their frames.
    ///
    /// A browser opens a WebSocket for any page, with the cookies of this host: a request for a
    /// page of another origin is refused, by [`Request::expect_same_origin`]. What else may be
    /// allowed, a handler that ends a [`Chain`](crate::Chain) by `web_socket` decides, and so it
    /// chooses a protocol of messages; [`new`](Self::new) goes on from there.
    ///
    /// # Errors
    ///
    /// The refusals of [`Request::expect_same_origin`] and [`Request::expect_web_socket`]; those of
    /// [`Chain::upgrade`](crate::Chain::upgrade).
    #[doc(alias("WebSocketUpgrade", "on_upgrade"))]
    pub async fn accept(
        request: &Request<'_>,
        responder: Responder<'c, Conn<R, S>>,
        longest: usize,
    ) -> Result<Self, Unanswered> {
        request.expect_same_origin()?;
        Ok(Self::new(responder.web_socket(request).await?, longest))
    }

    /// The WebSocket that a connection has become.
    pub fn new(upgraded: Upgraded<'c, Conn<R, S>>, longest: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(longest))
            .max_frame_size(Some(longest));
        Self {
            context: WebSocketContext::new(Role::Server, Some(config)),
            state: State::Open(upgraded.into()),
            timer: None,
            ping: Duration::from_secs(30),
            is_heard: false,
            is_asked: false,
            code: None,
            failure: None,
        }
    }

    /// Asks a peer that has been silent for `length`, or up to twice as long, whether it is there,
    /// by a ping, in the place of 30 s. One that sends no byte for as long again has gone. Both
    /// count while the handler waits for a message.
    pub const fn ping_after(mut self, length: Duration) -> Self {
        self.ping = length;
        self
    }

    /// The connection, with what is known of its peer; `None` after its end.
    pub fn connection(&self) -> Option<&Conn<R, S>> {
        match &self.state {
            State::Open(stream) => Some(stream.connection()),
            State::Answered(_) | State::Broken => None,
        }
    }

    /// Waits for the next message. `None` is the end: the peer closes the socket, or the server
    /// shuts down.
    ///
    /// Dropping the future loses nothing, so it can be waited for together with what is to be sent.
    ///
    /// # Errors
    ///
    /// [`WebSocketError`]. A peer that is at fault was told, and the connection has ended in order:
    /// a handler that ends by this error resets nothing.
    pub async fn next(&mut self) -> Result<Option<Message>, WebSocketError> {
        let message = poll_fn(|cx| self.poll_next(cx)).await;
        if let Some(WebSocketError::Protocol(_) | WebSocketError::TooLong) = self.failure {
            self.end().await?;
        }
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(message),
        }
    }

    /// Sends a message, and waits until it has left.
    ///
    /// Where the future is dropped, the message leaves with the next, or with the end.
    ///
    /// # Errors
    ///
    /// [`WebSocketError::Connection`]; [`Ended`](WebSocketError::Ended) after
    /// [`next`](Self::next) has told of an end that came from the peer.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), WebSocketError> {
        let mut message = Some(match message.into() {
            Message::Binary(bytes) => tungstenite::Message::binary(bytes),
            Message::Text(text) => tungstenite::Message::text(text),
        });
        let sent = poll_fn(|cx| {
            loop {
                // A message whose future was dropped leaves first, so no more than one is kept.
                ready!(self.poll(cx, |context, io| context.flush(io)))?;
                let Some(message) = message.take() else {
                    return Poll::Ready(Ok(()));
                };
                // It is kept, also where the stream takes none of it now.
                if let Poll::Ready(written) =
                    self.poll(cx, |context, io| context.write(io, message))
                {
                    written?;
                }
            }
        });
        sent.await.map_err(WebSocketError::of)
    }

    /// Closes the socket, unless the peer has, and ends the connection in order: all that was sent
    /// arrives before its end. Messages that still come are dropped.
    ///
    /// The peer's word that it closes, too, is waited for as long as it may take to send content
    /// ([`Timeouts::content`](crate::Timeouts::content)).
    ///
    /// # Errors
    ///
    /// [`WebSocketError`]; [`Ended`](WebSocketError::Ended) after one of the connection.
    pub async fn finish(mut self) -> Result<Answered, WebSocketError> {
        self.code = self.code.or(Some(CloseCode::Normal));
        self.next().await?;
        self.end().await?;
        match self.state {
            State::Answered(answered) => Ok(answered),
            State::Open(_) | State::Broken => Err(WebSocketError::Ended),
        }
    }
}

/// The memory that a socket reads into, if no frame is longer.
const READ_BUFFER: usize = 4 << 10;

impl<'c, R: Streams<S>, S> WebSocket<'c, R, S> {
    /// Waits for the next message, or the end.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        let State::Open(stream) = &mut self.state else {
            return Poll::Ready(None);
        };
        if self.code.is_none() && stream.poll_closing(cx).is_ready() {
            self.code = Some(CloseCode::Away);
        }
        while self.code.is_none() {
            // Whatever waits leaves meanwhile; where it cannot, this is woken when it can.
            let read = match self.poll(cx, |context, io| context.flush(io)) {
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                _ => self.poll(cx, |context, io| context.read(io)),
            };
            let Poll::Ready(read) = read else {
                ready!(self.poll_silence(cx));
                continue;
            };
            match read {
                Ok(tungstenite::Message::Binary(bytes)) => {
                    return Poll::Ready(Some(Message::Binary(bytes.into())));
                }
                Ok(tungstenite::Message::Text(text)) => {
                    return Poll::Ready(Some(Message::Text(text.as_str().to_owned())));
                }
                Ok(_) => {}
                Err(error) => {
                    self.code = Some(match error {
                        Error::Capacity(_) => CloseCode::Size,
                        Error::Protocol(_) => CloseCode::Protocol,
                        Error::Utf8(_) => CloseCode::Invalid,
                        _ => CloseCode::Normal,
                    });
                    if !matches!(error, Error::ConnectionClosed) {
                        self.failure = Some(WebSocketError::of(error));
                    }
                }
            }
        }
        Poll::Ready(None)
    }

    /// Waits until a silent peer is to be asked, and asks, or has not answered.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.timer.is_none() {
            self.timer = R::Timer::after(self.ping).map(R::Timer::at);
        }
        match &mut self.timer {
            Some(timer) => ready!(timer.poll(cx)),
            // The clock cannot say so long a time.
            None => return Poll::Pending,
        }
        self.timer = None;
        let is_heard = mem::take(&mut self.is_heard);
        if !is_heard && self.is_asked {
            self.code = Some(CloseCode::Away);
            self.failure = Some(WebSocketError::Gone);
        } else if !is_heard {
            let ping = tungstenite::Message::Ping(tungstenite::Bytes::new());
            // It is kept, and leaves with the next flush, whose error is an end.
            let _ = self.poll(cx, |context, io| context.write(io, ping));
        }
        self.is_asked = !is_heard;
        Poll::Ready(())
    }

    /// Closes the socket, and ends the connection.
    async fn end(&mut self) -> Result<(), WebSocketError> {
        let State::Open(stream) = &mut self.state else {
            return Ok(());
        };
        stream.drain();
        let code = self.code.unwrap_or(CloseCode::Normal);
        let has_failed = self.failure.is_some();
        // An error is the end: the peer has closed, too, or has gone.
        let closed = |cx: &mut Context<'_>| -> Poll<Result<(), Error>> {
            loop {
                ready!(self.poll(cx, |context, io| context.close(io, Some(frame(code)))))?;
                // After a fault there are no frames; the connection drops what still comes.
                if has_failed {
                    return Poll::Ready(Ok(()));
                }
                ready!(self.poll(cx, |context, io| context.read(io)))?;
            }
        };
        let _ = poll_fn(closed).await;
        let State::Open(stream) = mem::replace(&mut self.state, State::Broken) else {
            return Ok(());
        };
        let answered = stream.finish().await.map_err(WebSocketError::Connection)?;
        self.state = State::Answered(answered);
        Ok(())
    }

    /// Does a step of the protocol over the stream as it is now.
    fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        step: impl FnOnce(&mut WebSocketContext, &mut Now<'_, 'c, '_, R, S>) -> Result<T, Error>,
    ) -> Poll<Result<T, Error>> {
        let State::Open(stream) = &mut self.state else {
            return Poll::Ready(Err(Error::AlreadyClosed));
        };
        let is_heard = &mut self.is_heard;
        let mut io = Now {
            stream,
            cx,
            is_heard,
        };
        match step(&mut self.context, &mut io) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            done => Poll::Ready(done),
        }
    }
}

fn frame(code: CloseCode) -> CloseFrame {
    CloseFrame {
        code,
        reason: "".into(),
    }
}

/// A stream as it is when a task polls it: where it would wait, the task is woken, and the error is
/// `WouldBlock`.
struct Now<'s, 'c, 'w, R: Streams<S>, S> {
    stream: &'s mut UpgradedStream<'c, R, S>,
    cx: &'s mut Context<'w>,
    is_heard: &'s mut bool,
}

impl<R: Streams<S>, S> Read for Now<'_, '_, '_, R, S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = now(self.stream.poll_read(self.cx, buf))?;
        *self.is_heard = true;
        Ok(n)
    }
}

impl<R: Streams<S>, S> Write for Now<'_, '_, '_, R, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        now(self.stream.poll_write(self.cx, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        now(self.stream.poll_flush(self.cx))
    }
}

fn now<T>(done: Poll<io::Result<T>>) -> io::Result<T> {
    match done {
        Poll::Ready(done) => done,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

impl<R: Streams<S>, S> fmt::Debug for WebSocket<'_, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(bytes.to_owned())
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes)
    }
}

impl WebSocketError {
    fn of(error: Error) -> Self {
        match error {
            Error::Io(error) => Self::Connection(ConnectionError::Io(error)),
            Error::AlreadyClosed
            | Error::ConnectionClosed
            | Error::Protocol(ProtocolError::SendAfterClosing) => Self::Ended,
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            Error::Capacity(_) => Self::TooLong,
            error => Self::Protocol(error.into()),
        }
    }
}

impl fmt::Display for WebSocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection(_) => "WebSocket broke",
            Self::Ended => "WebSocket has ended",
            Self::Gone => "peer of the WebSocket has gone",
            Self::Protocol(_) => "peer has broken the protocol of the WebSocket",
            Self::TooLong => "message of the WebSocket too long",
        })
    }
}

impl StdError for WebSocketError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connection(error) => Some(error),
            Self::Protocol(error) => Some(&**error),
            Self::Ended | Self::Gone | Self::TooLong => None,
        }
    }
}
