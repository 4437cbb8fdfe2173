use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::standing::Standing;

/// The slots of a server that are taken, and the steps of its shutdown.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    phase: AtomicU8,
    count: AtomicU64,
    /// Connections that have sent nothing since this count may be evicted.
    silent_since: AtomicU64,
    /// Set while the server waits for a connection to become idle, or to end.
    is_full: AtomicBool,
    taken: Mutex<Taken>,
    /// The bytes of memory that replies have beside the buffers.
    grown: AtomicUsize,
}

/// The steps in which connections end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Phase {
    Open,
    /// Idle ones end, and replies say that they are the last.
    Closing,
    /// All are dropped.
    Cut,
}

#[derive(Debug, Default)]
struct Taken {
    slots: Vec<Option<Slot>>,
    /// Places in `slots` that hold none.
    free: Vec<usize>,
    /// Those who wait for a slot, or that all are given back.
    waiting: Vec<Waker>,
    /// The number of times that all who wait were woken. A task may wait for several, so that its
    /// waker does not tell which of them was woken.
    rounds: u64,
    /// A connection was evicted, and no slot was given back since.
    makes_room: bool,
    /// It is descriptors that there are too few of.
    needs_descriptors: bool,
    /// The number of slots that do not count: their connections were evicted, and are about to end.
    ending: usize,
}

/// The most connections that may take a moment to end after they were evicted.
const MOST_ENDING: usize = 64;

#[derive(Debug)]
struct Slot {
    standing: Arc<Standing>,
    task: Option<Waker>,
    closing: Option<Waker>,
    is_ending: bool,
}

impl Taken {
    /// The number of connections.
    fn open(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    fn slot(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)?.as_mut()
    }

    fn is_waiting(&self, waker: &Waker) -> bool {
        self.waiting.iter().any(|waiting| waiting.will_wake(waker))
    }
}

impl Slots {
    /// The bytes of memory that replies have beside the buffers.
    pub(crate) fn grown(&self) -> usize {
        self.grown.load(Ordering::Relaxed)
    }

