#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(all(feature = "alloc", feature = "hosted"))]
use alloc::vec;
#[cfg(all(feature = "alloc", feature = "hosted"))]
use alloc::vec::Vec;
use core::future::Future;
use core::net::SocketAddr;
#[cfg(all(feature = "alloc", feature = "hosted"))]
use core::ops::Range;
use core::task::{Context, Poll};
use core::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;

use crate::event::Event;

/// A connection: any `embedded-io-async` transport, and what its runtime knows besides.
///
/// Every method has a default, so that a transport of your own needs one line:
///
/// ```
/// # use embedded_io_async::{ErrorType, Read, Write};
/// # struct Uart;
/// # impl ErrorType for Uart { type Error = core::convert::Infallible; }
/// # impl Read for Uart {
/// #     async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> { Ok(0) }
/// # }
/// # impl Write for Uart {
/// #     async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> { Ok(bytes.len()) }
/// #     async fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
/// # }
/// impl replywire_embedded::Transport for Uart {}
/// ```
///
/// For a transport of another crate there is [`Plain`].
pub trait Transport: Read + Write + ErrorType<Error: Send + Sync + 'static> {
    /// The connection tells its [events](Self::observe), and the cause of a failure to
    /// [`error_page`](crate::Handler::error_page), which else is
    /// [`Cause::Handler`](crate::Cause::Handler) always; and it goes on after the page of a request
    /// that the handler refuses. A program for which no one asks has no code for it.
    const OBSERVES: bool = false;

    /// The bytes of a [`frame`](Self::frame), where a host takes the memory of bodies that come in
    /// chunks; 0 where they leave through the reply buffer.
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    const FRAME: usize = 0;

    /// The connection is about to wait for this. A transport with a timer has a read or a write
    /// that takes too long fail with an error of the kind
    /// [`TimedOut`](embedded_io_async::ErrorKind::TimedOut): while a request is read, the client is
    /// told by `408 Request Timeout`.
    ///
    /// The same phase may be announced again: [`Phase::Head`] and [`Phase::Drain`] are limited as a
    /// whole, the others from each announcement, and [`Phase::Reply`] for each write.
    fn phase(&mut self, phase: Phase) {
        let _ = phase;
    }

    /// [`write`](Write::write)s, and more bytes follow at once, so that these need not leave alone.
    fn write_more(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, Self::Error>> {
        self.write(bytes)
    }

    /// Writes some of two parts that follow one another, by one call where the transport can; how
    /// many bytes, of the first part before any of the second. Neither is empty. By default it is
    /// [`write_more`](Self::write_more) of the first.
    #[cfg(feature = "alloc")]
    fn write_parts(
        &mut self,
        parts: [&[u8]; 2],
    ) -> impl Future<Output = Result<usize, Self::Error>> {
        let [first, _] = parts;
        self.write_more(first)
    }

    /// Waits, while there is nothing to send, for the first [`Idle`] that comes. Bytes that the
    /// peer sends meanwhile are read into `room`, which may be empty. A transport without a timer,
    /// or that cannot tell, waits for ever.
    ///
    /// Dropping the future loses nothing: a limit that it waits for goes on.
    fn idle(&mut self, room: &mut [u8], length: Option<Duration>) -> impl Future<Output = Idle> {
        let _ = (room, length);
        core::future::pending()
    }

    /// Some of a reply has left and the rest has not, or no longer. While it is so, the connection
    /// must not look as if it ended in order, whatever becomes of it: a socket is reset.
    fn under_way(&mut self, is_under_way: bool) {
        let _ = is_under_way;
    }

    /// True when the server is shutting down, so that no further request will be read.
    fn is_closing(&self) -> bool {
        false
    }

    /// Waits until the server is shutting down.
    fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _ = cx;
        match self.is_closing() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Memory of at least `size` bytes, for a reply that outgrows the reply buffer; `None`, which
    /// is the default, where there is none, or `size` is beyond a limit. It is dropped as soon as
    /// the reply has left, or broken off. A stream that is faster than the reply buffer has some
    /// too, of 60 KiB, until its source waits.
    ///
    /// ```
    /// # use embedded_io_async::{ErrorType, Read, Write};
    /// # struct Socket;
    /// # impl ErrorType for Socket { type Error = core::convert::Infallible; }
    /// # impl Read for Socket {
    /// #     async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> { Ok(0) }
    /// # }
    /// # impl Write for Socket {
    /// #     async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
    /// #         Ok(bytes.len())
    /// #     }
    /// #     async fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
    /// # }
    /// impl replywire_embedded::Transport for Socket {
    ///     fn memory(&mut self, size: usize) -> Option<Box<dyn AsMut<[u8]> + Send>> {
    ///         (size <= 64 * 1024).then(|| Box::new(vec![0_u8; size]) as _)
    ///     }
    /// }
    /// ```
    #[cfg(feature = "alloc")]
    fn memory(&mut self, size: usize) -> Option<Box<dyn AsMut<[u8]> + Send>> {
        let _ = size;
        None
    }

    /// Memory for the next frame of a body that comes in chunks.
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    fn frame(&mut self) -> Vec<u8> {
        vec![0; Self::FRAME]
    }

    /// [`write`](Write::write)s some of the bytes at `place`, which are not empty. It may take the
    /// memory with all of them, and leave none.
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    fn write_frame(
        &mut self,
        frame: &mut Vec<u8>,
        place: Range<usize>,
    ) -> impl Future<Output = Result<usize, Self::Error>> {
        self.write(frame.get(place).unwrap_or_default())
    }

    /// Tells what becomes of a request, for a log or a counter, where the transport
    /// [observes](Self::OBSERVES).
    fn observe(&mut self, event: Event<'_>) {
        let _ = event;
    }

    /// Has a host send trailer fields after the body of the reply: names and values, each line with
    /// its CRLF. Only [`serve_hosted`](crate::serve_hosted) has them apart from the body.
    #[cfg(feature = "hosted")]
    fn trailers(&mut self, lines: &[u8]) {
        let _ = lines;
    }

    /// The time, for the `date` field of replies.
    fn now(&self) -> Option<HttpDate> {
        None
    }

    /// The address of the peer, where it has one and the transport knows it.
    fn peer(&self) -> Option<SocketAddr> {
        None
    }
}

