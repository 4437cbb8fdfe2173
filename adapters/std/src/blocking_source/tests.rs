use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, ThreadId};
use std::time::Duration;

use async_io::block_on;
use replywire::body::Chunk;

use super::*;
use crate::blocking;
use crate::threads::{NoThreads, Threads, alone, poll, until};

/// The next chunk, whole.
fn next<C: Chunks<Error: fmt::Debug>>(source: &mut C) -> Option<Vec<u8>> {
    let mut chunk = block_on(source.next()).unwrap()?;
    let mut bytes = vec![0; 1 << 20];
    let n = chunk.fill(&mut bytes).unwrap();
    assert!(chunk.is_done());
    bytes.truncate(n);
    Some(bytes)
}

#[test]
fn items_come_as_they_are_in_their_order_whoever_asks_for_them() {
    let mut source = Blocking::<Threads, _>::iter((0..1000).map(|n| n.to_string()));
    for n in 0..1000 {
        match n % 3 {
            0 => assert_eq!(next(&mut source).unwrap(), n.to_string().as_bytes()),
            _ => assert_eq!(block_on(source.next_item()).unwrap(), Some(n.to_string())),
        }
    }
    for _ in 0..2 {
        assert_eq!(block_on(source.next_item()).unwrap(), None);
    }
    let rows = [Ok("one"), Err(io::Error::other("no more")), Ok("two")];
    let mut source = Blocking::<Threads, _, _>::try_iter(rows);
    assert_eq!(block_on(source.next_item()).unwrap(), Some("one"));
    assert!(matches!(
        block_on(source.next_item()),
        Err(BlockingError::Work(_))
    ));
    assert_eq!(block_on(source.next_item()).unwrap(), None);
}

/// An iterator that counts its steps, takes them at a sign, and tells where it is dropped.
struct Signed {
    go_on: Receiver<Option<String>>,
    steps: Arc<AtomicUsize>,
    dropped: Sender<(usize, ThreadId)>,
}

impl Iterator for Signed {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        self.go_on.recv().unwrap()
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        let steps = self.steps.load(Ordering::SeqCst);
        let _ = self.dropped.send((steps, thread::current().id()));
    }
}

struct Signs {
    go_on: Sender<Option<String>>,
    steps: Arc<AtomicUsize>,
    dropped: Receiver<(usize, ThreadId)>,
}

fn signed() -> (Blocking<Threads, String>, Signs) {
    let (go_on, gone_on) = mpsc::channel();
    let (dropped, is_dropped) = mpsc::channel();
    let steps = Arc::default();
    let source = Signed {
        go_on: gone_on,
        steps: Arc::clone(&steps),
        dropped,
    };
    let signs = Signs {
        go_on,
        steps,
        dropped: is_dropped,
    };
    (Blocking::iter(source), signs)
}

#[test]
fn no_more_jobs_run_at_once_than_the_limit_and_the_others_begin_in_order() {
    let _alone = alone(3);
    let (go_on, gone_on) = mpsc::channel::<()>();
    let gone_on = Arc::new(Mutex::new(gone_on));
    let (begun, is_begun) = mpsc::channel();
    let running = Arc::new(AtomicUsize::new(0));
    let mut jobs = Vec::new();
    for number in 0..12 {
        let (gone_on, running) = (Arc::clone(&gone_on), Arc::clone(&running));
        let begun = begun.clone();
        let work = move || {
            assert!(running.fetch_add(1, Ordering::SeqCst) < 3);
            begun.send(number).unwrap();
            let _ = gone_on.lock().unwrap().recv();
            running.fetch_sub(1, Ordering::SeqCst);
        };
        type Work = Pin<Box<dyn Future<Output = ()> + Send>>;
        let mut job: Work = match number % 2 {
            0 => Box::pin(async move {
                let done = blocking::<Threads, _, _, _>(move || {
                    work();
                    Ok::<_, ()>(())
                });
                done.await.unwrap();
            }),
            _ => Box::pin(async move {
                let mut work = Some(work);
                let mut source = Blocking::<Threads, _>::from_fn(move || {
                    work.take()?();
                    Some("done")
                });
                while source.next().await.unwrap().is_some() {}
            }),
        };
        // They ask in this order, sources when they are asked again.
        assert!(poll(job.as_mut()).is_pending());
        assert!(poll(job.as_mut()).is_pending());
        jobs.push(thread::spawn(|| block_on(job)));
    }
    let mut first: Vec<i32> = (0..3).map(|_| is_begun.recv().unwrap()).collect();
    first.sort_unstable();
    assert_eq!(first, [0, 1, 2]);
    for number in 3..12 {
        thread::sleep(Duration::from_millis(5));
        assert!(is_begun.try_recv().is_err());
        go_on.send(()).unwrap();
        assert_eq!(is_begun.recv(), Ok(number));
    }
    drop(go_on);
    for job in jobs {
        job.join().unwrap();
    }
}

