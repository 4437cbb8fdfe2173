//! Streams of chunks, interim replies and background work, through the connection loop of
//! `replywire-embedded`, over connections and sources that follow scripts.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use conformance::buffer;
use conformance::line::{Act, Broken, Dry, Line, Log, Logs, Next, Steps, chunk, once_pending};
use conformance::reply::{Framing, strict};
use conformance::script::poll_times;
use conformance::serve::{Served, serve, serve_some};
use conformance::size;
use replywire::body::{BodyError, Event, StreamError, Transfer};
use replywire::request::Exchange;
use replywire::{Error, HeaderName, Headers, Place, Response, Status};
use replywire_embedded::{
    Cause, Chunks, Closed, ConnectionError, Idle, KeepAlive, SendError, Unanswered,
};

type Streamed = Result<(), SendError<Dry, Broken>>;

/// The beginning of a stream's reply.
type Begin = fn(Response<'_>) -> Result<Transfer<'_>, Error>;

/// The outcome of a stream of `steps`: the end of the connection, and what the handler was told.
fn streamed(line: Line, room: usize, begin: Begin, steps: &[Next]) -> (Served, Streamed) {
    streamed_alive(line, room, begin, steps, None)
}

fn streamed_alive(
    line: Line,
    room: usize,
    begin: Begin,
    steps: &[Next],
    keep_alive: Option<KeepAlive>,
) -> (Served, Streamed) {
    streamed_from(line, room, begin, steps, |source| {
        source.keep_alive(keep_alive)
    })
}

/// The same for a source that is told more than its steps.
fn streamed_from(
    line: Line,
    room: usize,
    begin: Begin,
    steps: &[Next],
    tell: impl Fn(Steps) -> Steps,
) -> (Served, Streamed) {
    let told = Cell::new(None);
    let logs = line.logs.clone();
    let served = serve(line, room, async |path, responder| {
        if path == "/next" {
            return Ok(responder.send(text).await?);
        }
        let source = tell(Steps::new(steps.iter().cloned(), &logs));
        let sent = responder
            .stream(
                |exchange, buf| begin(Response::to(exchange, buf, Status::OK)),
                source,
            )
            .await;
        told.set(Some(sent.as_ref().map(|_| ()).map_err(|error| *error)));
        Ok(sent?)
    });
    (served, told.get().expect("an end"))
}

fn text<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<replywire::Reply<'b>, Error> {
    Response::to(exchange, buf, Status::OK).text("next")
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const GET_OLD: &[u8] = b"GET / HTTP/1.0\r\nhost: x\r\n\r\n";
const GET_NEXT: &[u8] = b"GET /next HTTP/1.1\r\nhost: x\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const NEXT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 4\r\n\r\nnext";
const FAULT: &str = "HTTP/1.1 500 Internal Server Error\r\n\
                     content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                     content-length: 21\r\n\r\nInternal Server Error";

fn texts(logs: &Logs) -> Vec<String> {
    let writes = logs.writes().into_iter();
    writes
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect()
}

fn wire(logs: &Logs) -> String {
    texts(logs).concat()
}

#[test]
fn chunks_that_are_there_together_leave_with_the_head_in_one_write() {
    let line = Line::new(GET);
    let logs = line.logs.clone();
    let steps: Vec<Next> = (0..100).map(|i| chunk(format!("{i:02}"))).collect();
    let (served, told) = streamed(line, 512, |response| response.stream(), &steps);
    assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
    let digits: String = (0..100).map(|i| format!("{i:02}")).collect();
    assert_eq!(
        texts(&logs),
        [format!("{CHUNKED}c8\r\n{digits}\r\n0\r\n\r\n")]
    );
    assert_eq!(logs.count(&Log::Polled), 101);
}

#[test]
fn a_full_buffer_leaves_as_one_chunk_and_a_small_one_waits_for_more() {
    let line = Line::new(GET);
    let logs = line.logs.clone();
    let steps = vec![chunk([b'x'; 16]); 1000];
    let (served, told) = streamed(line, 1024, |response| response.stream(), &steps);
    assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
    // 16,000 bytes and their framing, 1004 bytes of data a buffer.
    assert_eq!(logs.writes().len(), 16);
    let parsed = strict(&logs.wire(), "GET").unwrap();
    assert_eq!(parsed.body, [b'x'; 16_000]);
}

#[test]
fn what_is_there_leaves_as_soon_as_the_source_waits() {
    let line = Line::new(GET);
    let logs = line.logs.clone();
    let steps = [
        Next::Wait,
        chunk("a"),
        Next::Wait,
        chunk("b"),
        chunk(""),
        chunk("c"),
        Next::Wait,
        Next::Wait,
        chunk("d"),
    ];
    let (served, told) = streamed(line, 512, |response| response.stream(), &steps);
    assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
    assert_eq!(
        texts(&logs),
        [CHUNKED, "1\r\na\r\n", "2\r\nbc\r\n", "1\r\nd\r\n0\r\n\r\n"]
    );
    // Each of the writes was flushed before the source was waited for.
    let all = logs.all();
    for (at, log) in all.iter().enumerate() {
        if let Log::Idled(_) = log {
            assert_eq!(all[at - 1], Log::Flushed, "{all:?}");
        }
    }
}

#[test]
fn every_chunk_size_through_every_buffer_and_split_of_writes_is_the_same_body() {
    let content: Vec<u8> = (0..=255).cycle().take(600).collect();
    let begins: [(Begin, &[u8], Framing); 4] = [
        (|response| response.stream(), GET, Framing::Chunked),
        (|response| response.stream(), GET_OLD, Framing::Close),
        (|response| response.sized(600), GET, Framing::Length(600)),
        (
            |response| response.sized_exactly(600),
            GET,
            Framing::Length(600),
        ),
    ];
    let mut runs = 0;
    for (begin, request, framing) in begins {
        for size in [1, 2, 7, 16, 17, 64, 299, 300, 599, 600] {
            let rooms = (64..110).step_by(size::either(9, 3));
            for room in rooms.chain([255, 256, 272, 273, 600, 1024]) {
                for take in [1, 3, 20, usize::MAX] {
                    for waits in [false, true] {
                        let mut steps = Vec::new();
                        for piece in content.chunks(size) {
                            steps.push(chunk(piece));
                            if waits {
                                steps.push(Next::Wait);
                            }
                        }
                        let mut line = Line::new(request);
                        if take != usize::MAX {
                            line = line.acts([Act::Pend, Act::Take(take)].repeat(2000));
                        }
                        let logs = line.logs.clone();
                        let (served, told) = streamed(line, room, begin, &steps);
                        assert_eq!(told, Ok(()), "{framing:?} {size} {room} {take}");
                        assert!(served.is_ok());
                        let parsed = strict(&logs.wire(), "GET").unwrap();
                        assert_eq!((parsed.framing, parsed.body), (framing, content.clone()));
                        runs += 1;
                    }
                }
            }
        }
    }
    assert_eq!(runs, 4 * 10 * size::either(12, 22) * 4 * 2);
}

#[test]
fn a_reply_without_content_does_not_ask_its_source() {
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304), ("GET", 205)] {
        let line = Line::new(format!("{method} / HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
        let logs = line.logs.clone();
        let served = serve(line, 512, async |_, responder| {
            let source = Steps::new([Next::Hang], &logs);
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::new(status).unwrap()).events(),
                source,
            );
            Ok(sent.await?)
        });
        assert_eq!(served, Ok(Closed::Peer));
        let all = logs.all();
        assert!(
            matches!(
                all.as_slice(),
                [Log::Wrote(_), Log::Flushed, Log::Dropped]
                    | [Log::Wrote(_), Log::Dropped, Log::Flushed]
            ),
            "{all:?}"
        );
        assert!(strict(&logs.wire(), method).unwrap().body.is_empty());
    }
}