/// The reason that a wait of [`Transport::idle`] has ended.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Idle {
    /// The peer has gone: the connection was reset, or its half of it ended too long ago.
    Closed,
    /// The server is shutting down; a transport says so once.
    Closing,
    /// The length has passed.
    Over,
    /// So many bytes were read, at least one.
    Received(usize),
    /// The handler took too long, of whose reply nothing has left.
    TimedOut,
}

/// The thing that a connection waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Phase {
    /// The first byte of a request's head. A transport that is closing ends this wait.
    Idle,
    /// The rest of a request's head.
    Head,
    /// The handler, to begin its reply. It is announced once for each request.
    Handler,
    /// The next bytes of a request's content.
    Content,
    /// The rest of the content that a handler has not read.
    Drain,
    /// The peer to take a reply.
    Reply,
    /// The peer of a connection that was upgraded, to send or to take bytes. It is announced once,
    /// and ends with the connection.
    Upgraded,
}

/// A transport of another crate, with no timer and no clock.
#[derive(Debug)]
pub struct Plain<T>(pub T);

impl<T: ErrorType> ErrorType for Plain<T> {
    type Error = T::Error;
}

impl<T: Read> Read for Plain<T> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, T::Error> {
        self.0.read(buf).await
    }
}

impl<T: Write> Write for Plain<T> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, T::Error> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), T::Error> {
        self.0.flush().await
    }
}

impl<T> Transport for Plain<T> where T: Read + Write + ErrorType<Error: Send + Sync + 'static> {}
