use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use replywire_embedded::{Idle, Phase};

use crate::{Closing, Timeouts, Timer};

/// How long a connection waits for its peer, by the phase it is in.
///
/// The clock is read and the timer touched only where there is a wait.
#[derive(Debug)]
pub struct Waits<T: Timer> {
    timeouts: Timeouts,
    phase: Phase,
    /// The first request has not been read.
    is_new: bool,
    limit: Limit<T::Instant>,
    alarm: Alarm<T>,
    closing: Closing,
}

impl<T: Timer> Waits<T> {
    /// For a connection that has just begun.
    pub fn new(timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            timeouts,
            phase: Phase::Idle,
            is_new: true,
            limit: Limit::new(timeouts.head),
            alarm: Alarm {
                timer: None,
                turns: TURNS,
            },
            closing,
        }
    }

    /// The connection enters `phase`.
    pub fn phase(&mut self, phase: Phase) {
        let before = std::mem::replace(&mut self.phase, phase);
        let length = match phase {
            // A head has one deadline, however many bytes it comes in; that of the first began
            // with the connection.
            Phase::Head if self.is_new || before == Phase::Head => return,
            Phase::Idle if self.is_new => return,
            Phase::Drain if before == Phase::Drain => return,
            Phase::Head => self.timeouts.head,
            Phase::Idle => self.timeouts.idle,
            Phase::Content | Phase::Drain => self.timeouts.content,
            Phase::Reply => self.timeouts.write,
        };
        self.is_new = false;
        self.limit = Limit::new(length);
    }

    /// Whether the server shuts down.
    pub fn is_closing(&self) -> bool {
        self.closing.is_set()
    }

    /// Waits for `read` as long as the phase may last. An idle connection reads its end then, and
    /// when the server shuts down.
    ///
    /// # Errors
    ///
    /// Those of `read`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub async fn read(
        &mut self,
        read: impl Future<Output = io::Result<usize>>,
    ) -> io::Result<usize> {
        if self.phase != Phase::Idle {
            return self.alarm.limit(&mut self.limit, read).await;
        }
        let mut read = pin!(read);
        let closing = &self.closing;
        // The connection's place has it polled when the server shuts down.
        let read = poll_fn(|cx| match read.as_mut().poll(cx) {
            Poll::Pending if closing.is_set() => Poll::Ready(Ok(0)),
            poll => poll,
        });
        match self.alarm.limit(&mut self.limit, read).await {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(0),
            result => result,
        }
    }

    /// Waits, while there is nothing to send, for `length` to pass or for `closed`.
    pub async fn idle(
        &mut self,
        length: Option<Duration>,
        closed: impl Future<Output = ()>,
    ) -> Idle {
        let closed = async {
            closed.await;
            Ok(())
        };
        match self.alarm.limit(&mut Limit::new(length), closed).await {
            Ok(()) => Idle::Closed,
            Err(_) => Idle::Over,
        }
    }

    /// Waits for `write` as long as the peer may take for some bytes.
    ///
    /// # Errors
    ///
    /// Those of `write`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub async fn write<R>(&mut self, write: impl Future<Output = io::Result<R>>) -> io::Result<R> {
        let mut limit = Limit::new(self.timeouts.write);
        self.alarm.limit(&mut limit, write).await
    }
}

/// How long a wait may last.
#[derive(Clone, Copy, Debug)]
enum Limit<I> {
    Never,
    /// From the next wait on.
    In(Duration),
    At(I),
}

impl<I: Copy> Limit<I> {
    fn new(length: Option<Duration>) -> Self {
        length.map_or(Self::Never, Self::In)
    }

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

/// The one timer of a connection, for whatever it waits for.
#[derive(Debug)]
struct Alarm<T: Timer> {
    /// What it is set to, and the timer. Made at the first wait that has a limit.
    timer: Option<(T::Instant, T)>,
    /// How many more waits may be over at once before other tasks get their turn.
    turns: u8,
}

/// Not every runtime sees to it by itself that a peer which is always ready keeps no thread busy.
const TURNS: u8 = 128;

impl<T: Timer> Alarm<T> {
    /// Waits for `work` until the limit.
    async fn limit<R>(
        &mut self,
        limit: &mut Limit<T::Instant>,
        work: impl Future<Output = io::Result<R>>,
    ) -> io::Result<R> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            let Some(turns) = self.turns.checked_sub(1) else {
                self.turns = TURNS;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            };
            if let Poll::Ready(result) = work.as_mut().poll(cx) {
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
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::task::{Context, Waker};

    use super::*;

    thread_local! {
        /// Seconds since the test began.
        static NOW: Cell<u64> = const { Cell::new(0) };
        static SETS: Cell<u32> = const { Cell::new(0) };
    }

    #[derive(Debug)]
    struct Clockwork(u64);

    impl Timer for Clockwork {
        type Instant = u64;

        fn after(length: Duration) -> Option<u64> {
            NOW.get().checked_add(length.as_secs())
        }

        fn at(instant: u64) -> Self {
            SETS.set(SETS.get() + 1);
            Self(instant)
        }

        fn set(&mut self, instant: u64) {
            SETS.set(SETS.get() + 1);
            self.0 = instant;
        }

        fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
            match NOW.get() {
                now if now >= self.0 => Poll::Ready(()),
                _ => Poll::Pending,
            }
        }
    }