#[test]
fn http_1_0_reads_chunks_up_to_the_end_of_the_connection() {
    let line = Line::new(GET_OLD);
    let logs = line.logs.clone();
    let steps = [chunk("a"), Next::Wait, chunk("b"), chunk("c")];
    let (served, told) = streamed(line, 512, |response| response.stream(), &steps);
    assert_eq!((served, told), (Ok(Closed::Server), Ok(())));
    assert_eq!(
        texts(&logs),
        ["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\na", "bc"]
    );
}

#[test]
fn a_known_length_is_cut_met_or_missed() {
    let first = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
    let cases: [(Begin, &[&str], Streamed, &str); 8] = [
        (|response| response.sized(4), &["wxyz"], Ok(()), "wxyz"),
        (
            |response| response.sized(4),
            &["wx", "yzab"],
            Ok(()),
            "wxyz",
        ),
        (
            |response| response.sized(4),
            &["wxyz", "ab"],
            Ok(()),
            "wxyz",
        ),
        (
            |response| response.sized(4),
            &["wx", "y"],
            Err(SendError::Body(StreamError::Body(BodyError::TooShort {
                missing: 1,
            }))),
            "wxy",
        ),
        (
            |response| response.sized_exactly(4),
            &["wx", "yz"],
            Ok(()),
            "wxyz",
        ),
        (
            |response| response.sized_exactly(4),
            &["wx", "yzab"],
            Err(SendError::Body(StreamError::Body(BodyError::TooLong))),
            "wx",
        ),
        (
            |response| response.sized_exactly(4),
            &["wxyz", "a"],
            Err(SendError::Body(StreamError::Body(BodyError::TooLong))),
            "wxyz",
        ),
        (
            |response| response.sized_exactly(4),
            &["wx"],
            Err(SendError::Body(StreamError::Body(BodyError::TooShort {
                missing: 2,
            }))),
            "wx",
        ),
    ];
    for (begin, chunks, want, body) in cases {
        // Where the source waits, what it gave before has left.
        let steps: Vec<Next> = chunks
            .iter()
            .flat_map(|bytes| [chunk(bytes), Next::Wait])
            .collect();
        let line = Line::new([GET, GET_NEXT].concat());
        let logs = line.logs.clone();
        let (served, told) = streamed(line, 256, begin, &steps);
        assert_eq!(told, want, "{chunks:?}");
        match want {
            Ok(()) => {
                assert_eq!(served, Ok(Closed::Peer));
                assert_eq!(wire(&logs), format!("{first}{body}{NEXT}"));
            }
            Err(_) => {
                assert_eq!(served, Ok(Closed::Broken));
                assert_eq!(wire(&logs), format!("{first}{body}"));
            }
        }
        // Before the first byte has left, another reply can still be sent.
        let steps: Vec<Next> = chunks.iter().map(chunk).collect();
        let line = Line::new(GET);
        let logs = line.logs.clone();
        let (served, told) = streamed(line, 256, begin, &steps);
        assert_eq!(told, want, "{chunks:?}");
        match want {
            Ok(()) => assert_eq!(texts(&logs), [format!("{first}{body}")]),
            Err(SendError::Body(StreamError::Body(BodyError::TooLong))) => {
                assert_eq!(served, Ok(Closed::Server));
                assert_eq!(wire(&logs), FAULT);
            }
            Err(_) => {
                assert_eq!(served, Ok(Closed::Broken));
                assert_eq!(wire(&logs), format!("{first}{body}"));
            }
        }
    }
}

