//! Sources that are not written as an `impl`: async blocks and closures, and items of all kinds, by
//! hand and through the connection loop of `replywire-embedded`.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use conformance::line::{Act, Dry, Line, Log, Logs, once_pending};
use conformance::reply::{Framing, strict};
use conformance::serve::{Served, serve, serve_some};
use replywire::body::{Chunk, Event, IntoChunk, JsonItem, JsonLine, TextItem};
use replywire::json::Python;
use replywire::{Response, Status};
use replywire_embedded::{
    Chunks, Closed, FromFuture, Handover, Idle, KeepAlive, SendError, chunks_from_fn,
};
use replywire_std::{FromStream, Sender, chunks, try_chunks};
use smol::future::block_on;

/// The bytes of a chunk through rooms of this size.
fn written(mut chunk: impl Chunk, size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut room = vec![0; size];
    while !chunk.is_done() {
        let n = chunk.fill(&mut room).unwrap();
        assert!(n > 0, "nothing in {size} bytes");
        all.extend_from_slice(&room[..n]);
    }
    assert_eq!(chunk.fill(&mut room), Ok(0));
    all
}

/// A character of each length, in all places of a room.
const TEXT: &str = "a\u{e9}\u{20ac}\u{1f600}bc\u{1f600}\u{1f600}\u{e9}\u{e9}\0\u{20ac}";

#[test]
fn text_and_bytes_leave_as_they_lie_in_memory_through_every_room() {
    let bytes = TEXT.as_bytes();
    for size in 4..=bytes.len() + 1 {
        assert_eq!(written(TEXT, size), bytes, "{size}");
    }
    for size in 1..=bytes.len() + 1 {
        assert_eq!(written(bytes, size), bytes, "{size}");
        for got in [
            written(TEXT.into_chunk(), size),
            written(TEXT.to_owned().into_chunk(), size),
            written(bytes.into_chunk(), size),
            written(bytes.to_vec().into_chunk(), size),
            written(Box::<[u8]>::from(bytes).into_chunk(), size),
            written(Arc::<[u8]>::from(bytes).into_chunk(), size),
            written(Cow::Borrowed(bytes).into_chunk(), size),
            written(TextItem(Cow::Borrowed(TEXT)).into_chunk(), size),
            written(TextItem(Box::<str>::from(TEXT)).into_chunk(), size),
            written(TextItem(Rc::<str>::from(TEXT)).into_chunk(), size),
            written([0x61, 0xff].into_chunk(), size),
        ] {
            assert!(got == bytes || got == b"a\xff", "{size}");
        }
    }
    assert!("".is_done() && "".into_chunk().is_done());
}

#[test]
fn items_tell_how_much_they_hold() {
    assert_eq!(TEXT.held(), TEXT.len());
    assert_eq!(vec![0; 1000].held(), 1000);
    assert_eq!(TextItem(Cow::Borrowed("abc")).held(), 3);
    let event = Event::new().data("tick");
    assert_eq!(event.held(), size_of_val(&event));
    assert_eq!(written(event.into_chunk(), 16), b"data: tick\n\n");
    let line = JsonLine::new(Python::by_hand(&[1, 2]));
    assert_eq!(line.held(), 5);
    assert_eq!(written(line.into_chunk(), 16), b"[1,2]\n");
    let item = JsonItem("a\nb");
    assert_eq!(item.held(), 6);
    assert_eq!(written(item.into_chunk(), 16), b"\"a\\nb\"\n");
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const GET_OLD: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// The outcome of a stream of what `source` makes, polled at most so often.
fn streamed_some<C: Chunks>(
    line: Line,
    room: usize,
    polls: usize,
    source: impl Fn() -> C,
) -> Option<Served> {
    serve_some(line, room, polls, async |_, responder| {
        let sent = responder.stream(
            |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
            source(),
        );
        Ok(sent.await?)
    })
}

fn streamed<C: Chunks>(line: Line, room: usize, source: impl Fn() -> C) -> Served {
    streamed_some(line, room, 1 << 16, source).expect("an end")
}

/// Items of many lengths, empty ones among them.
fn items() -> Vec<String> {
    let lengths = [0, 1, 2, 3, 5, 8, 13, 100, 0, 0, 300, 1, 1, 1];
    let items = lengths.iter().zip('a'..);
    items
        .map(|(length, letter)| letter.to_string().repeat(*length))
        .collect()
}

/// Gives the items one by one, with a wait before each where it is told so.
struct Given {
    items: std::vec::IntoIter<String>,
    waits: bool,
}

impl Given {
    fn new(waits: bool) -> Self {
        let items = items().into_iter();
        Self { items, waits }
    }

    async fn next(&mut self) -> Option<String> {
        if self.waits {
            once_pending().await;
        }
        self.items.next()
    }
}

impl smol::stream::Stream for Given {
    type Item = Result<String, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.waits && self.items.len().is_multiple_of(2) {
            self.items.next_back();
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.items.next().map(Ok))
    }
}

