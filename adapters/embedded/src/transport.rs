use core::future::Future;
use core::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;

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
pub trait Transport: Read + Write {
    /// The connection is about to wait for this. A transport with a timer fails or ends a read or a
    /// write that takes too long.
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

    /// Waits, while there is nothing to send, until `length` has passed or the peer has closed the
    /// connection. A transport without a timer, or that cannot tell, waits for ever.
    ///
    /// Dropping the future loses nothing.
    fn idle(&mut self, length: Option<Duration>) -> impl Future<Output = Idle> {
        let _ = length;
        core::future::pending()
    }

    /// True when the server is shutting down, so that no further request will be read.
    fn is_closing(&self) -> bool {
        false
    }

    /// The time, for the `date` field of replies.
    fn now(&self) -> Option<HttpDate> {
        None
    }
}

/// The reason that a wait of [`Transport::idle`] has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Idle {
    /// The peer has closed the connection, or its half of it.
    Closed,
    /// The time has passed.
    Over,
}

/// The thing that a connection waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Phase {
    /// The first byte of a request's head. A transport that is closing ends this wait.
    Idle,
    /// The rest of a request's head.
    Head,
    /// The next bytes of a request's content.
    Content,
    /// The rest of the content that a handler has not read.
    Drain,
    /// The peer to take a reply.
    Reply,
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

impl<T: Read + Write> Transport for Plain<T> {}