#[test]
fn a_body_of_known_length_does_not_wait_for_what_it_would_cut() {
    for size in [1, 2, 4, 5] {
        let mut steps: Vec<Next> = b"wxyz!".chunks(size).map(chunk).collect();
        steps.truncate(4usize.div_ceil(size));
        steps.push(Next::Hang);
        let line = Line::new([GET, GET_NEXT].concat());
        let logs = line.logs.clone();
        let (served, told) = streamed(line, 256, |response| response.sized(4), &steps);
        assert_eq!((served, told), (Ok(Closed::Peer), Ok(())), "{size}");
        assert!(wire(&logs).ends_with(&format!("\r\n\r\nwxyz{NEXT}")));
    }
}

#[test]
fn a_source_that_fails_before_the_first_byte_is_a_500_and_later_a_broken_connection() {
    for (steps, want, closed) in [
        (vec![Next::Fail], FAULT.to_owned(), Closed::Server),
        (
            vec![chunk("lost"), Next::Fail],
            FAULT.to_owned(),
            Closed::Server,
        ),
        (
            vec![Next::Wait, Next::Fail],
            CHUNKED.to_owned(),
            Closed::Broken,
        ),
        (
            vec![chunk("a"), Next::Wait, chunk("b"), Next::Fail],
            format!("{CHUNKED}1\r\na\r\n"),
            Closed::Broken,
        ),
    ] {
        let line = Line::new([GET, GET_NEXT].concat());
        let logs = line.logs.clone();
        let (served, told) = streamed(line, 256, |response| response.stream(), &steps);
        assert_eq!(told, Err(SendError::Source(Dry)));
        assert_eq!((served, wire(&logs)), (Ok(closed), want));
    }
}

/// Gives events, which may be wrong.
struct Events {
    events: Vec<Event<'static>>,
    waits: bool,
}

impl Chunks for Events {
    type Chunk<'c> = Event<'static>;
    type Error = Dry;

    async fn next(&mut self) -> Result<Option<Event<'static>>, Dry> {
        if self.waits {
            once_pending().await;
        }
        Ok(match self.events.is_empty() {
            true => None,
            false => Some(self.events.remove(0)),
        })
    }
}

fn events(line: Line, room: usize, events: Vec<Event<'static>>, waits: bool) -> (Served, Streamed) {
    let source = RefCell::new(Some(Events { events, waits }));
    let told = Cell::new(None);
    let served = serve(line, room, async |_, responder| {
        let source = source.borrow_mut().take().expect("one request");
        let sent = responder
            .stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                source,
            )
            .await;
        told.set(Some(sent.as_ref().map(|_| ()).map_err(|error| *error)));
        Ok(sent?)
    });
    (served, told.get().expect("an end"))
}

const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                      cache-control: no-cache\r\nx-accel-buffering: no\r\n\
                      transfer-encoding: chunked\r\n\r\n";

#[test]
fn an_event_that_is_longer_than_the_buffer_still_goes_out() {
    let data: &'static str = "0123456789\r\n".repeat(500).leak();
    for room in [160, 161, 200, 256] {
        let line = Line::new(GET);
        let logs = line.logs.clone();
        let all = vec![Event::new().name("long").data(data).id("1")];
        let (served, told) = events(line, room, all, false);
        assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
        let parsed = strict(&logs.wire(), "GET").unwrap();
        let want = format!(
            "event: long\n{}data: \nid: 1\n\n",
            "data: 0123456789\n".repeat(500)
        );
        assert_eq!(parsed.body, want.as_bytes());
    }
}