#[test]
fn items_of_blocks_and_closures_arrive_in_order_through_every_buffer() {
    let whole = items().concat();
    for request in [GET, GET_OLD] {
        for room in (64..130).chain([255, 256, 512, 1024]) {
            for waits in [false, true] {
                let line = || Line::new(request).acts([Act::Take(7), Act::Pend].repeat(400));
                let check = |name, run: &dyn Fn(Line) -> Served| {
                    let line = line();
                    let logs = line.logs.clone();
                    assert!(run(line).is_ok(), "{name} {room}");
                    let parsed = strict(&logs.wire(), "GET").unwrap();
                    let body = String::from_utf8(parsed.body).unwrap();
                    assert_eq!(body, whole, "{name} {room} {waits}");
                    let framing = match request == GET {
                        true => Framing::Chunked,
                        false => Framing::Close,
                    };
                    assert_eq!(parsed.framing, framing);
                };
                check("a block", &|line| {
                    streamed(line, room, || {
                        chunks(|mut sender| async move {
                            let mut given = Given::new(waits);
                            while let Some(item) = given.next().await {
                                sender.send(item).await;
                            }
                        })
                    })
                });
                check("a block that may fail", &|line| {
                    streamed(line, room, || {
                        try_chunks(|mut sender| async move {
                            let mut given = Given::new(waits);
                            while let Some(item) = given.next().await {
                                sender.send(item.into_bytes()).await;
                            }
                            Ok::<_, Dry>(())
                        })
                    })
                });
                check("a closure", &|line| {
                    streamed(line, room, || {
                        let mut given = Given::new(waits);
                        chunks_from_fn(async move || given.next().await)
                    })
                });
                check("a closure that may fail", &|line| {
                    streamed(line, room, || {
                        let mut given = Given::new(waits);
                        chunks_from_fn(async move || Ok::<_, Dry>(given.next().await))
                    })
                });
                check("a future without an allocation", &|line| {
                    serve(line, room, async |_, responder| {
                        let mut place = Handover::new();
                        let (mut sender, receiver) = place.split();
                        let items = pin!(async {
                            for item in &self::items() {
                                if waits {
                                    once_pending().await;
                                }
                                sender.send(TextItem(Rc::<str>::from(&**item))).await;
                            }
                        });
                        let sent = responder.stream(
                            |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                            FromFuture::new(receiver, items),
                        );
                        Ok(sent.await?)
                    })
                });
                if !waits {
                    check("a stream", &|line| {
                        streamed(line, room, || FromStream::new(Given::new(false)))
                    });
                    check("a plain stream", &|line| {
                        streamed(line, room, || {
                            FromStream::plain(smol::stream::iter(items()))
                        })
                    });
                }
            }
        }
    }
}

/// Adds to the log when it is dropped.
struct Guard(Logs);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.add(Log::Dropped);
    }
}

#[test]
fn a_block_is_dropped_with_its_reply_at_any_await_and_polled_no_more() {
    for closure in [false, true] {
        let run = |polls| {
            let line = Line::new(GET).acts([Act::Pend, Act::Take(9)].repeat(100));
            let logs = line.logs.clone();
            let log = &logs;
            let served = match closure {
                false => streamed_some(line, 128, polls, || {
                    let guard = Guard(log.clone());
                    chunks(|mut sender: Sender<String>| async move {
                        for item in items() {
                            guard.0.add(Log::Polled);
                            once_pending().await;
                            sender.send(item).await;
                        }
                    })
                }),
                true => streamed_some(line, 128, polls, || {
                    let guard = Guard(log.clone());
                    let mut given = Given::new(true);
                    chunks_from_fn(async move || {
                        guard.0.add(Log::Polled);
                        given.next().await
                    })
                }),
            };
            (served, logs)
        };
        let (served, whole) = run(1 << 16);
        assert!(served.is_some_and(|served| served.is_ok()));
        let whole = whole.wire();
        let mut dropped = 0;
        for polls in 1.. {
            let (served, logs) = run(polls);
            let all = logs.all();
            let begun = all.contains(&Log::Polled);
            assert_eq!(logs.count(&Log::Dropped), 1, "{polls}");
            let at = all.iter().position(|log| *log == Log::Dropped).unwrap();
            assert!(!all[at..].contains(&Log::Polled), "{polls} {begun}");
            assert!(whole.starts_with(&logs.wire()));
            if served.is_some() {
                break;
            }
            dropped += 1;
        }
        assert!(dropped > 50, "{dropped}");
    }
}

