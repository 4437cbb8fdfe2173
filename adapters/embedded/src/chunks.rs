//! The source of a body that comes in chunks.

use core::convert::Infallible;
use core::future::Future;
use core::time::Duration;

use replywire::body::{Chunk, Trailers};

/// A source that gives the chunks of a body one by one: bytes,
/// [`Event`](replywire::body::Event)s, [`JsonLine`](replywire::body::JsonLine)s.
///
/// ```
/// use core::convert::Infallible;
/// use replywire::body::Event;
/// use replywire_embedded::{Chunks, KeepAlive};
///
/// struct Ticks {
///     left: u8,
/// }
///
/// impl Chunks for Ticks {
///     type Chunk<'c> = Event<'c>;
///     type Error = Infallible;
///
///     async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
///         // Await a timer or a channel here.
///         self.left = match self.left.checked_sub(1) {
///             None => return Ok(None),
///             Some(left) => left,
///         };
///         Ok(Some(Event::new().data("tick")))
///     }
///
///     fn keep_alive(&self) -> Option<KeepAlive> {
///         Some(KeepAlive::PING)
///     }
/// }
/// ```
#[doc(alias = "body_iterator")]
pub trait Chunks {
    /// The type of the chunks.
    ///
    /// It may borrow from the source, and has no bound that says so: compilers cannot prove one of
    /// the future of a handler that is to be `Send`, where the source borrows in its turn.
    type Chunk<'c>: Chunk;
    /// The reason that there is no next chunk.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Waits for the next chunk; `None` is the end.
    ///
    /// The future is dropped when the peer closes the connection meanwhile.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Chunk<'_>>, Self::Error>>;

    /// Returns the bytes to send while there is no chunk for a while; asked once, at the start.
    /// They count as content, so they are not for a body of known length.
    fn keep_alive(&self) -> Option<KeepAlive> {
        None
    }

    /// Tells whether the body ends in order as soon as the server shuts down, with the last chunk
    /// that was there; asked once, at the start. By default this is so for
    /// [`Event`](replywire::body::Event)s, whose client connects again; any other body is taken for
    /// one that has an end of its own.
    fn ends_at_shutdown(&self) -> bool {
        <Self::Chunk<'_> as Chunk>::IS_EVENT
    }

    /// Returns the fields that are known only after the last chunk, which are sent where the
    /// request and the framing allow it. Asked once, at the end, even where no chunk was asked for.
    fn trailers(&mut self) -> Trailers<'_> {
        Trailers::none()
    }

    /// Has no use but to tell the compiler that a chunk needs no bound: without a function that
    /// implies none it asks for `Self: 'c`.
    #[doc(hidden)]
    fn unbounded<'c>(_: Infallible) -> Option<Self::Chunk<'c>> {
        None
    }

    /// The same source, which is kept alive by these bytes.
    fn kept_alive(self, keep_alive: KeepAlive) -> KeptAlive<Self>
    where
        Self: Sized,
    {
        KeptAlive {
            source: self,
            keep_alive,
        }
    }
}

/// A source with bytes to send while it has no chunk, made by
/// [`kept_alive`](Chunks::kept_alive).
#[derive(Clone, Debug)]
pub struct KeptAlive<C> {
    source: C,
    keep_alive: KeepAlive,
}

impl<C: Chunks> Chunks for KeptAlive<C> {
    type Chunk<'c> = C::Chunk<'c>;
    type Error = C::Error;

    async fn next(&mut self) -> Result<Option<C::Chunk<'_>>, C::Error> {
        self.source.next().await
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        Some(self.keep_alive)
    }

    fn ends_at_shutdown(&self) -> bool {
        self.source.ends_at_shutdown()
    }

    fn trailers(&mut self) -> Trailers<'_> {
        self.source.trailers()
    }
}

/// Bytes that tell the client, and intermediaries, that the stream continues.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KeepAlive {
    /// The time without anything else to send after which they are sent. A transport without a
    /// timer sends nothing.
    pub after: Duration,
    /// The bytes to send.
    pub bytes: &'static [u8],
}

impl KeepAlive {
    /// These bytes, each time that there was nothing else to send for so long.
    pub const fn new(after: Duration, bytes: &'static [u8]) -> Self {
        Self { after, bytes }
    }

    /// A comment among server-sent events, after 15 seconds.
    pub const PING: Self = Self {
        after: Duration::from_secs(15),
        bytes: b": ping\n\n",
    };
}