#[test]
fn an_event_that_is_wrong_is_a_500_before_the_first_byte_and_breaks_the_connection_later() {
    let wrong = || Event::new().name("a\nb");
    for (all, waits, want, closed) in [
        (vec![wrong()], false, FAULT.to_owned(), Closed::Server),
        (
            vec![Event::new().data("x"), wrong()],
            false,
            FAULT.to_owned(),
            Closed::Server,
        ),
        (vec![wrong()], true, EVENTS.to_owned(), Closed::Broken),
        (
            vec![Event::new().data("x"), wrong()],
            true,
            format!("{EVENTS}9\r\ndata: x\n\n\r\n"),
            Closed::Broken,
        ),
    ] {
        let line = Line::new(GET);
        let logs = line.logs.clone();
        let (served, told) = events(line, 512, all, waits);
        let error = Error::EventName(Place::UNKNOWN);
        assert_eq!(told, Err(SendError::Body(StreamError::Chunk(error))));
        assert_eq!((served, wire(&logs)), (Ok(closed), want));
    }
}

const PING: Option<KeepAlive> = Some(KeepAlive::PING);

#[test]
fn pings_go_out_while_there_is_nothing_else() {
    let line = Line::new(GET).idles([Idle::Over, Idle::Over, Idle::Closed]);
    let logs = line.logs.clone();
    let steps = [chunk("data: 1\n\n"), Next::Hang];
    let (served, told) = streamed_alive(line, 512, |response| response.stream(), &steps, PING);
    assert_eq!(told, Err(SendError::Closed));
    assert_eq!(served, Ok(Closed::Broken));
    let ping = "8\r\n: ping\n\n\r\n";
    assert_eq!(
        texts(&logs),
        [&format!("{CHUNKED}9\r\ndata: 1\n\n\r\n"), ping, ping]
    );
    let idled = Log::Idled(Some(Duration::from_secs(15)));
    assert_eq!(logs.count(&idled), 3);
    assert_eq!(logs.count(&Log::Dropped), 1);
}

#[test]
fn a_chunk_that_comes_with_the_end_of_a_wait_is_sent_and_no_ping() {
    let line = Line::new(GET).idles([Idle::Over; 8]);
    let logs = line.logs.clone();
    // The source is pending when it is asked, and is not when it is asked again.
    let steps = [Next::Wait, chunk("a"), Next::Wait, chunk("b")];
    let (served, told) = streamed_alive(line, 512, |response| response.stream(), &steps, PING);
    assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
    assert_eq!(texts(&logs), [CHUNKED, "1\r\na\r\n", "1\r\nb\r\n0\r\n\r\n"]);
}

#[test]
fn a_ping_of_no_bytes_is_none() {
    let line = Line::new(GET).idles([Idle::Closed]);
    let logs = line.logs.clone();
    let none = KeepAlive::new(Duration::ZERO, b"");
    let (_, told) = streamed_alive(
        line,
        512,
        |response| response.stream(),
        &[Next::Hang],
        Some(none),
    );
    assert_eq!(told, Err(SendError::Closed));
    assert_eq!(texts(&logs), [CHUNKED]);
    assert_eq!(logs.count(&Log::Idled(None)), 1);
}

#[test]
fn a_connection_that_fails_stops_the_source_wherever_it_fails() {
    for act in [Act::Fail, Act::Zero] {
        let want = match act {
            Act::Fail => SendError::Connection(ConnectionError::Io(Broken)),
            _ => SendError::Connection(ConnectionError::WriteZero),
        };
        for at in 0..8 {
            let mut acts = vec![Act::Take(20); at];
            acts.push(act);
            acts.extend([Act::Fail; 64]);
            let line = Line::new([GET, GET_NEXT].concat())
                .acts(acts)
                .idles([Idle::Over; 3]);
            let logs = line.logs.clone();
            let steps = [chunk([b'a'; 40]), Next::Wait, chunk([b'b'; 40]), Next::Hang];
            let (served, told) =
                streamed_alive(line, 256, |response| response.stream(), &steps, PING);
            assert_eq!(told, Err(want), "{at}");
            assert_eq!(served, Ok(Closed::Broken), "{at}");
            assert_eq!(logs.writes().len(), at);
            assert_eq!(logs.count(&Log::Dropped), 1);
        }
    }
}

#[test]
fn a_stream_that_is_dropped_at_any_await_has_sent_a_beginning_and_drops_its_source() {
    let steps = [
        chunk([b'a'; 100]),
        Next::Wait,
        chunk([b'b'; 300]),
        Next::Wait,
        Next::Wait,
        chunk("c"),
    ];
    let run = |polls| {
        let line = Line::new([GET, GET_NEXT].concat())
            .acts([Act::Pend, Act::Take(13), Act::Pend, Act::Take(50)].repeat(100))
            .idles([Idle::Over, Idle::Over]);
        let logs = line.logs.clone();
        let served = serve_some(line, 128, polls, async |path, responder| {
            if path == "/next" {
                return Ok(responder.send(text).await?);
            }
            let source = Steps::new(steps.iter().cloned(), &logs).keep_alive(PING);
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                source,
            );
            Ok(sent.await?)
        });
        (served, logs)
    };
    let (served, whole) = run(1 << 16);
    assert_eq!(served, Some(Ok(Closed::Peer)));
    let whole = whole.wire();
    assert!(String::from_utf8(whole.clone()).unwrap().ends_with(NEXT));
    let mut dropped = 0;
    for polls in 1.. {
        let (served, logs) = run(polls);
        assert_eq!(logs.count(&Log::Dropped), 1, "{polls}");
        assert!(whole.starts_with(&logs.wire()));
        if served.is_some() {
            break;
        }
        dropped += 1;
    }
    assert!(dropped > 20, "{dropped}");
}

