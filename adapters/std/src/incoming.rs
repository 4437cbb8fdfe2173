use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::{Runtime, Socket};

/// A connection that has come in: its stream, what the kernel can do for that, and what is known of
/// the peer.
pub struct Incoming<R: Runtime, S> {
    stream: S,
    kernel: Kernel<R, S>,
    facts: Facts,
}

/// The ways from a stream to its socket.
pub(crate) struct Kernel<R: Runtime, S> {
    /// The stream as a socket of the runtime, where it is one.
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "the kernel copies files to it, on Unix alone")
    )]
    pub(crate) own: Option<fn(&mut S) -> &mut R::Stream>,
    /// The stream as a socket, or the socket below it.
    pub(crate) socket: Option<fn(&S) -> &dyn Socket>,
    /// The bytes of the stream are those of the socket.
    pub(crate) is_plain: bool,
}

/// The knowledge of a connection that does not come from its stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) value: Option<Arc<dyn Any + Send + Sync>>,
}

impl<R: Runtime> Incoming<R, R::Stream> {
    /// A socket of the runtime: a reply that breaks off resets the connection, the kernel copies
    /// files to it, and a peer that has gone is noticed while it has sent more than is read.
    pub fn of_socket(stream: R::Stream) -> Self {
        let kernel = Kernel {
            own: Some(|stream| stream),
            ..Kernel::PLAIN
        };
        Self::with(stream, kernel)
    }
}

impl<R: Runtime, S: Socket> Incoming<R, S> {
    /// Another socket, such as one of Unix: as [`of_socket`](Self::of_socket), but files are read
    /// and written.
    pub fn of_other_socket(stream: S) -> Self {
        Self::with(stream, Kernel::PLAIN)
    }
}

impl<R: Runtime, S> Incoming<R, S> {
    /// Any stream, of which nothing more is known.
    pub const fn new(stream: S) -> Self {
        Self::with(stream, Kernel::NONE)
    }

    const fn with(stream: S, kernel: Kernel<R, S>) -> Self {
        Self {
            stream,
            kernel,
            facts: Facts {
                peer: None,
                value: None,
            },
        }
    }

    /// The stream that others are made of: `open` makes one of it, such as by the handshake of TLS.
    /// Address and value stay.
    ///
    /// # Errors
    ///
    /// Those of `open`.
    pub async fn open<T, F>(self, open: impl FnOnce(S) -> F) -> io::Result<Incoming<R, T>>
    where
        F: Future<Output = io::Result<T>>,
    {
        let Self { stream, facts, .. } = self;
        let stream = open(stream).await?;
        Ok(Incoming {
            stream,
            kernel: Kernel::NONE,
            facts,
        })
    }

    /// Tells the socket below the stream, such as that of TLS, so that what can be done for a
    /// socket without touching its bytes is done for it: a reply that breaks off resets it, and a
    /// peer that has gone is noticed.
    #[must_use]
    pub const fn over(mut self, socket: fn(&S) -> &dyn Socket) -> Self {
        self.kernel.socket = Some(socket);
        self
    }

    /// Tells the address of the peer; see [`Responder::peer`](crate::Responder::peer).
    #[must_use]
    pub const fn peer(mut self, address: SocketAddr) -> Self {
        self.facts.peer = Some(address);
        self
    }

    /// Gives a value to the connection, in the place of one that it has; see
    /// [`Conn::value`](crate::Conn::value).
    #[must_use]
    pub fn value<V: Any + Send + Sync>(mut self, value: V) -> Self {
        self.facts.value = Some(Arc::new(value));
        self
    }

    /// The stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The same, to read what comes before the first request, such as a line that tells the address
    /// of a proxy's client.
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// The address of the peer, where it is known.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.facts.peer
    }

    pub(crate) fn into_parts(self) -> (S, Kernel<R, S>, Facts) {
        (self.stream, self.kernel, self.facts)
    }
}

impl<R: Runtime, S> Kernel<R, S> {
    const NONE: Self = Self {
        own: None,
        socket: None,
        is_plain: false,
    };
}

impl<R: Runtime, S: Socket> Kernel<R, S> {
    const PLAIN: Self = Self {
        own: None,
        socket: Some(|stream| stream),
        is_plain: true,
    };
}

impl<R: Runtime, S> fmt::Debug for Kernel<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("is_plain", &self.is_plain)
            .finish_non_exhaustive()
    }
}

impl<R: Runtime, S: fmt::Debug> fmt::Debug for Incoming<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("stream", &self.stream)
            .field("peer", &self.facts.peer)
            .finish_non_exhaustive()
    }
}
