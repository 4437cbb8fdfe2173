//! The place that one chunk passes through, from whoever makes it to the reply.

use core::fmt;
use core::future::poll_fn;
use core::ops::Deref;
use core::task::{Context, Poll, Waker};

use crate::lent::Slot;

/// The place that the chunks of a [`FromFuture`](crate::FromFuture) pass through, one at a time.
pub struct Handover<I>(Slot<Stage<I>>);

/// The stage of the next chunk. There is none while the source is polled.
enum Stage<I> {
    /// The source waits for it.
    Awaited(Waker),
    /// It is there, and its sender waits until it is taken.
    Sent(I, Waker),
    /// There is no source any more.
    Ended,
}

impl<I> fmt::Debug for Handover<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handover").finish_non_exhaustive()
    }
}

impl<I> Default for Handover<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> Handover<I> {
    /// An empty place.
    pub const fn new() -> Self {
        Self(Slot::empty())
    }

    /// The two ends of the place: one for the future, the other for the source that polls it.
    /// Nothing is left of those that there were before.
    pub fn split(&mut self) -> (Sender<&Self>, Receiver<&Self>) {
        drop(self.0.with(Option::take));
        (Sender { place: self }, Receiver { place: self })
    }

    /// The two ends of a place that they share, such as by an `Arc`. Have one pair for a place: of
    /// two, one may take back what the other has sent.
    pub fn share<C>(place: C) -> (Sender<C>, Receiver<C>)
    where
        C: Clone + Deref<Target = Self>,
    {
        let sender = Sender {
            place: place.clone(),
        };
        (sender, Receiver { place })
    }

    /// Sends `item`, if it was not yet; ready when it was taken, or is not wanted any more.
    fn poll_send(&self, item: &mut Option<I>, cx: &mut Context<'_>) -> Poll<()> {
        let (polled, before) = self.0.with(|stage| match stage {
            Some(Stage::Ended) => (Poll::Ready(()), None),
            Some(Stage::Sent(_, sender)) => {
                sender.clone_from(cx.waker());
                (Poll::Pending, None)
            }
            Some(Stage::Awaited(_)) | None => match item.take() {
                Some(item) => {
                    let sent = Stage::Sent(item, cx.waker().clone());
                    (Poll::Pending, stage.replace(sent))
                }
                None => (Poll::Ready(()), None),
            },
        });
        // While a source polls its future, it awaits nothing, and looks afterwards.
        if let Some(Stage::Awaited(source)) = before {
            source.wake();
        }
        polled
    }

    /// Takes what was sent and is not wanted there.
    fn take_back(&self) -> Option<I> {
        self.0.with(|stage| match stage.take() {
            Some(Stage::Sent(item, _)) => Some(item),
            other => {
                *stage = other;
                None
            }
        })
    }
}

/// A way to a [`Handover`]: a reference to it, an `Arc`. All that derefs to one is a way to it, and
/// nothing else.
pub trait Place: sealed::Sealed {
    /// The type of what passes through.
    type Item;

    /// Returns the place.
    fn place(&self) -> &Handover<Self::Item>;
}

impl<C, I> Place for C
where
    C: Deref<Target = Handover<I>>,
{
    type Item = I;

    fn place(&self) -> &Handover<I> {
        self
    }
}

mod sealed {
    use core::ops::Deref;

    pub trait Sealed {}

    impl<C, I> Sealed for C where C: Deref<Target = super::Handover<I>> {}
}

/// The end of a [`Handover`] by which a future sends chunks, one at a time.
///
/// Another task may have it too, but the body ends with the future all the same.
pub struct Sender<C> {
    place: C,
}

impl<C> fmt::Debug for Sender<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<C: Place> Sender<C> {
    /// Sends the next chunk: waits until the reply has taken it and wants another. Once the source
    /// has ended, the chunk is dropped.
    ///
    /// Dropping the future takes the chunk back, unless it was taken.
    pub async fn send(&mut self, item: C::Item) {
        let sent = Sent(self.place.place());
        let mut item = Some(item);
        poll_fn(|cx| sent.0.poll_send(&mut item, cx)).await;
    }
}

/// A chunk that was sent, or is about to be.
struct Sent<'h, I>(&'h Handover<I>);

impl<I> Drop for Sent<'_, I> {
    fn drop(&mut self) {
        drop(self.0.take_back());
    }
}

/// The end of a [`Handover`] where a source takes chunks.
pub struct Receiver<C: Place> {
    place: C,
}

impl<C: Place> fmt::Debug for Receiver<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

impl<C: Place> Receiver<C> {
    /// Takes a chunk that was sent since the last one was asked for, and has its sender go on.
    pub(crate) fn take(&mut self) -> Option<C::Item> {
        let (item, sender) = self.sent()?;
        sender.wake();
        Some(item)
    }

    /// Awaits nothing while the future is polled.
    pub(crate) fn look(&mut self) {
        drop(self.place.place().0.with(|stage| match stage {
            Some(Stage::Awaited(_)) => stage.take(),
            _ => None,
        }));
    }

    fn sent(&mut self) -> Option<(C::Item, Waker)> {
        self.place.place().0.with(|stage| match stage.take() {
            Some(Stage::Sent(item, sender)) => Some((item, sender)),
            other => {
                *stage = other;
                None
            }
        })
    }

    /// Takes a chunk that was sent while the future was polled.
    fn take_polled(&mut self, cx: &Context<'_>) -> Option<C::Item> {
        let (item, sender) = self.sent()?;
        // The future goes on when the next chunk is asked for.
        if !sender.will_wake(cx.waker()) {
            sender.wake();
        }
        Some(item)
    }

    /// Takes the next chunk, or has this task woken when there is one.
    pub(crate) fn poll_take(&mut self, cx: &Context<'_>) -> Poll<C::Item> {
        match self.take_polled(cx) {
            Some(item) => Poll::Ready(item),
            None => {
                let waker = cx.waker().clone();
                // One that was sent meanwhile is not written over.
                let before = self.place.place().0.with(|stage| match stage {
                    Some(Stage::Sent(..)) => None,
                    _ => stage.replace(Stage::Awaited(waker)),
                });
                drop(before);
                self.take_polled(cx).map_or(Poll::Pending, Poll::Ready)
            }
        }
    }
}

impl<C: Place> Drop for Receiver<C> {
    fn drop(&mut self) {
        let before = self
            .place
            .place()
            .0
            .with(|stage| stage.replace(Stage::Ended));
        if let Some(Stage::Sent(_, sender)) = before {
            sender.wake();
        }
    }
}
