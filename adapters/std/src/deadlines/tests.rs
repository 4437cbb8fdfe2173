use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Waker;

use super::*;
use crate::{Rate, Timeouts};

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

    fn since(instant: u64) -> Duration {
        Duration::from_secs(NOW.get() - instant)
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

const fn seconds(length: u64) -> Option<Duration> {
    Some(Duration::from_secs(length))
}

const LIMITS: Timeouts = Timeouts {
    handshake: None,
    first: seconds(9),
    head: seconds(10),
    idle: seconds(75),
    content: seconds(30),
    handler: seconds(40),
    write: seconds(20),
    rate: None,
    half_closed: seconds(15),
    linger: seconds(50),
    upgraded: None,
};

fn deadlines(timeouts: Timeouts) -> Deadlines<Clockwork> {
    NOW.set(0);
    SETS.set(0);
    Deadlines::new(Arc::new(Config {
        timeouts,
        ..Config::default()
    }))
}

/// Those of a connection that has read a request.
fn later(timeouts: Timeouts) -> Deadlines<Clockwork> {
    let mut deadlines = deadlines(timeouts);
    deadlines.phase(Phase::Handler);
    deadlines
}

fn cx() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// The seconds after which `poll` is ready, polled at each, and its outcome.
fn lasts<R>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<R>) -> (u64, R) {
    let began = NOW.get();
    for second in 0..1000 {
        NOW.set(began + second);
        if let Poll::Ready(result) = poll(&mut cx()) {
            return (second, result);
        }
    }
    panic!("no end");
}

/// The seconds after which a read of a silent peer fails.
fn read(deadlines: &mut Deadlines<Clockwork>) -> u64 {
    let (length, read) = lasts(|cx| deadlines.poll_read(cx, |_| Poll::Pending));
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::TimedOut);
    length
}

fn write(deadlines: &mut Deadlines<Clockwork>) -> u64 {
    let write = |cx: &mut Context<'_>| {
        deadlines.poll_write(cx, |_| Poll::<io::Result<usize>>::Pending, |n| *n)
    };
    let (length, written) = lasts(write);
    assert!(written.is_none());
    length
}

/// The seconds after which a wait for a handler or a source ends, and why.
fn idle(
    deadlines: &mut Deadlines<Clockwork>,
    length: Option<u64>,
    under_way: bool,
    read: fn() -> Option<Poll<io::Result<usize>>>,
    peer: Option<Peer>,
) -> (u64, Idle) {
    let over = Deadlines::<Clockwork>::after(length.map(Duration::from_secs));
    lasts(|cx| deadlines.poll_idle(cx, over, under_way, read(), peer.map(|peer| move || peer)))
}

#[test]
fn each_phase_has_its_limit_after_each_other_for_the_first_request_and_later_ones() {
    use Phase::{Content, Drain, Handler, Head, Idle, Reply};
    for is_later in [false, true] {
        for before in [Idle, Head, Handler, Content, Drain, Reply] {
            for after in [Idle, Head, Content, Drain] {
                let mut deadlines = match is_later {
                    false => deadlines(LIMITS),
                    true => later(LIMITS),
                };
                deadlines.phase(before);
                assert!(
                    deadlines
                        .poll_read(&mut cx(), |_| Poll::Pending)
                        .is_pending()
                );
                NOW.set(3);
                deadlines.phase(after);
                let want = match after {
                    // They are limited as a whole, content until some of it comes.
                    Head if before == Head => 7,
                    Content | Drain if before == after => 27,
                    Idle if !is_later && before != Handler => 9,
                    Idle => 75,
                    Head => 10,
                    _ => 30,
                };
                let got = read(&mut deadlines);
                assert_eq!(got, want, "{before:?} to {after:?}, later: {is_later}");
            }
        }
    }
}

#[test]
fn bytes_do_not_lengthen_a_head_or_what_is_dropped_and_do_content() {
    for (phase, want) in [(Phase::Head, 5), (Phase::Drain, 25), (Phase::Content, 30)] {
        let mut deadlines = later(LIMITS);
        deadlines.phase(phase);
        assert!(
            deadlines
                .poll_read(&mut cx(), |_| Poll::Pending)
                .is_pending()
        );
        NOW.set(5);
        let one = deadlines.poll_read(&mut cx(), |_| Poll::Ready(Ok(1)));
        assert!(matches!(one, Poll::Ready(Ok(1))));
        deadlines.phase(phase);
        assert_eq!(read(&mut deadlines), want, "{phase:?}");
    }
}