#[test]
fn a_handler_that_drops_a_stream_part_way_cannot_answer_again_on_that_connection() {
    for polls in 1..8 {
        let line = Line::new([GET, GET_NEXT].concat()).acts([Act::Pend, Act::Take(20)].repeat(2));
        let logs = line.logs.clone();
        let served = serve(line, 256, async |_, responder| {
            let source = Steps::new([chunk("a"), Next::Wait, chunk("b"), Next::Hang], &logs);
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                source,
            );
            assert!(poll_times(sent, polls).is_none());
            Err(Unanswered::new())
        });
        match logs.wire().starts_with(FAULT.as_bytes()) {
            true => assert_eq!((served, polls), (Ok(Closed::Server), 1)),
            false => assert_eq!(served, Ok(Closed::Broken), "{polls}"),
        }
    }
}

#[test]
fn background_work_begins_when_the_reply_was_sent_and_ends_before_the_next_is() {
    for streams in [false, true] {
        let line = Line::new([GET, GET_NEXT].concat()).acts([Act::Pend, Act::Take(30)].repeat(9));
        let logs = line.logs.clone();
        let served = serve(line, 256, async |path, responder| {
            if path == "/next" {
                return Ok(responder.send(text).await?);
            }
            let work = async {
                for at in 0..3 {
                    logs.add(Log::Worked(at));
                    once_pending().await;
                }
                Ok::<_, Dry>(())
            };
            let reply = responder.ok().background(work);
            match streams {
                true => reply.stream(Steps::new([chunk("a")], &logs)).await,
                false => reply.text("next").await,
            }
        });
        assert_eq!(served, Ok(Closed::Peer));
        let all = logs.all();
        let place = |at| all.iter().position(|log| *log == Log::Worked(at)).unwrap();
        assert!(place(0) < place(1) && place(1) < place(2));
        let part = |logs: &[Log]| {
            let parts = Logs::default();
            logs.iter().cloned().for_each(|log| parts.add(log));
            parts
        };
        let before = part(&all[..place(0)]);
        assert_eq!(
            before.all().last(),
            Some(&match streams {
                true => Log::Dropped,
                false => Log::Flushed,
            })
        );
        strict(&before.wire(), "GET").unwrap();
        assert_eq!(wire(&part(&all[place(2)..])), NEXT);
        assert!(part(&all[place(0)..place(2)]).wire().is_empty());
    }
}

fn stream<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Transfer<'b>, Error> {
    Response::to(exchange, buf, Status::OK).stream()
}

#[test]
fn the_first_work_that_fails_stops_the_rest_and_closes_the_connection() {
    let line = Line::new([GET, GET_NEXT].concat());
    let logs = line.logs.clone();
    let served = serve(line, 256, async |_, responder| {
        let work = async {
            for at in 0..3 {
                logs.add(Log::Worked(at));
                if at == 1 {
                    return Err(Dry);
                }
            }
            Ok(())
        };
        let done = responder.ok().background_always(work).text("next").await;
        assert_eq!(
            done.as_ref().err().map(Unanswered::cause),
            Some(Cause::Background)
        );
        done
    });
    assert_eq!(served, Ok(Closed::Server));
    assert_eq!(wire(&logs), NEXT);
    assert_eq!(logs.count(&Log::Worked(1)), 1);
    assert_eq!(logs.count(&Log::Worked(2)), 0);
}

#[test]
fn whether_work_is_done_after_a_failure_is_the_callers_choice() {
    for worked in [1, 0] {
        for streams in [false, true] {
            let line = Line::new(GET).acts([Act::Take(10), Act::Fail, Act::Fail, Act::Fail]);
            let logs = line.logs.clone();
            let served = serve(line, 256, async |_, responder| {
                let work = async {
                    logs.add(Log::Worked(0));
                    Err(Dry)
                };
                let reply = match worked {
                    1 => responder.ok().background_always(work),
                    _ => responder.ok().background(work),
                };
                let done = match streams {
                    true => reply.stream(Steps::new([chunk("a")], &logs)).await,
                    false => reply.text("next").await,
                };
                assert_eq!(
                    done.as_ref().err().map(Unanswered::cause),
                    Some(Cause::Connection)
                );
                done
            });
            assert_eq!(served, Ok(Closed::Broken));
            assert_eq!(logs.count(&Log::Worked(0)), worked);
            assert_eq!(logs.wire().len(), 10);
        }
    }
}

fn hints<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<replywire::Reply<'b>, Error> {
    Response::to(exchange, buf, Status::EARLY_HINTS)
        .header(HeaderName::LINK, "</a.css>; rel=preload")
        .empty()
}

const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n";