#[test]
fn a_block_is_dropped_when_its_peer_has_gone() {
    let line = Line::new(GET).idles([Idle::Closed]);
    let logs = line.logs.clone();
    let told = Cell::new(None);
    let served = serve(line, 256, async |_, responder| {
        let guard = Guard(logs.clone());
        let source = chunks(|mut sender| async move {
            let _guard = guard;
            sender.send("first").await;
            std::future::pending::<()>().await;
        });
        let sent = responder
            .stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                source,
            )
            .await;
        assert_eq!(logs.all().last(), Some(&Log::Dropped));
        told.set(sent.as_ref().err().copied());
        Ok(sent?)
    });
    assert_eq!(served, Ok(Closed::Broken));
    assert_eq!(told.get(), Some(SendError::Closed));
}

type Polled<T> = Poll<Option<T>>;

/// Polls for the next chunk, once.
fn next<C: Chunks<Error = Infallible>>(source: &mut C, waker: &Waker) -> Polled<Vec<u8>> {
    let mut next = pin!(source.next());
    match next.as_mut().poll(&mut Context::from_waker(waker)) {
        Poll::Pending => Poll::Pending,
        Poll::Ready(Ok(chunk)) => Poll::Ready(chunk.map(|chunk| written(chunk, 64))),
    }
}

#[test]
fn a_block_goes_on_when_its_chunk_was_taken_and_another_is_wanted() {
    let made = Rc::new(Cell::new(0));
    let count = Rc::clone(&made);
    let mut source = chunks(|mut sender| async move {
        for item in ["a", "b", "c"] {
            count.set(count.get() + 1);
            sender.send(item).await;
        }
        count.set(count.get() + 1);
    });
    assert_eq!(made.get(), 0);
    for (at, item) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(
            next(&mut source, Waker::noop()),
            Poll::Ready(Some(item.into()))
        );
        assert_eq!(made.get(), at + 1);
    }
    for _ in 0..3 {
        assert_eq!(next(&mut source, Waker::noop()), Poll::Ready(None));
        assert_eq!(made.get(), 4);
    }
}

