use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use replywire_embedded::Phase;

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