#[test]
fn interim_replies_leave_at_once_and_the_final_one_follows() {
    for request in [
        GET,
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ] {
        let line = Line::new([GET_NEXT, request].concat());
        let logs = line.logs.clone();
        let served = serve(line, 400, async |path, mut responder| {
            if path == "/" {
                responder.inform(hints).await?;
                responder.inform(hints).await?;
                responder
                    .inform(|exchange, buf| Response::to(exchange, buf, Status::PROCESSING).empty())
                    .await?;
            }
            Ok(responder.send(text).await?)
        });
        let closed = if request == GET {
            Closed::Peer
        } else {
            Closed::Server
        };
        assert_eq!(served, Ok(closed));
        let last = match closed {
            Closed::Peer => NEXT.to_owned(),
            _ => NEXT.replace("content-length", "connection: close\r\ncontent-length"),
        };
        let first = format!("{NEXT}{HINTS}");
        assert_eq!(
            texts(&logs),
            [&first, HINTS, "HTTP/1.1 102 Processing\r\n\r\n", &last]
        );
    }
}

#[test]
fn an_interim_reply_is_written_again_where_replies_that_wait_leave_too_little_room() {
    const ROOM: usize = 400;
    const BARE: &str = "HTTP/1.1 103 Early Hints\r\nlink: \r\n\r\n";
    // A quarter of the buffer is for replies that wait.
    const { assert!(NEXT.len() <= ROOM / 4) };
    let fits_alone = ROOM - BARE.len();
    let fits_after = fits_alone - NEXT.len();
    for len in fits_after - 8..=fits_alone + 1 {
        let link = "x".repeat(len);
        let informed = BARE.replace("link: ", &format!("link: {link}"));
        for is_chain in [false, true] {
            let line = Line::new([GET_NEXT, GET].concat());
            let logs = line.logs.clone();
            let runs = Cell::new(0);
            let told = Cell::new(None);
            let served = serve(line, ROOM, async |path, mut responder| {
                if path == "/" && is_chain {
                    let hints = responder.early_hints().header(HeaderName::LINK, &link);
                    told.set(Some(hints.inform().await));
                } else if path == "/" {
                    let informing = responder.inform(|exchange, buf| {
                        runs.set(runs.get() + 1);
                        Response::to(exchange, buf, Status::EARLY_HINTS)
                            .header(HeaderName::LINK, &link)
                            .empty()
                    });
                    told.set(Some(informing.await.map_err(Unanswered::from)));
                }
                Ok(responder.send(text).await?)
            });
            assert_eq!(served, Ok(Closed::Peer), "{len}");
            let writes = texts(&logs);
            if len <= fits_after {
                assert_eq!(writes, [&format!("{NEXT}{informed}"), NEXT], "{len}");
            } else if len <= fits_alone {
                assert_eq!(writes, [NEXT, &informed, NEXT], "{len}");
            } else {
                assert_eq!(writes, [NEXT, NEXT], "{len}");
            }
            let told = told.take().unwrap().map_err(|error| error.cause());
            match len <= fits_alone {
                true => assert_eq!(told, Ok(())),
                false => {
                    let needed = ROOM + 1;
                    assert_eq!(told, Err(Cause::Reply(Error::Overflow { needed })));
                }
            }
            let want = if len <= fits_after { 1 } else { 2 };
            assert_eq!(runs.get(), if is_chain { 0 } else { want }, "{len}");
        }
    }
}

#[test]
fn a_chain_informs_as_a_closure_does() {
    let mut lines = Headers::<64>::new();
    lines.append("x-a", "1").unwrap();
    let line = Line::new(GET);
    let logs = line.logs.clone();
    serve(line, 256, async |_, mut responder| {
        let number = format_args!("{}", 7);
        let hints = responder.early_hints().headers(&lines);
        hints.header("x-b", number).inform().await?;
        // Nothing is sent of one that is dropped, and of one that is wrong.
        drop(responder.early_hints().header("x-c", "no"));
        let wrong = responder.early_hints().header("x c", "no").inform().await;
        assert_eq!(
            wrong.unwrap_err().cause(),
            Cause::Reply(Error::HeaderName(Place::UNKNOWN))
        );
        let last = responder.interim(Status::OK).inform().await;
        assert_eq!(
            last.unwrap_err().cause(),
            Cause::Reply(Error::InterimStatus)
        );
        Ok(responder.send(text).await?)
    })
    .unwrap();
    let informed = "HTTP/1.1 103 Early Hints\r\nx-a: 1\r\nx-b: 7\r\n\r\n";
    assert_eq!(wire(&logs), format!("{informed}{NEXT}"));
}