    const LIMITS: Timeouts = Timeouts {
        head: Some(Duration::from_secs(10)),
        idle: Some(Duration::from_secs(75)),
        content: Some(Duration::from_secs(30)),
        write: Some(Duration::from_secs(20)),
    };

    fn waits(timeouts: Timeouts) -> Waits<Clockwork> {
        NOW.set(0);
        SETS.set(0);
        Waits::new(timeouts, Closing::NEVER)
    }

    fn poll<R>(work: impl Future<Output = R>) -> Poll<R> {
        pin!(work).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// After how many seconds `wait` ends, polled at each, and how.
    fn lasts<R>(wait: impl Future<Output = io::Result<R>>) -> (u64, Result<R, io::ErrorKind>) {
        let began = NOW.get();
        let mut wait = pin!(wait);
        for second in 0..1000 {
            NOW.set(began + second);
            if let Poll::Ready(result) = poll(wait.as_mut()) {
                return (second, result.map_err(|error| error.kind()));
            }
        }
        panic!("no end");
    }

    const NOTHING: fn() -> std::future::Pending<io::Result<usize>> = pending;

    #[test]
    fn every_phase_has_its_own_limit_and_its_own_end() {
        let out = Err(io::ErrorKind::TimedOut);
        for (phase, want) in [
            (Phase::Idle, (75, Ok(0))),
            (Phase::Head, (10, out)),
            (Phase::Content, (30, out)),
            (Phase::Drain, (30, out)),
        ] {
            let mut waits = waits(LIMITS);
            waits.phase(Phase::Reply);
            waits.phase(phase);
            assert_eq!(lasts(waits.read(NOTHING())), want, "{phase:?}");
        }
        assert_eq!(lasts(waits(LIMITS).write(NOTHING())), (20, out));
    }

    #[test]
    fn a_first_head_is_limited_from_the_start_of_the_connection() {
        let mut waits = waits(LIMITS);
        waits.phase(Phase::Idle);
        assert_eq!(lasts(waits.read(NOTHING())), (10, Ok(0)));

        let mut waits = self::waits(LIMITS);
        waits.phase(Phase::Idle);
        assert!(poll(waits.read(NOTHING())).is_pending());
        NOW.set(7);
        waits.phase(Phase::Head);
        assert_eq!(
            lasts(waits.read(NOTHING())),
            (3, Err(io::ErrorKind::TimedOut))
        );
    }

    #[test]
    fn a_head_and_what_is_dropped_are_limited_as_a_whole_and_content_is_not() {
        for (phase, want) in [(Phase::Head, 5), (Phase::Drain, 25), (Phase::Content, 30)] {
            let mut waits = waits(LIMITS);
            waits.phase(Phase::Reply);
            waits.phase(phase);
            assert!(poll(waits.read(NOTHING())).is_pending());
            NOW.set(5);
            assert!(matches!(poll(waits.read(ready(Ok(1)))), Poll::Ready(Ok(1))));
            waits.phase(phase);
            let (length, _) = lasts(waits.read(NOTHING()));
            assert_eq!(length, want, "{phase:?}");
        }
    }

    #[test]
    fn without_a_limit_a_wait_lasts_and_no_timer_is_made() {
        for length in [None, Some(Duration::MAX)] {
            let mut timeouts = Timeouts::NONE;
            timeouts.write = length;
            let mut waits = waits(timeouts);
            NOW.set(1);
            assert!(poll(waits.read(NOTHING())).is_pending());
            assert!(poll(waits.write(NOTHING())).is_pending());
            assert_eq!(SETS.get(), 0);
        }
    }

    #[test]
    fn a_timer_is_set_anew_only_where_it_would_go_off_too_late() {
        let mut waits = waits(LIMITS);
        waits.phase(Phase::Reply);
        for second in 0..60 {
            NOW.set(second);
            waits.phase(Phase::Idle);
            assert!(poll(waits.read(NOTHING())).is_pending());
        }
        assert_eq!(SETS.get(), 1);
        waits.phase(Phase::Head);
        assert!(poll(waits.read(NOTHING())).is_pending());
        assert_eq!(SETS.get(), 2);
        waits.phase(Phase::Idle);
        assert_eq!(lasts(waits.read(NOTHING())), (75, Ok(0)));
        assert_eq!(SETS.get(), 3);
    }

    #[test]
    fn after_128_waits_that_were_over_at_once_others_have_their_turn() {
        let mut waits = waits(LIMITS);
        // The wait that has let others go first is one of the next turn.
        for turn in [128, 127, 127] {
            for _ in 0..turn {
                assert!(poll(waits.write(ready(Ok(())))).is_ready());
            }
            let mut write = pin!(waits.write(ready(Ok(()))));
            assert!(poll(write.as_mut()).is_pending());
            assert!(poll(write).is_ready());
        }
    }
}
