use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use replywire_embedded::ConnectionError;

use crate::grown_reply::GrownReply;
use crate::slots::{Phase, Slots};
use crate::standing::Standing;

/// The slot of one connection, which is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot(SlotHandle);

/// The slot of a connection, as the connection sees it.
#[derive(Clone, Debug)]
pub(crate) struct SlotHandle {
    index: usize,
    standing: Arc<Standing>,
    slots: Arc<Slots>,
}

impl ConnectionSlot {
    pub(crate) fn new(index: usize, standing: Arc<Standing>, slots: Arc<Slots>) -> Self {
        Self(SlotHandle {
            index,
            standing,
            slots,
        })
    }

    /// The slot, for the connection.
    pub(crate) fn handle(&self) -> SlotHandle {
        self.0.clone()
    }

    /// Does `work`, which is the connection, in this slot. It is polled when the server shuts
    /// down or the connection is evicted, and dropped when the grace time is over or the server is
    /// dropped.
    pub(crate) const fn hold<F>(self, work: F) -> Held<F> {
        Held {
            work,
            woken: None,
            slot: self,
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.0.slots.give_back(self.0.index);
    }
}

pin_project! {
    /// The work of a connection in its slot.
    #[derive(Debug)]
    pub(crate) struct Held<F> {
        // It is dropped before the slot is given back.
        #[pin]
        work: F,
        woken: Option<Waker>,
        slot: ConnectionSlot,
    }
}

impl<R, F: Future<Output = Result<R, ConnectionError<io::Error>>>> Future for Held<F> {
    type Output = F::Output;

    /// Polls the work, which has timed out where it was cut.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let SlotHandle { index, slots, .. } = &this.slot.0;
        if !matches!(this.woken, Some(waker) if cx.waker().will_wake(waker)) {
            *this.woken = Some(cx.waker().clone());
            slots.set_waker(*index, cx.waker());
        }
        match slots.phase() {
            Phase::Cut => Poll::Ready(Err(ConnectionError::Io(io::ErrorKind::TimedOut.into()))),
            Phase::Open | Phase::Closing => this.work.poll(cx),
        }
    }
}

impl SlotHandle {
    /// The connection is idle from now on, and may be evicted.
    pub(crate) fn set_idle(&self, was_answered: bool) {
        self.standing
            .set_idle(self.slots.next_count(), was_answered);
        self.slots.became_idle();
    }

    /// The connection has something to do, so that another has to be evicted in its place.
    pub(crate) fn set_busy(&self) {
        if self.standing.set_busy() {
            self.slots.goes_on();
        }
    }

    /// Tells whether the connection is to make room for another.
    pub(crate) fn is_evicted(&self) -> bool {
        self.standing.is_evicted()
    }

    /// Makes room for another connection at once, although this one takes a moment to end; false
    /// where only its end makes room.
    pub(crate) fn leave_room(&self) -> bool {
        self.slots.leave_room(self.index)
    }

    /// Memory for a reply of up to `size` bytes; `None` where the system has none.
    pub(crate) fn memory(&self, size: usize) -> Option<GrownReply> {
        GrownReply::new(size, Arc::clone(&self.slots))
    }

    /// Tells whether the server shuts down.
    pub(crate) fn is_closing(&self) -> bool {
        self.slots.phase() != Phase::Open
    }

    /// Waits until the server shuts down, or the connection has ended. Only the task that asked
    /// last is woken.
    pub(crate) fn poll_closing(&self, cx: &mut Context<'_>) -> Poll<()> {
        let waits = || {
            self.slots
                .set_closing_waker(self.index, &self.standing, cx.waker())
        };
        // It may begin meanwhile.
        match self.is_closing() || !waits() || self.is_closing() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}
