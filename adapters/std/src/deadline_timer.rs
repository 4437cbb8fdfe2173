use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use crate::Timer;

/// The one timer of a connection, for whatever it waits for.
#[derive(Debug)]
pub(crate) struct DeadlineTimer<T: Timer> {
    /// The timer and the time it is set to. They are made at the first wait that has a limit.
    timer: Option<(T::Instant, T)>,
    /// The number of waits that may yet be over at once before other tasks get their turn.
    turns: u8,
}

/// Not every runtime sees to it by itself that a peer which is always ready keeps no thread busy.
const TURNS: u8 = 128;

impl<T: Timer> DeadlineTimer<T> {
    pub(crate) const fn new() -> Self {
        Self {
            timer: None,
            turns: TURNS,
        }
    }

    /// Waits for `work` until the limit.
    ///
    /// # Errors
    ///
    /// Those of `work`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub(crate) fn limit<R>(
        &mut self,
        limit: &mut Limit<T::Instant>,
        mut work: impl Future<Output = io::Result<R>> + Unpin,
    ) -> impl Future<Output = io::Result<R>> {
        poll_fn(move |cx| {
            let Some(turns) = self.turns.checked_sub(1) else {
                self.turns = TURNS;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            };
            if let Poll::Ready(result) = Pin::new(&mut work).poll(cx) {
                self.turns = turns;
                return Poll::Ready(result);
            }
            self.turns = TURNS;
            let Some(deadline) = limit.deadline::<T>() else {
                return Poll::Pending;
            };
            loop {
                let (at, timer) = self
                    .timer
                    .get_or_insert_with(|| (deadline, T::at(deadline)));
                if deadline < *at {
                    timer.set(deadline);
                    *at = deadline;
                }
                if timer.poll(cx).is_pending() {
                    return Poll::Pending;
                }
                if *at == deadline {
                    self.timer = None;
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                // It went off for an earlier wait: that it is set anew now instead of at each wait
                // is what makes waits cheap.
                timer.set(deadline);
                *at = deadline;
            }
        })
    }
}

/// The length of a wait, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit<I> {
    Never,
    /// From the next wait on.
    In(Duration),
    At(I),
}

impl<I: Copy> Limit<I> {
    pub(crate) fn new(length: Option<Duration>) -> Self {
        length.map_or(Self::Never, Self::In)
    }

    /// The time at which the wait is over, from the first call on.
    fn deadline<T: Timer<Instant = I>>(&mut self) -> Option<I> {
        if let Self::In(length) = *self {
            // Beyond what the clock can say, there is no limit.
            *self = T::after(length).map_or(Self::Never, Self::At);
        }
        match *self {
            Self::At(deadline) => Some(deadline),
            _ => None,
        }
    }
}
