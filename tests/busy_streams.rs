//! Streams whose source is faster than the reply buffer: they have more room meanwhile, send the
//! same bytes, and give the room back before anybody waits.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conformance::line::{Act, Line, once_pending};
use conformance::reply::strict;
use conformance::serve::{Served, serve, serve_some};
use conformance::size;
use replywire::{Response, Status};
use replywire_embedded::{Chunks, Closed};

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
/// The room of a busy stream.
const ROOM: usize = 60 * 1024;

/// Gives the bytes of a pattern, `len` at a time, and waits before each of some offsets.
struct Bursts {
    pattern: Vec<u8>,
    at: usize,
    len: usize,
    waits: Vec<usize>,
    lent: Arc<AtomicUsize>,
    seen: Seen,
}

/// The most memory that was lent when a chunk was asked for, and after a wait.
#[derive(Clone, Default)]
struct Seen {
    busy: Rc<Cell<usize>>,
    waiting: Rc<Cell<usize>>,
}

impl Chunks for Bursts {
    type Chunk<'c> = &'c [u8];
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&[u8]>, Infallible> {
        let lent = || self.lent.load(Ordering::Relaxed);
        self.seen.busy.set(self.seen.busy.get().max(lent()));
        if self.waits.last().is_some_and(|wait| *wait <= self.at) {
            self.waits.pop();
            once_pending().await;
            self.seen.waiting.set(self.seen.waiting.get().max(lent()));
        }
        let end = (self.at + self.len).min(self.pattern.len());
        let chunk = &self.pattern[self.at..end];
        self.at = end;
        Ok((!chunk.is_empty()).then_some(chunk))
    }
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

/// A stream, and what was seen of memory meanwhile.
fn stream(line: Line, room: usize, bytes: usize, len: usize, waits: &[usize]) -> (Served, Seen) {
    let seen = Seen::default();
    let lent = Arc::clone(&line.lent);
    let served = serve(line, room, async |_, responder| {
        let source = Bursts {
            pattern: pattern(bytes),
            at: 0,
            len,
            waits: waits.iter().rev().copied().collect(),
            lent: Arc::clone(&lent),
            seen: seen.clone(),
        };
        let sent = responder.stream(
            |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
            source,
        );
        Ok(sent.await?)
    });
    assert_eq!(lent.load(Ordering::Relaxed), 0, "memory that is kept");
    (served, seen)
}

#[test]
fn the_body_is_the_same_through_every_buffer_with_and_without_more_room() {
    const BYTES: usize = 160_000;
    let want = pattern(BYTES);
    let mut grown = 0;
    let rooms = [
        64,
        100,
        255,
        1024,
        4096,
        12 * 1024,
        ROOM - 1,
        ROOM,
        ROOM + 1,
    ];
    let lens = [1, 16, 1000, 1024, 5000, 61_000, 70_000, BYTES];
    for room in rooms.into_iter().skip(size::either(2, 0)) {
        for len in lens.into_iter().skip(size::either(2, 0)) {
            for memory in [0, ROOM] {
                for waits in [&[][..], &[0, 130_000], &[100_000, 100_000, 159_000]] {
                    for acts in [&[][..], &[Act::Take(50_000)], &[Act::Pend, Act::Take(777)]] {
                        let line = Line::new(GET).memory(memory).acts(acts.repeat(300));
                        let logs = line.logs.clone();
                        let (served, seen) = stream(line, room, BYTES, len, waits);
                        let told = format!("{room} {len} {memory} {waits:?} {acts:?}");
                        assert_eq!(served, Ok(Closed::Peer), "{told}");
                        assert!(strict(&logs.wire(), "GET").unwrap().body == want, "{told}");
                        assert_eq!(seen.waiting.get(), 0, "{told}");
                        grown += usize::from(seen.busy.get() > 0);
                    }
                }
            }
        }
    }
    assert!(grown > 50, "{grown} streams had more room");
}

#[test]
fn a_busy_stream_leaves_in_large_writes_after_two_full_buffers() {
    let line = Line::new(GET).memory(ROOM);
    let logs = line.logs.clone();
    let (served, seen) = stream(line, 4096, 300_000, 1000, &[]);
    assert_eq!(served, Ok(Closed::Peer));
    assert_eq!(seen.busy.get(), ROOM);
    let lens: Vec<usize> = logs.writes().iter().map(Vec::len).collect();
    let (small, large) = lens.split_at(2);
    assert!(small.iter().all(|len| *len <= 4096), "{lens:?}");
    assert!(
        large[..large.len() - 1].iter().all(|len| *len > ROOM - 32),
        "{lens:?}"
    );
    assert_eq!(large.len(), 5, "{lens:?}");
}

#[test]
fn a_stream_that_waits_has_given_its_room_back_and_may_be_busy_again() {
    let waits: Vec<usize> = (1..10).map(|burst| burst * 100_000).collect();
    let line = Line::new(GET).memory(ROOM);
    let logs = line.logs.clone();
    let (served, seen) = stream(line, 4096, 1_000_000, 1000, &waits);
    assert_eq!(served, Ok(Closed::Peer));
    assert_eq!((seen.busy.get(), seen.waiting.get()), (ROOM, 0));
    let large = logs
        .writes()
        .iter()
        .filter(|bytes| bytes.len() > ROOM - 32)
        .count();
    assert_eq!(large, 10, "one in each burst");
}

#[test]
fn a_stream_of_short_bursts_or_to_a_slow_peer_has_no_more_room() {
    let waits: Vec<usize> = (1..300).map(|burst| burst * 1000).collect();
    let line = Line::new(GET).memory(ROOM);
    let (served, seen) = stream(line, 4096, 300_000, 100, &waits);
    assert_eq!((served, seen.busy.get()), (Ok(Closed::Peer), 0));
    let line = Line::new(GET).memory(ROOM);
    let acts = [Act::Pend, Act::Take(usize::MAX)].repeat(300);
    let (served, seen) = stream(line.acts(acts), 4096, 300_000, 1000, &[]);
    assert_eq!((served, seen.busy.get()), (Ok(Closed::Peer), 0));
}

#[test]
fn a_large_reply_buffer_is_room_enough() {
    let line = Line::new(GET).memory(1 << 20);
    let (served, seen) = stream(line, ROOM, 1_000_000, 1000, &[]);
    assert_eq!((served, seen.busy.get()), (Ok(Closed::Peer), 0));
}

#[test]
fn a_busy_stream_that_fails_or_is_dropped_has_sent_a_beginning_and_keeps_no_memory() {
    let whole = Line::new(GET).memory(ROOM);
    let logs = whole.logs.clone();
    stream(whole, 1024, 200_000, 1000, &[100_000]).0.unwrap();
    let (writes, whole) = (logs.writes().len(), logs.wire());
    for at in 0..writes {
        for act in [Act::Fail, Act::Zero] {
            let mut acts = vec![Act::Take(usize::MAX); at];
            acts.push(act);
            let line = Line::new(GET).memory(ROOM).acts(acts);
            let logs = line.logs.clone();
            let (served, _) = stream(line, 1024, 200_000, 1000, &[100_000]);
            assert_eq!(served, Ok(Closed::Broken), "{at}");
            assert!(whole.starts_with(&logs.wire()), "{at}");
        }
    }
    for polls in 0..20 {
        let acts = [
            Act::Take(usize::MAX),
            Act::Take(usize::MAX),
            Act::Take(10_000),
            Act::Pend,
        ];
        let line = Line::new(GET).memory(ROOM).acts(acts.repeat(20));
        let (logs, lent) = (line.logs.clone(), Arc::clone(&line.lent));
        serve_some(line, 1024, polls, async |_, responder| {
            let source = Bursts {
                pattern: pattern(200_000),
                at: 0,
                len: 1000,
                waits: vec![100_000],
                lent: Arc::clone(&lent),
                seen: Seen::default(),
            };
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                source,
            );
            Ok(sent.await?)
        });
        assert_eq!(lent.load(Ordering::Relaxed), 0, "{polls}");
        assert!(!logs.wire().ends_with(b"0\r\n\r\n") || polls > 1, "{polls}");
    }
}
