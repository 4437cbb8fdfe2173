use std::time::Duration;

/// The limits of what a server spends on its connections.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The most connections at once; 10,000. Others wait to be accepted.
    pub connections: usize,
    /// The time that open connections have to finish when the server shuts down; 30 seconds.
    pub grace: Duration,
    /// The request buffer of a connection, in bytes; 8 KiB. Larger heads are answered `431` or
    /// `414`.
    pub buffer: usize,
    /// The reply buffer of a connection, in bytes; 12 KiB. A larger reply is an error, unless it is
    /// sent as a transfer. A file that fits it with its head leaves in one write.
    pub reply_buffer: usize,
    /// The time that a connection may wait for its peer.
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

/// The time that a connection may wait for its peer; `None` is for ever.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The time for a whole request head, from its first byte (of the first head: from the
    /// connection's start); 10 seconds.
    pub head: Option<Duration>,
    /// The time for the next request on a connection kept alive; 75 seconds. Then it closes.
    pub idle: Option<Duration>,
    /// The time for the next bytes of a request's content, and for all that a handler has not
    /// read; 30 seconds.
    pub content: Option<Duration>,
    /// The time for the peer to take some bytes of a reply; 30 seconds.
    pub write: Option<Duration>,
}

impl Timeouts {
    /// No limits, for peers that can be trusted.
    pub const NONE: Self = Self {
        head: None,
        idle: None,
        content: None,
        write: None,
    };
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Some(Duration::from_secs(10)),
            idle: Some(Duration::from_secs(75)),
            content: Some(Duration::from_secs(30)),
            write: Some(Duration::from_secs(30)),
        }
    }
}