#[test]
fn a_write_has_its_limit_until_bytes_are_taken_however_often_it_is_begun() {
    let mut deadlines = later(LIMITS);
    for second in [0, 9, 19] {
        NOW.set(second);
        deadlines.phase(Phase::Reply);
        let pending = deadlines.poll_write(&mut cx(), |_| Poll::Pending, |n| *n);
        assert!(pending.is_pending());
    }
    let some = deadlines.poll_write(&mut cx(), |_| Poll::Ready(Ok(1)), |n| *n);
    assert!(matches!(some, Poll::Ready(Some(Ok(1)))));
    assert_eq!(write(&mut deadlines), 20);
    // The try after the limit has succeeded.
    deadlines.wrote(1);
    assert_eq!(write(&mut deadlines), 20);
}

const RATE: Option<Rate> = Some(Rate::new(10).grace(Duration::from_secs(12)));

/// The seconds for which a peer may move `bytes` each `pause` seconds.
fn trickled(phase: Phase, pause: u64, bytes: usize) -> u64 {
    let mut deadlines = later(Timeouts {
        rate: RATE,
        ..LIMITS
    });
    deadlines.phase(phase);
    for second in 0..1000 {
        NOW.set(second);
        // After some bytes it waits for more.
        let has_moved = second > 0 && second % pause == 0;
        let moves = [has_moved.then_some(bytes), None];
        let ended = moves.into_iter().any(|moved| {
            let moved = moved.map_or(Poll::Pending, |bytes| Poll::Ready(Ok(bytes)));
            deadlines.phase(phase);
            match phase {
                Phase::Reply => {
                    let written = deadlines.poll_write(&mut cx(), |_| moved, |n| *n);
                    matches!(written, Poll::Ready(None))
                }
                _ => {
                    let read = deadlines.poll_read(&mut cx(), |_| moved);
                    matches!(read, Poll::Ready(Err(_)))
                }
            }
        });
        if ended {
            return second;
        }
    }
    1000
}

#[test]
fn a_peer_that_keeps_within_each_limit_and_is_slower_than_the_rate_is_cut() {
    for phase in [Phase::Content, Phase::Reply] {
        // Ten bytes earn a second.
        assert_eq!(trickled(phase, 4, 1), 12, "{phase:?}");
        assert_eq!(trickled(phase, 4, 20), 22, "{phase:?}");
        assert_eq!(trickled(phase, 4, 40), 1000, "{phase:?}");
        // What was faster counts, up to a bound.
        assert_eq!(trickled(phase, 10, 100), 1000, "{phase:?}");
    }
}

#[test]
fn only_the_time_of_waits_counts_against_the_rate() {
    let mut deadlines = later(Timeouts {
        rate: RATE,
        write: None,
        ..LIMITS
    });
    deadlines.phase(Phase::Reply);
    for event in 1..100 {
        // A source that is quiet for a minute, and a peer that takes what there is.
        NOW.set(event * 60);
        let taken = deadlines.poll_write(&mut cx(), |_| Poll::Ready(Ok(1)), |n| *n);
        assert!(matches!(taken, Poll::Ready(Some(Ok(1)))));
    }
    // 99 bytes have earned nearly ten seconds more.
    assert_eq!(write(&mut deadlines), 21);
}

#[test]
fn a_wait_without_bytes_ends_with_the_first_of_its_limits() {
    let silent = || Some(Poll::Pending);
    let fin = || Some(Poll::Ready(Ok(0)));
    let full = || None;
    type Case = (
        Option<u64>,
        bool,
        fn() -> Option<Poll<io::Result<usize>>>,
        Option<Peer>,
        (u64, Idle),
    );
    let cases: [Case; 13] = [
        (Some(5), false, silent, None, (5, Idle::Over)),
        (None, false, silent, None, (40, Idle::TimedOut)),
        (Some(5), true, silent, None, (5, Idle::Over)),
        (Some(50), false, silent, None, (40, Idle::TimedOut)),
        (Some(50), true, silent, None, (50, Idle::Over)),
        (None, true, fin, None, (15, Idle::Closed)),
        (None, false, fin, None, (15, Idle::Closed)),
        (Some(5), true, fin, None, (5, Idle::Over)),
        (None, true, full, Some(Peer::Gone), (1, Idle::Closed)),
        (None, true, full, Some(Peer::HalfClosed), (16, Idle::Closed)),
        (Some(50), true, full, Some(Peer::Open), (50, Idle::Over)),
        (Some(50), true, silent, Some(Peer::Gone), (50, Idle::Over)),
        (None, true, fin, Some(Peer::Gone), (1, Idle::Closed)),
    ];
    for (case, (length, under_way, read, peer, want)) in cases.into_iter().enumerate() {
        let got = idle(&mut later(LIMITS), length, under_way, read, peer);
        assert_eq!(got, want, "case {case}");
    }
    let at_once = [
        (Ok(3), Idle::Received(3)),
        (Err(io::ErrorKind::ConnectionReset.into()), Idle::Closed),
    ];
    for (read, want) in at_once {
        let read = Some(Poll::Ready(read));
        let none: Option<fn() -> Peer> = None;
        let got = later(LIMITS).poll_idle(&mut cx(), None, true, read, none);
        assert_eq!(got, Poll::Ready(want));
    }
}