    /// A reply has so many bytes more.
    pub(crate) fn grew(&self, bytes: usize) {
        self.grown.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A reply gives so many bytes back.
    pub(crate) fn shrank(&self, bytes: usize) {
        self.grown.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Takes a slot, of at most so many. Where there is none, the connection that has been idle
    /// longest is evicted, or the next that becomes idle, of those that may be. Returns its index
    /// and what is known of its connection.
    pub(crate) fn take(&self, most: usize, cx: &mut Context<'_>) -> Poll<(usize, Arc<Standing>)> {
        let mut taken = self.lock();
        if taken.open() - taken.ending >= most {
            // A connection that becomes idle sees it, or is seen to be idle.
            self.is_full.store(true, Ordering::SeqCst);
            let evicted = self.evict(&mut taken);
            return wait(taken, cx, evicted);
        }
        self.is_full.store(false, Ordering::SeqCst);
        taken.needs_descriptors = false;
        let standing = Arc::<Standing>::default();
        let slot = Some(Slot {
            standing: Arc::clone(&standing),
            task: None,
            closing: None,
            is_ending: false,
        });
        let index = match taken.free.pop() {
            Some(index) => index,
            None => {
                taken.slots.push(None);
                taken.slots.len() - 1
            }
        };
        if let Some(place) = taken.slots.get_mut(index) {
            *place = slot;
        }
        Poll::Ready((index, standing))
    }

    /// Has the connection end that has been idle longest, of those that may be evicted, and waits
    /// until it has, or another, or another is idle. `asked` is set once that has begun.
    pub(crate) fn make_room(&self, asked: &mut Option<u64>, cx: &mut Context<'_>) -> Poll<()> {
        let mut taken = self.lock();
        if *asked.get_or_insert(taken.rounds) != taken.rounds {
            return Poll::Ready(());
        }
        self.is_full.store(true, Ordering::SeqCst);
        taken.needs_descriptors = true;
        let evicted = self.evict(&mut taken);
        wait(taken, cx, evicted)
    }

    /// Waits until all slots have been given back.
    pub(crate) fn all_given_back(&self, cx: &mut Context<'_>) -> Poll<()> {
        let taken = self.lock();
        match taken.open() {
            0 => Poll::Ready(()),
            _ => wait(taken, cx, None),
        }
    }

    /// The number of connections.
    pub(crate) fn open(&self) -> usize {
        self.lock().open()
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Open,
            1 => Phase::Closing,
            _ => Phase::Cut,
        }
    }

    /// Enters a later phase, and has each connection polled for it.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.fetch_max(phase as u8, Ordering::AcqRel);
        // Who comes for the lock later sees the phase.
        let mut taken = self.lock();
        let slots = taken.slots.iter_mut().flatten();
        let wakers: Vec<Waker> = slots
            .flat_map(|slot| [slot.task.clone(), slot.closing.take()])
            .flatten()
            .collect();
        drop(taken);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Connections that have sent nothing since `count` may be evicted from now on.
    pub(crate) fn evict_silent_since(&self, count: u64) {
        self.silent_since.fetch_max(count, Ordering::SeqCst);
    }

    /// The last count that was given.
    pub(crate) fn last_count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// A count that is above all before it.
    pub(crate) fn next_count(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A connection has become idle.
    pub(crate) fn became_idle(&self) {
        if self.is_full.load(Ordering::SeqCst) {
            wake_waiting(self.lock());
        }
    }

    /// A connection that was evicted has something to do, and does not make room.
    pub(crate) fn goes_on(&self) {
        let mut taken = self.lock();
        taken.makes_room = false;
        wake_waiting(taken);
    }

    /// A connection that was evicted leaves its room before it ends, if that helps.
    pub(crate) fn leave_room(&self, index: usize) -> bool {
        let mut taken = self.lock();
        if taken.needs_descriptors || taken.ending >= MOST_ENDING {
            return false;
        }
        if let Some(slot) = taken.slot(index)
            && !std::mem::replace(&mut slot.is_ending, true)
        {
            taken.ending += 1;
        }
        taken.makes_room = false;
        wake_waiting(taken);
        true
    }

    pub(crate) fn set_waker(&self, index: usize, waker: &Waker) {
        let waker = waker.clone();
        let mut taken = self.lock();
        let before = taken.slot(index).and_then(|slot| slot.task.replace(waker));
        // Wakers are dropped and woken without the lock: they may run what takes it.
        drop(taken);
        drop(before);
    }

    /// Has the task woken when the server shuts down or the connection ends, in the place of one
    /// before; false where it has ended, and its slot may be another's.
    pub(crate) fn set_closing_waker(
        &self,
        index: usize,
        standing: &Arc<Standing>,
        waker: &Waker,
    ) -> bool {
        let waker = waker.clone();
        let mut taken = self.lock();
        let slot = taken.slot(index);
        let Some(slot) = slot.filter(|slot| Arc::ptr_eq(&slot.standing, standing)) else {
            return false;
        };
        let before = slot.closing.replace(waker);
        drop(taken);
        drop(before);
        true
    }

    pub(crate) fn give_back(&self, index: usize) {
        let mut taken = self.lock();
        let slot = taken.slots.get_mut(index).and_then(Option::take);
        taken.free.push(index);
        taken.ending -= usize::from(slot.as_ref().is_some_and(|slot| slot.is_ending));
        taken.makes_room = false;
        // Its wakers are woken and dropped after the lock.
        wake_waiting(taken);
        if let Some(closing) = slot.and_then(|slot| slot.closing) {
            // It may wait in a task of its own, which has outlived the connection.
            closing.wake();
        }
    }

    /// Evicts the connection that has been idle longest, unless another makes room already; returns
    /// whom to wake.
    fn evict(&self, taken: &mut Taken) -> Option<Waker> {
        if taken.makes_room {
            return None;
        }
        let silent_since = self.silent_since.load(Ordering::SeqCst);
        loop {
            let idle = taken.slots.iter().flatten();
            let idle =
                idle.filter_map(|slot| Some((slot.standing.idle_since(silent_since)?, slot)));
            let (since, longest) = idle.min_by_key(|(since, _)| *since)?;
            if longest.standing.evict(since) {
                let waker = longest.task.clone();
                taken.makes_room = true;
                return waker;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing panics while it holds the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has the task woken when a slot is given back, after it has woken another.
fn wait<R>(
    mut taken: MutexGuard<'_, Taken>,
    cx: &mut Context<'_>,
    wakes: Option<Waker>,
) -> Poll<R> {
    if !taken.is_waiting(cx.waker()) {
        taken.waiting.push(cx.waker().clone());
    }
    // Wakers are woken without the lock: they may run what takes it.
    drop(taken);
    wakes.into_iter().for_each(Waker::wake);
    Poll::Pending
}

/// Wakes all who wait for a slot, without the lock.
fn wake_waiting(mut taken: MutexGuard<'_, Taken>) {
    let waiting = std::mem::take(&mut taken.waiting);
    taken.rounds += 1;
    drop(taken);
    waiting.into_iter().for_each(Waker::wake);
}
