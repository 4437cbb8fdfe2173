use std::time::Duration;

/// The limits of what a server spends on its connections.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The most connections at once; 10,000. Where there is another one, that which has been idle
    /// longest is closed; where none is idle, it waits.
    pub connections: usize,
    /// The time that open connections have to finish when the server shuts down; 30 seconds.
    pub grace: Duration,
    /// The request buffer of a connection, in bytes; 8 KiB. Larger heads are answered `431` or
    /// `414`; a head that leaves less than 64 bytes for content in chunks is answered `431`.
    pub buffer: usize,
    /// The reply buffer of a connection, in bytes; 12 KiB. A larger reply is an error, unless it is
    /// sent as a transfer. A file that fits it with its head leaves in one write.
    ///
    /// An idle connection has no buffers.
    pub reply_buffer: usize,
    /// The time that a connection may wait.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections: 10_000,
            grace: Duration::from_secs(30),
            buffer: 8 * 1024,
            reply_buffer: 12 * 1024,
            timeouts: Timeouts::default(),
        }
    }
}

/// The time that a connection may wait for its peer, and for its handler; `None` is for ever.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
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
    /// room again for many at a time. So what counts is that the kernel takes bytes.
    pub write: Option<Duration>,
    /// The least rate of a request's content and of a reply; 240 bytes a second.
    pub rate: Option<Rate>,
    /// The time for a handler or the source of a body, once the peer has ended its half of the
    /// connection; 30 seconds. A peer may do so and read on (RFC 9112 § 9.6), or have gone.
    pub half_closed: Option<Duration>,
    /// The time that a peer which still sends has to read the last reply, before the connection
    /// closes; 30 seconds. It is over 5 seconds after its last byte.
    pub linger: Option<Duration>,
}

impl Timeouts {
    /// No limits, for peers that can be trusted.
    pub const NONE: Self = Self {
        first: None,
        head: None,
        idle: None,
        content: None,
        handler: None,
        write: None,
        rate: None,
        half_closed: None,
        linger: None,
    };
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            first: Some(Duration::from_secs(10)),
            head: Some(Duration::from_secs(10)),
            idle: Some(Duration::from_secs(75)),
            content: Some(Duration::from_secs(30)),
            handler: None,
            write: Some(Duration::from_secs(30)),
            rate: Some(Rate::default()),
            half_closed: Some(Duration::from_secs(30)),
            linger: Some(Duration::from_secs(30)),
        }
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
    /// So many bytes in a second, once the peer has waited for `grace`.
    pub const fn new(bytes: u32, grace: Duration) -> Self {
        Self { bytes, grace }
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            bytes: 240,
            grace: Duration::from_secs(20),
        }
    }
}