#[test]
fn an_http_1_0_client_is_sent_no_interim_reply() {
    let line = Line::new(GET_OLD);
    let logs = line.logs.clone();
    let served = serve(line, 256, async |_, mut responder| {
        responder.inform(hints).await?;
        Ok(responder.send(text).await?)
    });
    assert_eq!(served, Ok(Closed::Server));
    assert!(wire(&logs).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_status_that_is_not_interim_and_a_switch_of_protocols_do_not_inform() {
    for code in [101, 200, 204, 304, 500] {
        let line = Line::new(GET);
        let logs = line.logs.clone();
        serve(line, 256, async |_, mut responder| {
            let status = Status::new(code).unwrap();
            let told = responder
                .inform(|exchange, buf| Response::to(exchange, buf, status).empty())
                .await;
            assert_eq!(told, Err(SendError::Reply(Error::InterimStatus)));
            Ok(responder.send(text).await?)
        })
        .unwrap();
        assert_eq!(wire(&logs), NEXT);
    }
    let line = Line::new(GET);
    serve(line, 256, async |_, mut responder| {
        let told = responder
            .inform(|exchange, _| hints(exchange, buffer(128).leak()))
            .await;
        assert_eq!(told, Err(SendError::Reply(Error::OtherBuffer)));
        Ok(responder.send(text).await?)
    })
    .unwrap();
}

#[test]
fn half_an_interim_reply_is_followed_by_its_other_half() {
    for polls in 1..8 {
        let line = Line::new(GET).acts([Act::Take(9), Act::Pend].repeat(4));
        let logs = line.logs.clone();
        let served = serve(line, 256, async |_, mut responder| {
            let _ = poll_times(responder.inform(hints), polls);
            Ok(responder.send(text).await?)
        });
        assert_eq!(served, Ok(Closed::Peer));
        assert_eq!(wire(&logs), format!("{HINTS}{NEXT}"), "{polls}");
    }
}

#[test]
fn a_client_that_was_told_to_continue_is_not_told_again() {
    let post = "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    for informs in [false, true] {
        let line = Line::new(post);
        let logs = line.logs.clone();
        serve(line, 256, async |_, mut responder| {
            if informs {
                responder
                    .inform(|exchange, buf| Response::to(exchange, buf, Status::CONTINUE).empty())
                    .await?;
            }
            let _ = responder.read(&mut [0; 2]).await;
            Ok(responder.send(text).await?)
        })
        .unwrap();
        assert_eq!(
            wire(&logs).matches("HTTP/1.1 100 Continue\r\n\r\n").count(),
            1
        );
    }
}

#[test]
fn a_handler_that_goes_on_behind_a_failed_write_writes_nothing() {
    let next = String::from_utf8(GET_NEXT.to_vec()).unwrap();
    let post = "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n";
    for act in [Act::Fail, Act::Zero] {
        for (first, answer) in (0..3).flat_map(|first| (0..5).map(move |answer| (first, answer))) {
            let line = Line::new(format!("{next}{post}")).acts([Act::Take(9), act]);
            let logs = line.logs.clone();
            let served = serve(line, 512, async |path, mut responder| {
                if path == "/next" {
                    return Ok(responder.send(text).await?);
                }
                // Each of these sends the reply before.
                let has_failed = match first {
                    0 => responder.flush().await.is_err(),
                    1 => responder.inform(hints).await.is_err(),
                    _ => responder.read(&mut [0; 8]).await.is_err(),
                };
                assert!(has_failed);
                let steps = Steps::new([chunk("all")], &logs);
                Ok(match answer {
                    0 => responder.send(text).await?,
                    1 => responder.send_now(text).await?,
                    2 => responder.stream(stream, steps).await?,
                    3 => responder.transfer(stream, &b"all"[..]).await?,
                    _ => return Ok(responder.flush().await.map(|()| panic!("it was flushed"))?),
                })
            });
            assert_eq!(served, Ok(Closed::Broken), "{act:?} {first} {answer}");
            assert_eq!(logs.wire().len(), 9, "{act:?} {first} {answer}");
        }
    }
}

#[test]
fn a_handler_that_goes_on_behind_a_failed_flush_writes_nothing() {
    let line = Line::new([GET_NEXT, GET].concat()).failing_to_flush();
    let logs = line.logs.clone();
    let served = serve(line, 512, async |path, mut responder| {
        if path != "/next" {
            assert_eq!(responder.flush().await, Err(ConnectionError::Io(Broken)));
        }
        Ok(responder.send(text).await?)
    });
    assert_eq!(served, Ok(Closed::Broken));
    assert_eq!(wire(&logs), NEXT);
}

const GET_TE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nTE: gzip;q=0.3, Trailers\r\n\r\n";

/// The outcome of a stream of `steps` with trailer fields.
fn trailed(
    line: Line,
    room: usize,
    begin: Begin,
    steps: &[Next],
    fields: &[(&'static str, &'static str)],
) -> (Served, Streamed) {
    streamed_from(line, room, begin, steps, |source| {
        source.trailers(fields, 256)
    })
}

const FIELDS: &[(&str, &str)] = &[("x-sum", "c0ffee"), ("ETag", "\"v1\"")];

#[test]
fn trailer_fields_leave_with_the_last_chunk() {
    for (steps, body) in [(vec![chunk("all")], "3\r\nall\r\n"), (vec![], "")] {
        let line = Line::new([GET_TE, GET_NEXT].concat());
        let logs = line.logs.clone();
        let (served, told) = trailed(line, 512, |response| response.stream(), &steps, FIELDS);
        assert_eq!((served, told), (Ok(Closed::Peer), Ok(())));
        let whole = format!("{CHUNKED}{body}0\r\nx-sum: c0ffee\r\netag: \"v1\"\r\n\r\n");
        assert_eq!(texts(&logs), [&whole, NEXT]);
    }
}

#[test]
fn trailer_fields_are_not_sent_where_the_request_or_the_framing_has_none() {
    let begins: [Begin; 3] = [
        |response| response.stream(),
        |response| response.sized(3),
        |response| response.sized_exactly(3),
    ];
    let head = GET_TE.strip_prefix(b"GET").unwrap();
    let requests = [
        GET.to_vec(),
        GET_OLD.to_vec(),
        [b"HEAD", head].concat(),
        GET_TE.to_vec(),
        b"GET / HTTP/1.0\r\nhost: x\r\nTE: trailers\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nhost: x\r\nTE: trailers;q=1\r\n\r\n".to_vec(),
    ];
    for request in &requests {
        for (at, begin) in begins.into_iter().enumerate() {
            if request == GET_TE && at == 0 {
                continue;
            }
            let wires = [FIELDS, &[]].map(|fields| {
                let line = Line::new(request);
                let logs = line.logs.clone();
                let (_, told) = trailed(line, 512, begin, &[chunk("all")], fields);
                assert_eq!(told, Ok(()));
                wire(&logs)
            });
            assert_eq!(wires[0], wires[1]);
        }
    }
}

#[test]
fn trailer_fields_go_through_every_buffer_and_split_of_writes() {
    let fields = [
        ("x-long", "0123456789".repeat(20).leak() as &str),
        ("x-sum", "1"),
    ];
    let want: Vec<(String, Vec<u8>)> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    let mut runs = 0;
    for room in (64..400).chain([512, 1024]) {
        for take in [1, 2, 7, usize::MAX] {
            for waits in [false, true] {
                let steps = match waits {
                    true => vec![chunk([b'x'; 40]), Next::Wait, chunk("y"), Next::Wait],
                    false => vec![chunk([b'x'; 40]), chunk("y")],
                };
                let mut line = Line::new(GET_TE);
                if take != usize::MAX {
                    line = line.acts([Act::Pend, Act::Take(take)].repeat(800));
                }
                let logs = line.logs.clone();
                let (served, told) =
                    trailed(line, room, |response| response.stream(), &steps, &fields);
                assert_eq!((served, told), (Ok(Closed::Peer), Ok(())), "{room} {take}");
                let parsed = strict(&logs.wire(), "GET").unwrap();
                assert_eq!(parsed.body, [&[b'x'; 40][..], b"y"].concat());
                assert_eq!(parsed.trailers, want);
                runs += 1;
            }
        }
    }
    assert_eq!(runs, 338 * 4 * 2);
}

#[test]
fn a_later_tag_among_trailer_fields_replaces_an_earlier_one() {
    let fields = [
        ("etag", "\"v1\""),
        ("x-sum", "1"),
        ("ETag", "\"v2\""),
        ("x-sum", "2"),
    ];
    let line = Line::new(GET_TE);
    let logs = line.logs.clone();
    let (_, told) = trailed(line, 512, |response| response.stream(), &[], &fields);
    assert_eq!(told, Ok(()));
    let want = format!("{CHUNKED}0\r\nx-sum: 1\r\netag: \"v2\"\r\nx-sum: 2\r\n\r\n");
    assert_eq!(logs.wire(), want.as_bytes());
}

#[test]
fn a_field_that_is_wrong_or_has_to_lead_is_no_trailer_field() {
    let leading = [
        "age",
        "Authorization",
        "cache-control",
        "Content-Encoding",
        "content-range",
        "content-type",
        "date",
        "expires",
        "host",
        "Location",
        "retry-after",
        "set-cookie",
        "TE",
        "trailer",
        "vary",
        "www-authenticate",
    ];
    let wrong = leading
        .map(|name| (name, "x", Error::Trailer(Place::UNKNOWN)))
        .into_iter()
        .chain(
            ["connection", "content-length", "Transfer-Encoding"]
                .map(|name| (name, "chunked", Error::Trailer(Place::UNKNOWN))),
        )
        .chain([
            ("a b", "x", Error::HeaderName(Place::UNKNOWN)),
            ("x", "a\r\nb: c", Error::HeaderValue(Place::UNKNOWN)),
            ("x", "\u{100}", Error::NotLatin1(Place::UNKNOWN)),
            ("x", "y".repeat(300).leak(), Error::Overflow { needed: 315 }),
        ]);
    for (name, value, error) in wrong {
        for request in [GET, GET_TE] {
            for (steps, sent) in [(vec![], FAULT), (vec![Next::Wait], CHUNKED)] {
                let line = Line::new([request, GET_NEXT].concat());
                let logs = line.logs.clone();
                let fields = [(name, value), ("x-sum", "1")];
                let (_, told) = trailed(line, 512, |response| response.stream(), &steps, &fields);
                assert_eq!(
                    told,
                    Err(SendError::Body(StreamError::Chunk(error))),
                    "{name}"
                );
                assert_eq!(wire(&logs), sent);
            }
        }
    }
}
