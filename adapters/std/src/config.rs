use std::time::Duration;

/// The limits of what a server spends on its connections.
///
/// It begins with values that suit a server on the internet; a function of the name of a field
/// changes one of them.
///
/// ```
/// use std::time::Duration;
///
/// use replywire_std::{Config, Timeouts};
///
/// let config = Config::new()
///     .connections(1000)
///     .reply_buffer(64 * 1024)
///     .timeouts(Timeouts::new().handler(Duration::from_secs(20)).idle(None));
/// assert_eq!(config.reply_buffer, 65_536);
/// assert_eq!(config.timeouts.idle, None);
/// assert_eq!(config.buffer, Config::default().buffer);
/// ```
///
/// A server's memory for connections is at most `connections * (buffer + reply_buffer * 4 / 3)`,
/// and what its handlers take. Each reply that outgrows its buffer has memory of its own meanwhile,
/// of up to `largest_reply` bytes.
#[must_use = "a configuration does nothing until a server has it"]
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The most connections at once; 10,000. Where there is another one, that which has been idle
    /// longest is closed; where none is idle, it waits. With zero, all wait.
    pub connections: usize,
    /// The time that open connections have to finish when the server shuts down; 30 seconds.
    pub grace: Duration,
    /// The request buffer of a connection, in bytes; 8 KiB. Larger heads are answered `431` or
    /// `414`; a head that leaves less than 64 bytes for content in chunks is answered `431`.
    pub buffer: usize,
    /// The reply buffer of a connection, in bytes; 12 KiB. The head of a chain may fill it,
    /// whatever waits to be sent; a third as much is for that. Lines of every reply take of it once
    /// more than they have in the head. A whole reply of a closure, and a body that displays
    /// itself, have memory of their own where they do not fit, up to
    /// [`largest_reply`](Self::largest_reply); all other bodies leave in steps. A file that fits it
    /// with its head leaves in one write.
    ///
    /// An idle connection has no buffers.
    pub reply_buffer: usize,
    /// The most bytes of a reply that has memory of its own, because it outgrows the reply buffer
    /// and cannot leave in steps; 16 MiB. The memory is given back when the reply has left; a reply
    /// that needs more each time that it is written has that of two or three times meanwhile. A
    /// larger reply of a closure is an error, with the size that it needs, and a larger body that
    /// displays itself leaves in pieces, for each of which it is written again. With zero, no reply
    /// has memory of its own.
    ///
    /// A stream of chunks whose source does not wait, and whose client takes what is sent, has
    /// 60 KiB of its own meanwhile, unless the reply buffer is as large or this is less. Where the
    /// client then stops, they are kept until it has taken them.
    pub largest_reply: usize,
    /// The time that a connection may wait.
    pub timeouts: Timeouts,
}

impl Config {
    /// The usual limits, which the fields tell.
    pub const fn new() -> Self {
        Self {
            connections: 10_000,
            grace: Duration::from_secs(30),
            buffer: 8 * 1024,
            reply_buffer: 12 * 1024,
            largest_reply: 16 * 1024 * 1024,
            timeouts: Timeouts::new(),
        }
    }

    /// Sets the most [connections](Self#structfield.connections) at once.
    pub const fn connections(mut self, most: usize) -> Self {
        self.connections = most;
        self
    }

    /// Sets the time that connections have to finish [after a shutdown](Self#structfield.grace).
    /// With zero, they are cut at once.
    pub const fn grace(mut self, length: Duration) -> Self {
        self.grace = length;
        self
    }

    /// Sets the bytes of a connection's [request buffer](Self#structfield.buffer).
    pub const fn buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    /// Sets the bytes of a connection's [reply buffer](Self#structfield.reply_buffer).
    pub const fn reply_buffer(mut self, bytes: usize) -> Self {
        self.reply_buffer = bytes;
        self
    }

    /// Sets the most bytes of a reply that has [memory of its own](Self#structfield.largest_reply).
    ///
    /// ```
    /// use replywire_std::Config;
    ///
    /// let config = Config::new().largest_reply(1024 * 1024);
    /// assert_eq!(config.largest_reply, 1_048_576);
    /// assert_eq!(Config::new().largest_reply, 16 * config.largest_reply);
    /// ```
    pub const fn largest_reply(mut self, bytes: usize) -> Self {
        self.largest_reply = bytes;
        self
    }

