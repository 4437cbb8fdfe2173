use std::task::{Context, Poll};

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

    /// Takes one of the turns of a task that does not wait; after the last, others have theirs.
    pub(crate) fn turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self.turns.checked_sub(1) {
            Some(turns) => {
                self.turns = turns;
                Poll::Ready(())
            }
            None => {
                self.turns = TURNS;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// Waits until `deadline`, if there is one, for a task that can do nothing else.
    pub(crate) fn wait(
        &mut self,
        cx: &mut Context<'_>,
        deadline: Option<T::Instant>,
    ) -> Poll<T::Instant> {
        self.turns = TURNS;
        let Some(deadline) = deadline else {
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
            let went_off = *at;
            if went_off >= deadline {
                self.timer = None;
                return Poll::Ready(deadline);
            }
            // It went off for an earlier wait: that it is set anew now instead of at each wait is
            // what makes waits cheap.
            timer.set(deadline);
            *at = deadline;
        }
    }
}

/// The time at which a wait of this length is over, from the first call on; `at` keeps it.
pub(crate) fn deadline<T: Timer>(
    at: &mut Option<T::Instant>,
    length: Option<std::time::Duration>,
) -> Option<T::Instant> {
    if at.is_none() {
        // Beyond what the clock can say, there is no limit.
        *at = length.and_then(T::after);
    }
    *at
}

/// The earlier of two times, of which there may be none.
pub(crate) fn earlier<I: Ord>(one: Option<I>, other: Option<I>) -> Option<I> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