#[test]
fn a_chunk_that_is_given_up_before_it_was_taken_is_not_sent() {
    let mut source = chunks(|mut sender| async move {
        for item in ["lost", "lost too"] {
            let mut send = pin!(sender.send(item));
            poll_fn(|cx| {
                assert!(send.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        drop(sender.send("never polled"));
        sender.send("kept").await;
    });
    assert_eq!(
        next(&mut source, Waker::noop()),
        Poll::Ready(Some("kept".into()))
    );
    assert_eq!(next(&mut source, Waker::noop()), Poll::Ready(None));
}

#[test]
fn a_sender_on_another_thread_takes_turns_with_the_reply() {
    let (tell, told) = std::sync::mpsc::channel();
    let mut source = chunks(|mut sender: Sender<String>| async move {
        let sent = thread::spawn(move || {
            block_on(async {
                for at in 0..1000 {
                    sender.send(at.to_string()).await;
                }
            });
            // What is sent after the end is dropped.
            told.recv().unwrap();
            block_on(sender.send("late".into()));
        });
        // It ends when all were taken.
        let (done, is_done) = smol::channel::bounded::<()>(1);
        drop((done, sent));
        let _ = is_done.recv().await;
        std::future::pending::<()>().await;
    });
    block_on(async {
        for at in 0..1000 {
            let chunk = source.next().await.unwrap().unwrap();
            assert_eq!(written(chunk, 8), at.to_string().as_bytes());
        }
    });
    drop(source);
    tell.send(()).unwrap();
}

/// A waker that tells two polls of a task apart from those of its parts.
struct Part(RefCellWaker);

type RefCellWaker = std::sync::Mutex<(bool, Waker)>;

impl Wake for Part {
    fn wake(self: Arc<Self>) {
        let mut state = self.0.lock().unwrap();
        state.0 = true;
        state.1.wake_by_ref();
    }
}

#[test]
fn a_sender_that_is_polled_by_a_waker_of_its_own_is_woken() {
    // Such are the parts of `join_all` and of `FuturesUnordered`: one is polled when it was woken.
    let mut source = chunks(|mut sender: Sender<&str>| async move {
        let mut sends = pin!(async {
            for item in ["a", "b", "c"] {
                sender.send(item).await;
            }
        });
        let part = Arc::new(Part(std::sync::Mutex::new((true, Waker::noop().clone()))));
        poll_fn(|cx| {
            part.0.lock().unwrap().1 = cx.waker().clone();
            if !std::mem::take(&mut part.0.lock().unwrap().0) {
                return Poll::Pending;
            }
            let waker = Waker::from(Arc::clone(&part));
            sends.as_mut().poll(&mut Context::from_waker(&waker))
        })
        .await;
    });
    for item in ["a", "b", "c"] {
        let chunk = block_on(source.next()).unwrap().unwrap();
        assert_eq!(written(chunk, 8), item.as_bytes());
    }
    assert!(block_on(source.next()).unwrap().is_none());
}

#[test]
fn a_sender_beside_its_source_and_with_the_same_waker_takes_turns_with_it() {
    for sender_first in [false, true] {
        let (mut sender, receiver) = Handover::share(Rc::new(Handover::new()));
        let is_done = Rc::new(Cell::new(false));
        let done = Rc::clone(&is_done);
        let mut sends = Box::pin(async move {
            for item in ["a", "b", "c"] {
                sender.send(item).await;
            }
            done.set(true);
        });
        // It is polled whenever the source is, and ends with the sender.
        let waits = pin!(poll_fn(|_| match is_done.get() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }));
        let mut source = FromFuture::new(receiver, waits);
        let mut got = Vec::new();
        let mut takes = Box::pin(async {
            while let Some(chunk) = source.next().await.unwrap() {
                got.push(written(chunk, 8));
                // The sender may be done before another chunk is asked for.
                if got.len() == 3 {
                    break;
                }
            }
        });
        let (mut is_sent, mut is_taken) = (false, false);
        block_on(poll_fn(|cx| {
            for part in [sender_first, !sender_first] {
                if part && !is_sent {
                    is_sent = sends.as_mut().poll(cx).is_ready();
                }
                if !part && !is_taken {
                    is_taken = takes.as_mut().poll(cx).is_ready();
                }
            }
            match is_taken {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        drop(takes);
        assert_eq!(got, [b"a", b"b", b"c"]);
    }
}

#[test]
fn a_place_that_is_split_again_has_nothing_of_the_ends_before() {
    let mut place = Handover::<&str>::new();
    for _ in 0..2 {
        let (mut sender, receiver) = place.split();
        let block = pin!(async { sender.send("a").await });
        let mut source = FromFuture::new(receiver, block);
        let chunk = block_on(source.next()).unwrap().unwrap();
        assert_eq!(written(chunk, 8), b"a");
    }
}

const FAULT: &str = "HTTP/1.1 500 Internal Server Error\r\n\
                     content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                     content-length: 21\r\n\r\nInternal Server Error";

#[test]
fn an_error_of_a_block_or_a_closure_is_a_500_before_the_first_byte_and_later_a_broken_connection() {
    for waits in [false, true] {
        let half = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n";
        let want = match waits {
            true => (Ok(Closed::Broken), half),
            false => (Ok(Closed::Server), FAULT),
        };
        for closure in [false, true] {
            let line = Line::new(GET);
            let logs = line.logs.clone();
            let served = match closure {
                false => streamed(line, 256, || {
                    try_chunks(|mut sender| async move {
                        sender.send("half").await;
                        if waits {
                            once_pending().await;
                        }
                        Err(Dry)
                    })
                }),
                true => streamed(line, 256, || {
                    let mut items = vec!["half"];
                    chunks_from_fn(async move || match items.pop() {
                        Some(item) => Ok(Some(item)),
                        None if waits => {
                            once_pending().await;
                            Err(Dry)
                        }
                        None => Err(Dry),
                    })
                }),
            };
            let wire = String::from_utf8(logs.wire()).unwrap();
            assert_eq!((served, &*wire), want);
        }
    }
}

#[test]
fn events_of_a_block_end_with_the_shutdown_and_are_kept_alive() {
    const PING: KeepAlive = KeepAlive::new(std::time::Duration::from_secs(5), b": ping\n\n");
    let line = Line::new(GET).idles([Idle::Over, Idle::Over, Idle::Closed]);
    let logs = line.logs.clone();
    let seen = RefCell::new(None);
    let served = serve(line, 512, async |_, responder| {
        let events = chunks(|mut sender| async move {
            loop {
                sender.send(Event::new().data("tick").id("1")).await;
                std::future::pending::<()>().await;
            }
        });
        let events = events.kept_alive(PING);
        seen.replace(Some((events.ends_at_shutdown(), events.keep_alive())));
        let sent = responder.stream(
            |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
            events,
        );
        Ok(sent.await?)
    });
    assert_eq!(served, Ok(Closed::Broken));
    assert_eq!(seen.into_inner(), Some((true, Some(PING))));
    let wire = String::from_utf8(logs.wire()).unwrap();
    let (_, body) = wire.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        "12\r\ndata: tick\nid: 1\n\n\r\n8\r\n: ping\n\n\r\n8\r\n: ping\n\n\r\n"
    );
}
