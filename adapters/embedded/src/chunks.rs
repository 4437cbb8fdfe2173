//! The source of a body that comes in chunks.

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
pub trait Chunks {
    /// The type of the chunks.
    type Chunk<'c>: Chunk
    where
        Self: 'c;
    /// The reason that there is no next chunk.
    type Error;

    /// Waits for the next chunk; `None` is the end.
    ///
    /// The future is dropped when the peer closes the connection meanwhile.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Chunk<'_>>, Self::Error>>;

    /// Returns the bytes to send while there is no chunk for a while; asked once, at the start.
    /// They count as content, so they are not for a body of known length.
    fn keep_alive(&self) -> Option<KeepAlive> {
        None
    }

    /// Returns the fields that are known only after the last chunk, which are sent where the
    /// request and the framing allow it. Asked once, at the end, even where no chunk was asked for.
    fn trailers(&mut self) -> Trailers<'_> {
        Trailers::none()
    }
}

/// Bytes that tell the client, and intermediaries, that the stream continues.
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
    /// A comment among server-sent events, after 15 seconds.
    pub const PING: Self = Self {
        after: Duration::from_secs(15),
        bytes: b": ping\n\n",
    };
}
