//! The way that a reply takes from the driver to the host: a head, then one frame at a time.

use std::borrow::Cow;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use replywire::request::Exchange;

use crate::head::{ReplyHead, trailers};
use crate::job::Job;
use crate::memory::Memory;

/// The most bytes of a frame.
const MOST: usize = 64 * 1024;

/// The place where what has left the driver waits for the host; it is used for one request after
/// the other.
#[derive(Default)]
pub(crate) struct Passage {
    place: Mutex<Place>,
    /// Some of the reply has come, and the rest has not.
    is_under_way: AtomicBool,
}

#[derive(Default)]
struct Place {
    job: Option<Job>,
    end: Option<End>,
    exchange: Option<Exchange<'static>>,
    head: Option<ReplyHead>,
    /// The head has come.
    has_head: bool,
    /// The bytes of a head that is not whole.
    partial: Vec<u8>,
    frame: Option<Bytes>,
    trailers: Option<HeaderMap>,
    /// The driver, where it waits for the place to be free.
    waiting: Option<Waker>,
}

/// The end of a request.
pub(crate) struct End {
    /// The reply is whole.
    pub(crate) is_whole: bool,
    /// The memory of the head of the request.
    pub(crate) bytes: Vec<u8>,
}

/// The state that the driver has come to.
pub(crate) struct Seen {
    /// The head of the reply, which the host takes.
    pub(crate) head: Option<ReplyHead>,
    pub(crate) end: Option<End>,
    /// All of the reply has come.
    pub(crate) is_whole: bool,
    /// Nothing but the head waits for the host.
    pub(crate) is_empty: bool,
}

impl Passage {
    /// Begins with a request.
    pub(crate) fn begin(&self, job: Job) {
        self.under_way(false);
        let mut place = self.place();
        *place = Place {
            exchange: Some(job.exchange()),
            job: Some(job),
            ..Place::default()
        };
    }

    /// Waits for a request, after the `end` of another; nobody is woken for it, as who begins with
    /// it polls.
    pub(crate) fn poll_job(&self, end: &mut Option<End>) -> Poll<Job> {
        let mut place = self.place();
        if let Some(end) = end.take() {
            place.end = Some(end);
        }
        place.job.take().map_or(Poll::Pending, Poll::Ready)
    }

    /// Sees what the driver has come to, for the host, which polls with `cx`.
    pub(crate) fn see(&self, cx: &Context<'_>) -> Seen {
        let mut place = self.place();
        let head = place.head.take();
        if head.is_some() {
            place.wake(cx);
        }
        Seen {
            head,
            end: place.end.take(),
            is_whole: place.has_head && !self.is_under_way.load(Ordering::Acquire),
            is_empty: place.frame.is_none() && place.trailers.is_none(),
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes some of `bytes` from the driver, once the host has taken what came before.
    pub(crate) fn poll_write(
        &self,
        cx: &Context<'_>,
        bytes: &[u8],
        memory: &mut Memory,
    ) -> Poll<io::Result<usize>> {
        let mut place = self.place();
        if !place.has_head {
            place.take_head(bytes, memory);
            return Poll::Ready(Ok(bytes.len()));
        }
        // Bytes of the body may have come with the head.
        if place.frame.is_some() || place.head.as_ref().is_some_and(ReplyHead::has_body) {
            place.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let bytes = bytes.get(..MOST).unwrap_or(bytes);
        place.frame = Some(memory.copy(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    pub(crate) fn under_way(&self, is_under_way: bool) {
        self.is_under_way.store(is_under_way, Ordering::Release);
    }

    pub(crate) fn put_trailers(&self, lines: &[u8]) {
        self.place().trailers = trailers(lines).ok();
    }

    /// Takes the next frame of the body for the host, which polls with `cx`.
    pub(crate) fn take_frame(&self, cx: &Context<'_>) -> Option<Bytes> {
        let mut place = self.place();
        let frame = place.frame.take()?;
        place.wake(cx);
        Some(frame)
    }

    /// The trailer fields, after the last frame.
    pub(crate) fn take_trailers(&self) -> Option<HeaderMap> {
        self.place().trailers.take()
    }
}

impl Place {
    /// Has the driver go on, unless it waits in the task of the host, which polls it by itself.
    fn wake(&mut self, cx: &Context<'_>) {
        let waiting = self.waiting.take();
        if let Some(waker) = waiting.filter(|waker| !waker.will_wake(cx.waker())) {
            waker.wake();
        }
    }

    /// Takes all of `bytes`, with which the head may end.
    fn take_head(&mut self, bytes: &[u8], memory: &mut Memory) {
        let exchange = self.exchange.as_ref().unwrap_or(&Exchange::GET);
        let begun = std::mem::take(&mut self.partial);
        let all = match begun.is_empty() {
            true => Cow::Borrowed(bytes),
            false => Cow::Owned([&*begun, bytes].concat()),
        };
        match ReplyHead::read(exchange, &all, memory) {
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
            let mut memory = Memory::default();
            let mut body = Vec::new();
            for bytes in all.chunks(step) {
                let mut bytes = bytes;
                while !bytes.is_empty() {
                    let written = passage.poll_write(cx, bytes, &mut memory);
                    let Poll::Ready(Ok(n @ 1..)) = written else {
                        panic!("{step}: {written:?}");
                    };
                    bytes = &bytes[n..];
                    let waits = passage.place().partial.len();
                    assert!(waits < INTERIM.len().max(LAST.len()), "{step}: {waits}");
                    if let Some(head) = passage.see(cx).head {
                        assert_eq!(head.status(), Status::OK);
                        assert_eq!(head.body_len(), Some(2));
                        body.extend(head.body());
                    }
                    body.extend(passage.take_frame(cx).unwrap_or_default());
                }
            }
            assert_eq!(body, b"hi", "{step}");
        }
    }
}