#[test]
fn a_connection_lingers_while_its_peer_sends_and_five_seconds_more() {
    let mut deadlines = later(LIMITS);
    // What was dropped before had its own limit.
    deadlines.phase(Phase::Drain);
    assert_eq!(read(&mut deadlines), 30);
    NOW.set(0);
    deadlines.begin_linger();
    let until = Deadlines::<Clockwork>::after(seconds(50));
    // A byte each four seconds, ten of them.
    let (length, ()) = lasts(|cx| {
        let mut has_byte = NOW.get().is_multiple_of(4) && NOW.get() <= 40;
        deadlines.poll_linger(cx, until, |_| match std::mem::take(&mut has_byte) {
            true => Poll::Ready(Ok(1)),
            false => Poll::Pending,
        })
    });
    assert_eq!(length, 45);

    let mut deadlines = later(LIMITS);
    let until = Deadlines::<Clockwork>::after(seconds(50));
    let (length, ()) = lasts(|cx| {
        let mut has_byte = true;
        deadlines.poll_linger(cx, until, |_| match std::mem::take(&mut has_byte) {
            true => Poll::Ready(Ok(1)),
            false => Poll::Pending,
        })
    });
    assert_eq!(length, 50);
}

#[test]
fn without_a_limit_a_wait_lasts_and_no_timer_is_made() {
    for length in [None, Some(Duration::MAX)] {
        let mut timeouts = Timeouts::NONE;
        timeouts.write = length;
        timeouts.handler = length;
        let mut deadlines = deadlines(timeouts);
        NOW.set(1);
        assert!(
            deadlines
                .poll_read(&mut cx(), |_| Poll::Pending)
                .is_pending()
        );
        let write = deadlines.poll_write(&mut cx(), |_| Poll::<io::Result<()>>::Pending, |()| 0);
        assert!(write.is_pending());
        let none: Option<fn() -> Peer> = None;
        let idle = deadlines.poll_idle(&mut cx(), None, false, Some(Poll::Pending), none);
        assert!(idle.is_pending());
        assert_eq!(SETS.get(), 0);
    }
}

#[test]
fn a_timer_is_set_anew_only_where_it_would_go_off_too_late() {
    let mut deadlines = later(LIMITS);
    for second in 0..60 {
        NOW.set(second);
        deadlines.phase(Phase::Idle);
        assert!(
            deadlines
                .poll_read(&mut cx(), |_| Poll::Pending)
                .is_pending()
        );
    }
    assert_eq!(SETS.get(), 1);
    deadlines.phase(Phase::Head);
    assert!(
        deadlines
            .poll_read(&mut cx(), |_| Poll::Pending)
            .is_pending()
    );
    assert_eq!(SETS.get(), 2);
    deadlines.phase(Phase::Idle);
    assert_eq!(read(&mut deadlines), 75);
    assert_eq!(SETS.get(), 3);
}

#[test]
fn after_128_waits_that_were_over_at_once_others_have_their_turn() {
    let mut deadlines = later(LIMITS);
    // The wait that has let others go first is one of the next turn.
    for turn in [128, 127, 127] {
        let mut write = || deadlines.poll_write(&mut cx(), |_| Poll::Ready(Ok(())), |()| 0);
        for _ in 0..turn {
            assert!(write().is_ready());
        }
        assert!(write().is_pending());
        assert!(write().is_ready());
    }
}

#[test]
fn a_wait_is_dropped_without_loss() {
    let mut deadlines = later(LIMITS);
    deadlines.phase(Phase::Head);
    for second in 0..9 {
        NOW.set(second);
        let read = poll_fn(|cx| deadlines.poll_read(cx, |_| Poll::Pending));
        assert!(pin!(read).poll(&mut cx()).is_pending());
    }
    assert_eq!(read(&mut deadlines), 2);
}
