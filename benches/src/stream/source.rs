//! What is streamed: the same chunks, whoever sends them.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{sleep, spawn};
use std::time::Duration;

use bytes::Bytes;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{Stream, StreamExt};
use replywire_embedded::Chunks;
use rustix::time::{ClockId, clock_gettime};

/// How long there is nothing between two lone events.
const PAUSE: Duration = Duration::from_millis(1);
/// How long a lone event is.
pub(super) const STAMP: usize = 16;

/// A body in chunks.
#[derive(Debug)]
pub(super) enum Source {
    /// They are always ready.
    Ready(Ready),
    /// They come one by one, for ever: each is the time it was made.
    Lone {
        events: UnboundedReceiver<Bytes>,
        event: Bytes,
    },
}

impl Source {
    /// The path that asks for `count` chunks of `len` bytes.
    pub(super) fn ready(len: usize, count: usize) -> String {
        format!("/{len}/{count}")
    }

    /// The path that asks for lone events.
    pub(super) const LONE: &str = "/lone";

    /// What was asked for.
    pub(super) fn at(path: &str) -> Option<Self> {
        if path == Self::LONE {
            return Some(Self::lone());
        }
        let (len, count) = path.strip_prefix('/')?.split_once('/')?;
        Some(Self::Ready(Ready {
            len: len.parse().ok().filter(|len| *len <= TABLE.len())?,
            left: count.parse().ok()?,
            at: 0,
        }))
    }

    fn lone() -> Self {
        let (sender, events) = unbounded();
        spawn(move || {
            loop {
                sleep(PAUSE);
                let stamp = format!("{:0STAMP$x}", now());
                if sender.unbounded_send(Bytes::from(stamp)).is_err() {
                    return;
                }
            }
        });
        Self::Lone {
            events,
            event: Bytes::new(),
        }
    }
}

/// Nanoseconds by a clock that all processes share.
pub(super) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The body that `count` chunks of `len` bytes make.
pub(super) fn body(len: usize, count: usize) -> Vec<u8> {
    let ready = Ready {
        len,
        left: count,
        at: 0,
    };
    ready.flatten().copied().collect()
}

/// Chunks that are always ready: the next piece of a table, from its beginning where it ends.
#[derive(Debug)]
pub(super) struct Ready {
    len: usize,
    left: usize,
    at: usize,
}

impl Iterator for Ready {
    type Item = &'static [u8];

    #[inline]
    fn next(&mut self) -> Option<&'static [u8]> {
        self.left = self.left.checked_sub(1)?;
        let end = self.at + self.len;
        let (at, end) = match end <= TABLE.len() {
            true => (self.at, end),
            false => (0, self.len),
        };
        self.at = end;
        Some(&TABLE[at..end])
    }
}

/// It stays in the cache, and no length of a chunk divides its length.
static TABLE: [u8; 16_381] = {
    let mut table = [0; 16_381];
    let mut bits = 0x2545_f491_u32;
    let mut index = 0;
    while index < table.len() {
        bits ^= bits << 13;
        bits ^= bits >> 17;
        bits ^= bits << 5;
        table[index] = bits as u8;
        index += 1;
    }
    table
};

/// For Replywire.
impl Chunks for Source {
    type Chunk<'c> = &'c [u8];
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&[u8]>, Infallible> {
        match self {
            Self::Ready(ready) => Ok(ready.next()),
            Self::Lone { events, event } => {
                let next = poll_fn(|cx| events.poll_next_unpin(cx)).await;
                Ok(next.map(|next| {
                    *event = next;
                    &event[..]
                }))
            }
        }
    }
}

/// For the peers.
impl Stream for Source {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.get_mut() {
            Self::Ready(ready) => {
                Poll::Ready(ready.next().map(|next| Ok(Bytes::from_static(next))))
            }
            Self::Lone { events, .. } => events.poll_next_unpin(cx).map(|next| next.map(Ok)),
        }
    }
}
