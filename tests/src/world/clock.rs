//! The clock of the world, and its timers: it stands while anyone can do anything, then goes on to
//! the next timer.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Debug, Default)]
struct Clock {
    /// Nanoseconds since the run began.
    now: u64,
    timers: Vec<Option<Entry>>,
}

#[derive(Debug)]
struct Entry {
    at: u64,
    /// The task that waits for it.
    waker: Option<Waker>,
}

thread_local!(static CLOCK: RefCell<Clock> = RefCell::default());

pub(super) const SECOND: u64 = 1_000_000_000;
pub(super) const MILLISECOND: u64 = 1_000_000;

pub(super) fn begin() {
    CLOCK.set(Clock::default());
}

/// The nanoseconds since the run began.
pub(super) fn now() -> u64 {
    CLOCK.with_borrow(|clock| clock.now)
}

/// The number of timers that there are.
pub(super) fn timers() -> usize {
    CLOCK.with_borrow(|clock| clock.timers.iter().flatten().count())
}

/// The time at which the next timer that someone waits for goes off.
pub(super) fn next() -> Option<u64> {
    CLOCK.with_borrow(|clock| {
        let waited = clock.timers.iter().flatten();
        waited
            .filter(|entry| entry.waker.is_some())
            .map(|entry| entry.at)
            .min()
    })
}

/// Goes on to this time, and wakes who waits for it.
pub(super) fn go_on_to(time: u64) {
    let due: Vec<Waker> = CLOCK.with_borrow_mut(|clock| {
        clock.now = clock.now.max(time);
        let now = clock.now;
        let due = clock
            .timers
            .iter_mut()
            .flatten()
            .filter(|entry| entry.at <= now);
        due.filter_map(|entry| entry.waker.take()).collect()
    });
    due.into_iter().for_each(Waker::wake);
}

/// A timer of the world.
#[derive(Debug)]
pub struct Timer {
    place: usize,
}

impl replywire_std::Timer for Timer {
    type Instant = u64;

    fn after(length: Duration) -> Option<u64> {
        let length = u64::try_from(length.as_nanos()).ok()?;
        now().checked_add(length)
    }

    fn since(instant: u64) -> Duration {
        Duration::from_nanos(now().saturating_sub(instant))
    }

    fn at(at: u64) -> Self {
        let entry = Some(Entry { at, waker: None });
        let place = CLOCK.with_borrow_mut(|clock| {
            let free = clock.timers.iter().position(Option::is_none);
            let place = free.unwrap_or_else(|| {
                clock.timers.push(None);
                clock.timers.len() - 1
            });
            clock.timers[place] = entry;
            place
        });
        Self { place }
    }

    fn set(&mut self, at: u64) {
        // As with others, whoever waited for the time before is to poll again.
        let before = CLOCK
            .with_borrow_mut(|clock| clock.timers[self.place].replace(Entry { at, waker: None }));
        drop(before);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (poll, before) = CLOCK.with_borrow_mut(|clock| {
            let now = clock.now;
            let entry = clock.timers[self.place]
                .as_mut()
                .expect("a timer that is there");
            if entry.at <= now {
                return (Poll::Ready(()), None);
            }
            (Poll::Pending, entry.waker.replace(cx.waker().clone()))
        });
        drop(before);
        poll
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let entry = CLOCK.with_borrow_mut(|clock| clock.timers.get_mut(self.place)?.take());
        drop(entry);
    }
}

/// Waits so many milliseconds of the world.
pub(super) async fn sleep(milliseconds: u64) {
    let at = now() + milliseconds * MILLISECOND;
    let mut timer = <Timer as replywire_std::Timer>::at(at);
    poll_fn(|cx| replywire_std::Timer::poll(&mut timer, cx)).await;
}