#[test]
fn an_iterator_is_ahead_of_a_slow_reader_by_so_many_bytes_and_an_item() {
    let _alone = alone(8);
    for (length, ahead) in [
        (0, 256),
        (1, 253),
        (192, 64),
        (1000, 16),
        (16_320, 1),
        (1 << 20, 1),
    ] {
        let steps = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&steps);
        let mut source = Blocking::<Threads, _>::from_fn(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Some(vec![b'x'; length])
        });
        for turn in 1..4 {
            for at in 0..ahead {
                assert_eq!(next(&mut source).unwrap().len(), length);
                if at == 0 {
                    until(|| steps.load(Ordering::SeqCst) == turn * ahead);
                }
            }
            assert_eq!(steps.load(Ordering::SeqCst), turn * ahead);
        }
    }
}

#[test]
fn an_item_is_there_while_the_iterator_blocks_in_the_next_step() {
    let _alone = alone(8);
    let (mut source, signs) = signed();
    for item in ["a", "", "b"] {
        signs.go_on.send(Some(item.into())).unwrap();
        assert_eq!(next(&mut source), Some(item.into()));
    }
    signs.go_on.send(None).unwrap();
    assert_eq!(next(&mut source), None);
    assert_eq!(next(&mut source), None);
    // It was dropped on its thread, and before its end was told.
    let (steps, thread) = signs.dropped.try_recv().unwrap();
    assert_eq!(steps, 4);
    assert_ne!(thread, thread::current().id());
}

#[test]
fn a_step_under_way_comes_to_its_end_and_is_the_last_when_the_chunks_are_dropped() {
    let _alone = alone(1);
    for given in [Some("unwanted".into()), None] {
        let (mut source, signs) = signed();
        // The place of the job before may be taken a little longer than its iterator lives.
        until(|| {
            assert!(poll(pin!(source.next())).is_pending());
            signs.steps.load(Ordering::SeqCst) == 1
        });
        drop(source);
        assert!(
            signs
                .dropped
                .recv_timeout(Duration::from_millis(20))
                .is_err()
        );
        signs.go_on.send(given).unwrap();
        let (steps, thread) = signs.dropped.recv().unwrap();
        assert_eq!(steps, 1);
        assert_ne!(thread, thread::current().id());
    }
    // Its place is free again.
    block_on(blocking::<Threads, _, (), _>(|| Ok(()))).unwrap();
}

#[test]
fn an_iterator_without_a_job_is_dropped_with_its_chunks_and_not_stepped() {
    let _alone = alone(1);
    let here = thread::current().id();
    // It was not asked for.
    let (source, signs) = signed();
    drop(source);
    assert_eq!(signs.dropped.recv(), Ok((0, here)));
    // It waits for its turn.
    let (mut other, other_signs) = signed();
    assert!(poll(pin!(other.next())).is_pending());
    for polls in 1..4 {
        let (mut source, signs) = signed();
        for _ in 0..polls {
            assert!(poll(pin!(source.next())).is_pending());
        }
        drop(source);
        assert_eq!(signs.dropped.recv(), Ok((0, here)));
    }
    // It is between two jobs.
    other_signs.go_on.send(Some("x".repeat(1 << 20))).unwrap();
    assert!(next(&mut other).is_some());
    until(|| PLACES.place_now().is_some());
    drop(other);
    assert_eq!(other_signs.dropped.recv(), Ok((1, here)));
}

