//! The way that a reply takes from the driver to the host: a head, then one frame at a time.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use replywire::request::Exchange;

use crate::reply_head::{Arrived, Fields, ReplyHead, trailers};

/// The most bytes of a frame.
const MOST: usize = 64 * 1024;

/// The place where what has left the driver waits for the host; it is used for one request after
/// the other.
#[derive(Default)]
pub(crate) struct Passage {
    place: Mutex<Passing>,
    /// Some of the reply has come, and the rest has not.
    is_under_way: AtomicBool,
}

/// A reply on its way.
#[derive(Default)]
struct Passing {
    head: Option<Arrived>,
    /// The head has come.
    has_head: bool,
    /// The bytes of a head that is not whole.
    partial: Vec<u8>,
    frame: Option<Bytes>,
    trailers: Option<HeaderMap>,
    /// The driver, where it waits for the place to be free.
    waiting: Option<Waker>,
}

/// The sight of a passage: what waits there for the host.
pub(crate) struct Seen {
    /// The head of a reply waits, whose body follows.
    pub(crate) goes_on: bool,
    /// All of the reply has come.
    pub(crate) is_whole: bool,
    /// Nothing but the head waits for the host.
    pub(crate) is_empty: bool,
}

impl Seen {
    /// Nothing has gone through the passage.
    pub(crate) const NOTHING: Self = Self {
        goes_on: false,
        is_whole: false,
        is_empty: true,
    };
}

impl Passage {
    /// Is free for the next reply.
    pub(crate) fn clear(&self) {
        self.under_way(false);
        *self.place() = Passing::default();
    }

    /// Sees what the driver has come to.
    pub(crate) fn see(&self) -> Seen {
        let reply = self.place();
        Seen {
            goes_on: reply.head.as_ref().is_some_and(Arrived::goes_on),
            is_whole: reply.has_head && !self.is_under_way.load(Ordering::Acquire),
            is_empty: reply.frame.is_none() && reply.trailers.is_none(),
        }
    }

    /// Takes the head that has come, for the host, which polls with `cx`, and its `fields`.
    pub(crate) fn take_head(
        &self,
        cx: &Context<'_>,
        fields: &mut impl Fields,
    ) -> Option<ReplyHead> {
        let mut place = self.place();
        let head = place.head.take()?;
        let waiting = place.waiting.take();
        drop(place);
        wake(waiting, cx);
        head.read(fields)
    }

    fn place(&self) -> MutexGuard<'_, Passing> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes some of `bytes` from the driver, once the host has taken what came before.
    pub(crate) fn poll_write(
        &self,
        cx: &Context<'_>,
        exchange: &Exchange<'static>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = bytes.get(..MOST).unwrap_or(bytes);
        self.poll_put(cx, exchange, bytes, Bytes::copy_from_slice)
    }

    /// The same of bytes that are shared, all of which it takes.
    pub(crate) fn poll_share(
        &self,
        cx: &Context<'_>,
        exchange: &Exchange<'static>,
        bytes: &Bytes,
    ) -> Poll<io::Result<usize>> {
        self.poll_put(cx, exchange, bytes, |part| bytes.slice_ref(part))
    }

    /// Takes `bytes`, of which `share` makes what is kept.
    fn poll_put(
        &self,
        cx: &Context<'_>,
        exchange: &Exchange<'static>,
        bytes: &[u8],
        share: impl FnOnce(&[u8]) -> Bytes,
    ) -> Poll<io::Result<usize>> {
        let reply = &mut *self.place();
        if !reply.has_head {
            reply.put_head(exchange, bytes, share);
            return Poll::Ready(Ok(bytes.len()));
        }
        // Bytes of the body may have come with the head.
        if reply.frame.is_some() || reply.head.as_ref().is_some_and(Arrived::has_body) {
            reply.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        }
        reply.frame = Some(share(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    pub(crate) fn under_way(&self, is_under_way: bool) {
        self.is_under_way.store(is_under_way, Ordering::Release);
    }

    pub(crate) fn put_trailers(&self, lines: &[u8]) {
        self.place().trailers = trailers(lines);
    }

    /// Takes the next frame of the body for the host, which polls with `cx`.
    pub(crate) fn take_frame(&self, cx: &Context<'_>) -> Option<Bytes> {
        let mut place = self.place();
        let frame = place.frame.take()?;
        let waiting = place.waiting.take();
        drop(place);
        wake(waiting, cx);
        Some(frame)
    }

    /// The trailer fields, after the last frame.
    pub(crate) fn take_trailers(&self) -> Option<HeaderMap> {
        self.place().trailers.take()
    }
}

/// Has the driver go on, unless it waits in the task of the host, which polls it by itself.
fn wake(waiting: Option<Waker>, cx: &Context<'_>) {
    if let Some(waker) = waiting.filter(|waker| !waker.will_wake(cx.waker())) {
        waker.wake();
    }
}

impl Passing {
    /// Puts all of `bytes`, with which the head may end.
    fn put_head(
        &mut self,
        exchange: &Exchange<'static>,
        bytes: &[u8],
        share: impl FnOnce(&[u8]) -> Bytes,
    ) {
        let begun = std::mem::take(&mut self.partial);
        let all;
        let found = match begun.is_empty() {
            true => Arrived::find(exchange, bytes, share),
            false => {
                all = [&*begun, bytes].concat();
                Arrived::find(exchange, &all, Bytes::copy_from_slice)
            }
        };
        match found {
            Ok(head) => {
                self.has_head = true;
                self.head = Some(head);
            }
            Err(rest) => self.partial = rest.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use replywire::Status;

    use super::*;

    #[test]
    fn interim_heads_are_dropped_as_soon_as_they_are_whole() {
        const INTERIM: &[u8] = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
        const LAST: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

        let all = [INTERIM, INTERIM, INTERIM, LAST].concat();
        for step in 1..=all.len() {
            let passage = Passage::default();
            let cx = &mut Context::from_waker(Waker::noop());
            let mut body = Vec::new();
            for bytes in all.chunks(step) {
                let mut bytes = bytes;
                while !bytes.is_empty() {
                    let exchange = &Exchange::GET.hosted();
                    let written = passage.poll_write(cx, exchange, bytes);
                    let Poll::Ready(Ok(n @ 1..)) = written else {
                        panic!("{step}: {written:?}");
                    };
                    bytes = &bytes[n..];
                    let waits = passage.place().partial.len();
                    assert!(waits < INTERIM.len().max(LAST.len()), "{step}: {waits}");
                    if let Some(head) = passage.take_head(cx, &mut HeaderMap::new()) {
                        assert_eq!(head.status, Status::OK);
                        assert_eq!(head.body_len, Some(2));
                        body.extend(head.body);
                    }
                    body.extend(passage.take_frame(cx).unwrap_or_default());
                }
            }
            assert_eq!(body, b"hi", "{step}");
        }
    }
}