    /// Sets the [time that a connection may wait](Timeouts).
    pub const fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// The time that a connection may wait for its peer, and for its handler; `None` is for ever.
///
/// A function of the name of a field changes one of them, to a time or to `None`.
///
/// ```
/// use std::time::Duration;
///
/// use replywire_std::{Rate, Timeouts};
///
/// let second = Duration::from_secs(1);
/// let timeouts = Timeouts::new().head(2 * second).half_closed(None).rate(Rate::new(1024));
/// assert_eq!(timeouts.head, Some(Duration::from_secs(2)));
/// assert_eq!(timeouts.rate.map(|rate| rate.bytes), Some(1024));
///
/// let trusting = Timeouts::NONE.handler(5 * second);
/// assert_eq!((trusting.head, trusting.handler), (None, Some(5 * second)));
/// ```
#[doc(alias("TimeoutLayer", "timeout_keep_alive"))]
#[must_use = "timeouts do nothing until a server has them"]
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The time for a [`Handshake`](crate::Handshake), such as that of TLS, from the moment a
    /// connection is accepted; 10 seconds. Then it is dropped.
    pub handshake: Option<Duration>,
    /// The time from the connection's start to the first byte of its first request; 10 seconds.
    /// Then it closes.
    pub first: Option<Duration>,
    /// The time for a whole request head, from its first byte; 10 seconds. Then it is answered
    /// `408`.
    pub head: Option<Duration>,
    /// The time from one request to the first byte of the next; 75 seconds. Then the connection
    /// closes.
    pub idle: Option<Duration>,
    /// The time for the next bytes of a request's content, while the handler waits for them, and
    /// for all that a handler has not read; 30 seconds. Then the request is answered `408`, unless
    /// the handler answers.
    pub content: Option<Duration>,
    /// The time for a handler to begin its reply, from the request, or from the last content that
    /// it has waited for; none. Then it is dropped, and the request answered `503`.
    pub handler: Option<Duration>,
    /// The time for the peer to take some bytes of a reply; 30 seconds. Then the connection is
    /// reset.
    ///
    /// The kernels on both sides keep bytes that the peer has not read, and pass on that there is
    /// room again for many at a time. So what counts is that the kernel takes bytes: it may take
    /// some once more for a peer that reads nothing, which is cut after twice the time then.
    pub write: Option<Duration>,
    /// The least rate of a request's content and of a reply; 240 bytes a second.
    pub rate: Option<Rate>,
    /// The time for a handler or the source of a body, once the peer has ended its half of the
    /// connection; 30 seconds. A peer may do so and read on (RFC 9112 § 9.6), or have gone.
    pub half_closed: Option<Duration>,
    /// The time that a peer which still sends has to read the last reply, before the connection
    /// closes; 30 seconds. It is over 5 seconds after its last byte.
    pub linger: Option<Duration>,
    /// The time for the next bytes of the peer of an upgraded connection, while the handler waits
    /// for them; none. Then the read fails.
    pub upgraded: Option<Duration>,
}

impl Timeouts {
    /// The usual limits, which the fields tell.
    pub const fn new() -> Self {
        Self {
            handshake: Some(Duration::from_secs(10)),
            first: Some(Duration::from_secs(10)),
            head: Some(Duration::from_secs(10)),
            idle: Some(Duration::from_secs(75)),
            content: Some(Duration::from_secs(30)),
            handler: None,
            write: Some(Duration::from_secs(30)),
            rate: Some(Rate::new(240)),
            half_closed: Some(Duration::from_secs(30)),
            linger: Some(Duration::from_secs(30)),
            upgraded: None,
        }
    }

    /// No limits, for peers that can be trusted.
    pub const NONE: Self = Self {
        handshake: None,
        first: None,
        head: None,
        idle: None,
        content: None,
        handler: None,
        write: None,
        rate: None,
        half_closed: None,
        linger: None,
        upgraded: None,
    };
}

impl Timeouts {
    /// Sets the time for a [handshake](Self#structfield.handshake).
    pub fn handshake(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.handshake = length.into();
        self
    }

    /// Sets the time for the [first byte of the first request](Self#structfield.first).
    pub fn first(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.first = length.into();
        self
    }

    /// Sets the time for a whole [request head](Self#structfield.head).
    pub fn head(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.head = length.into();
        self
    }

    /// Sets the time for the [next request](Self#structfield.idle).
    pub fn idle(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.idle = length.into();
        self
    }

    /// Sets the time for the next bytes of [content](Self#structfield.content).
    pub fn content(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.content = length.into();
        self
    }

    /// Sets the time for a [handler](Self#structfield.handler) to begin its reply.
    pub fn handler(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.handler = length.into();
        self
    }

    /// Sets the time for the peer to [take some bytes](Self#structfield.write) of a reply.
    pub fn write(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.write = length.into();
        self
    }

    /// Sets the [least rate](Self#structfield.rate) of content and replies.
    pub fn rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.rate = rate.into();
        self
    }

    /// Sets the time for a handler whose peer has [ended its half](Self#structfield.half_closed)
    /// of the connection.
    pub fn half_closed(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.half_closed = length.into();
        self
    }

    /// Sets the time for the peer to [read the last reply](Self#structfield.linger).
    pub fn linger(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.linger = length.into();
        self
    }

    /// Sets the time for the next bytes of an [upgraded](Self#structfield.upgraded) connection.
    pub fn upgraded(mut self, length: impl Into<Option<Duration>>) -> Self {
        self.upgraded = length.into();
        self
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::new()
    }
}

/// The least rate at which a peer sends content, and takes a reply. Only the time that is spent
/// waiting for the peer counts: a quiet stream of events and a slow handler are not slow peers.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The bytes in a second; 240. Zero is no rate.
    pub bytes: u32,
    /// The time that the peer may wait before it has to keep to the rate; 20 seconds. Whoever is
    /// faster gains up to four times as much.
    pub grace: Duration,
}

impl Rate {
    /// A rate of so many bytes in a second, with the usual time before it counts.
    pub const fn new(bytes: u32) -> Self {
        Self {
            bytes,
            grace: Duration::from_secs(20),
        }
    }

    /// Sets the [time](Self#structfield.grace) that the peer may wait before the rate counts.
    pub const fn grace(mut self, length: Duration) -> Self {
        self.grace = length;
        self
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::new(240)
    }
}