#[test]
fn a_source_that_is_asked_once_keeps_no_place_from_others() {
    let _alone = alone(1);
    let (go_on, gone_on) = mpsc::channel::<()>();
    let mut first = pin!(blocking::<Threads, _, _, _>(move || {
        gone_on.recv().unwrap();
        Ok::<_, ()>(())
    }));
    assert!(poll(first.as_mut()).is_pending());
    // Its connection waits for the peer.
    let (mut source, signs) = signed();
    assert!(poll(pin!(source.next())).is_pending());
    go_on.send(()).unwrap();
    block_on(first).unwrap();
    block_on(blocking::<Threads, _, (), _>(|| Ok(()))).unwrap();
    signs.go_on.send(Some("item".into())).unwrap();
    assert_eq!(next(&mut source).unwrap(), b"item");
    signs.go_on.send(None).unwrap();
    assert_eq!(next(&mut source), None);
}

#[test]
fn a_panic_of_an_iterator_is_one_of_whoever_takes_its_items_and_follows_them() {
    let _alone = alone(8);
    struct Wrong(usize, &'static str);
    impl Iterator for Wrong {
        type Item = &'static str;

        fn next(&mut self) -> Option<&'static str> {
            match self.0 {
                0 if self.1 == "next" => resume_unwind(Box::new("wrong")),
                0 => None,
                _ => {
                    self.0 -= 1;
                    Some("item")
                }
            }
        }
    }
    impl Drop for Wrong {
        fn drop(&mut self) {
            if self.1 == "drop" {
                resume_unwind(Box::new("wrong"));
            }
        }
    }
    for place in ["next", "drop"] {
        for items in 0..3 {
            let mut source = Blocking::<Threads, _>::iter(Wrong(items, place));
            for _ in 0..items {
                assert_eq!(next(&mut source).unwrap(), b"item");
            }
            let panic = catch_unwind(AssertUnwindSafe(|| next(&mut source))).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&"wrong"), "{place} {items}");
            assert_eq!(next(&mut source), None);
        }
    }
}

#[test]
fn an_error_follows_the_items_before_it_and_nothing_follows() {
    let _alone = alone(8);
    let items = [Ok("a"), Ok("b"), Err(fmt::Error), Ok("c")];
    let mut source = Blocking::<Threads, _, _>::try_iter(items);
    assert_eq!(next(&mut source).unwrap(), b"a");
    assert_eq!(next(&mut source).unwrap(), b"b");
    let failed = block_on(source.next()).unwrap_err();
    assert!(matches!(failed, BlockingError::Work(fmt::Error)));
    assert_eq!(failed.to_string(), fmt::Error.to_string());
    assert!(next(&mut source).is_none());
}

#[test]
fn without_a_thread_a_source_fails_and_then_ends() {
    let _alone = alone(1);
    for _ in 0..3 {
        let mut source = Blocking::<NoThreads, _>::iter(["a"]);
        let failed = block_on(source.next()).unwrap_err();
        assert!(matches!(failed, BlockingError::Runtime(_)));
        assert_eq!(failed.to_string(), "no thread for work that may block");
        assert!(block_on(source.next()).unwrap().is_none());
        let failed = block_on(blocking::<NoThreads, _, _, _>(|| Ok::<_, ()>(())));
        assert!(matches!(failed, Err(BlockingError::Runtime(_))));
    }
}

#[test]
fn a_reader_gives_what_it_reads_in_pieces_of_at_most_8_kib() {
    let _alone = alone(8);
    /// Gives so many bytes a call, after a signal; then an error.
    struct Short(Vec<usize>, bool);
    impl Read for Short {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            match self.0.pop() {
                None => Err(io::ErrorKind::UnexpectedEof.into()),
                Some(n) => {
                    let n = n.min(buf.len());
                    buf[..n].fill(b'x');
                    Ok(n)
                }
            }
        }
    }
    let mut source = Blocking::<Threads, _, _>::read(Short(vec![20_000, 3, 1], false));
    for length in [1, 3, 8192] {
        assert_eq!(next(&mut source).unwrap().len(), length);
    }
    let failed = block_on(source.next()).unwrap_err();
    assert!(
        matches!(failed, BlockingError::Work(error) if error.kind() == io::ErrorKind::UnexpectedEof)
    );
    let mut source = Blocking::<Threads, _, _>::read(Short(vec![0, 5], false));
    assert_eq!(next(&mut source).unwrap(), b"xxxxx");
    assert_eq!(next(&mut source), None);
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let mut source = Blocking::<Threads, _, _>::read(io::Cursor::new(bytes.clone()));
    let pieces: Vec<_> = std::iter::from_fn(|| next(&mut source)).collect();
    assert_eq!(pieces.len(), 13);
    assert_eq!(pieces.concat(), bytes);
}
