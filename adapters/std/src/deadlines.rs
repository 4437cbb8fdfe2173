use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use replywire_embedded::{Idle, Phase};

use crate::connection_slot::Closing;
use crate::deadline_timer::{DeadlineTimer, Limit};
use crate::{Timeouts, Timer};

/// The deadlines of a connection: they limit each wait for its peer, by the phase it is in.
///
/// The clock is read and the timer touched only where there is a wait.
#[derive(Debug)]
pub(crate) struct Deadlines<T: Timer> {
    timeouts: Timeouts,
    phase: Phase,
    /// The first request has not been read.
    is_new: bool,
    limit: Limit<T::Instant>,
    timer: DeadlineTimer<T>,
    closing: Closing,
}

impl<T: Timer> Deadlines<T> {
    /// The deadlines of a connection that has just begun.
    pub(crate) fn new(timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            timeouts,
            phase: Phase::Idle,
            is_new: true,
            limit: Limit::new(timeouts.head),
            timer: DeadlineTimer::new(),
            closing,
        }
    }

    /// Enters a phase of the connection.
    pub(crate) fn phase(&mut self, phase: Phase) {
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

    /// Tells whether the server shuts down.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.is_set()
    }

    /// Waits for `read` as long as the phase may last. After that, and when the server shuts down,
    /// an idle connection reads the end of its stream.
    ///
    /// # Errors
    ///
    /// Those of `read`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub(crate) fn read(
        &mut self,
        mut read: impl Future<Output = io::Result<usize>> + Unpin,
    ) -> impl Future<Output = io::Result<usize>> {
        let is_idle = self.phase == Phase::Idle;
        let closing = &self.closing;
        // The connection's slot has it polled when the server shuts down.
        let read = poll_fn(move |cx| match Pin::new(&mut read).poll(cx) {
            Poll::Pending if is_idle && closing.is_set() => Poll::Ready(Ok(0)),
            poll => poll,
        });
        let mut read = self.timer.limit(&mut self.limit, read);
        poll_fn(move |cx| match Pin::new(&mut read).poll(cx) {
            Poll::Ready(Err(error)) if is_idle && error.kind() == io::ErrorKind::TimedOut => {
                Poll::Ready(Ok(0))
            }
            poll => poll,
        })
    }

    /// Waits, while there is nothing to send, for `length` to pass or for `closed`.
    pub(crate) async fn idle(
        &mut self,
        length: Option<Duration>,
        closed: impl Future<Output = ()>,
    ) -> Idle {
        let mut closed = pin!(closed);
        let closed = poll_fn(|cx| closed.as_mut().poll(cx).map(Ok));
        match self.timer.limit(&mut Limit::new(length), closed).await {
            Ok(()) => Idle::Closed,
            Err(_) => Idle::Over,
        }
    }

    /// Waits for `write` as long as the peer may take for some bytes.
    ///
    /// # Errors
    ///
    /// Those of `write`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub(crate) async fn write<R>(
        &mut self,
        write: impl Future<Output = io::Result<R>> + Unpin,
    ) -> io::Result<R> {
        let mut limit = Limit::new(self.timeouts.write);
        self.timer.limit(&mut limit, write).await
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

    fn deadlines(timeouts: Timeouts) -> Deadlines<Clockwork> {
        NOW.set(0);
        SETS.set(0);
        Deadlines::new(timeouts, Closing::NEVER)
    }

    fn poll<R>(work: impl Future<Output = R>) -> Poll<R> {
        pin!(work).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// The seconds after which `wait` ends, polled at each, and its result.
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
            let mut deadlines = deadlines(LIMITS);
            deadlines.phase(Phase::Reply);
            deadlines.phase(phase);
            assert_eq!(lasts(deadlines.read(NOTHING())), want, "{phase:?}");
        }
        assert_eq!(lasts(deadlines(LIMITS).write(NOTHING())), (20, out));
    }

    #[test]
    fn a_first_head_is_limited_from_the_start_of_the_connection() {
        let mut deadlines = deadlines(LIMITS);
        deadlines.phase(Phase::Idle);
        assert_eq!(lasts(deadlines.read(NOTHING())), (10, Ok(0)));

        let mut deadlines = self::deadlines(LIMITS);
        deadlines.phase(Phase::Idle);
        assert!(poll(deadlines.read(NOTHING())).is_pending());
        NOW.set(7);
        deadlines.phase(Phase::Head);
        assert_eq!(
            lasts(deadlines.read(NOTHING())),
            (3, Err(io::ErrorKind::TimedOut))
        );
    }

    #[test]
    fn a_head_and_what_is_dropped_are_limited_as_a_whole_and_content_is_not() {
        for (phase, want) in [(Phase::Head, 5), (Phase::Drain, 25), (Phase::Content, 30)] {
            let mut deadlines = deadlines(LIMITS);
            deadlines.phase(Phase::Reply);
            deadlines.phase(phase);
            assert!(poll(deadlines.read(NOTHING())).is_pending());
            NOW.set(5);
            assert!(matches!(
                poll(deadlines.read(ready(Ok(1)))),
                Poll::Ready(Ok(1))
            ));
            deadlines.phase(phase);
            let (length, _) = lasts(deadlines.read(NOTHING()));
            assert_eq!(length, want, "{phase:?}");
        }
    }

    #[test]
    fn without_a_limit_a_wait_lasts_and_no_timer_is_made() {
        for length in [None, Some(Duration::MAX)] {
            let mut timeouts = Timeouts::NONE;
            timeouts.write = length;
            let mut deadlines = deadlines(timeouts);
            NOW.set(1);
            assert!(poll(deadlines.read(NOTHING())).is_pending());
            assert!(poll(deadlines.write(NOTHING())).is_pending());
            assert_eq!(SETS.get(), 0);
        }
    }

    #[test]
    fn a_timer_is_set_anew_only_where_it_would_go_off_too_late() {
        let mut deadlines = deadlines(LIMITS);
        deadlines.phase(Phase::Reply);
        for second in 0..60 {
            NOW.set(second);
            deadlines.phase(Phase::Idle);
            assert!(poll(deadlines.read(NOTHING())).is_pending());
        }
        assert_eq!(SETS.get(), 1);
        deadlines.phase(Phase::Head);
        assert!(poll(deadlines.read(NOTHING())).is_pending());
        assert_eq!(SETS.get(), 2);
        deadlines.phase(Phase::Idle);
        assert_eq!(lasts(deadlines.read(NOTHING())), (75, Ok(0)));
        assert_eq!(SETS.get(), 3);
    }

    #[test]
    fn after_128_waits_that_were_over_at_once_others_have_their_turn() {
        let mut deadlines = deadlines(LIMITS);
        // The wait that has let others go first is one of the next turn.
        for turn in [128, 127, 127] {
            for _ in 0..turn {
                assert!(poll(deadlines.write(ready(Ok(())))).is_ready());
            }
            let mut write = pin!(deadlines.write(ready(Ok(()))));
            assert!(poll(write.as_mut()).is_pending());
            assert!(poll(write).is_ready());
        }
    }
}
