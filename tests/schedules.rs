//! Every short schedule of what reads and writes do, and a drop at every await, for each kind of
//! reply: the framing is never wrong, nothing goes on after a failure, the error is the right one.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use conformance::line::{Act, Broken, Line, Log, Logs, Next, Steps, chunk};
use conformance::reply::strict;
use conformance::serve::{Served, serve_some};
use conformance::size;
use replywire::body::Transfer;
use replywire::request::Exchange;
use replywire::{Error, Response, Status};
use replywire_embedded::{Answered, Closed, ConnectionError, Responder, SendError, Unanswered};

/// A request of each kind of reply.
const REQUESTS: [&str; 9] = [
    "GET /text HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /slow HTTP/1.1\r\nhost: x\r\nte: trailers\r\n\r\n",
    "GET /sized HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /read HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /hints HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /json HTTP/1.1\r\nhost: x\r\n\r\n",
    "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\necho",
    "POST /echo HTTP/1.1\r\nhost: x\r\nte: trailers\r\ntransfer-encoding: chunked\r\n\r\n\
     2\r\nec\r\n2\r\nho\r\n0\r\n\r\n",
];

const GET_NEXT: &str = "GET /next HTTP/1.1\r\nhost: x\r\n\r\n";

/// A reply buffer that most kinds fill more than once.
const ROOM: usize = 256;

/// The outcome of its reply that a handler was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Told {
    Conn,
    /// The request's content did not come whole.
    Content,
    Ok,
    WriteZero,
}

impl Told {
    fn of<R>(error: SendError<R, Broken>) -> Self {
        match error {
            SendError::Connection(ConnectionError::Io(Broken)) => Self::Conn,
            SendError::Connection(ConnectionError::WriteZero) => Self::WriteZero,
            _ => panic!("an error that no schedule has"),
        }
    }
}

/// The outcome of a schedule.
#[derive(Debug)]
struct Run {
    /// `None` where it was dropped.
    served: Option<Served>,
    /// Of the first reply, as far as its handler came.
    told: Option<Told>,
    logs: Logs,
    /// The number of sources that were made.
    sources: usize,
}

fn ok<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Response<'b> {
    Response::to(exchange, buf, Status::OK)
}

fn chunked<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Transfer<'b>, Error> {
    ok(exchange, buf).stream()
}

fn sized<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Transfer<'b>, Error> {
    ok(exchange, buf).sized_exactly(261)
}

async fn send(responder: Responder<'_, Line>, text: &str) -> Result<Answered, Told> {
    let sent = responder.send(|exchange, buf| ok(exchange, buf).text(text));
    sent.await
        .map_err(SendError::widen::<Broken>)
        .map_err(Told::of)
}

async fn read_all(responder: &mut Responder<'_, Line>) -> Result<String, Told> {
    let mut content = Vec::new();
    let mut buf = [0; 3];
    loop {
        match responder.read(&mut buf).await {
            Ok(0) => return Ok(String::from_utf8(content).expect("text")),
            Ok(n) => content.extend_from_slice(&buf[..n]),
            Err(_) => return Err(Told::Content),
        }
    }
}

/// The parts that the sources give: some fill the buffer, empty ones are waits, and single bytes
/// come after waits.
const PARTS: [&[u8]; 4] = [&[b'a'; 200], b"b", b"", &[b'c'; 60]];
const SLOW: [&[u8]; 6] = [b"", b"a", b"", b"", b"b", b""];

fn steps(parts: &[&[u8]]) -> Vec<Next> {
    let step = |part: &&[u8]| match part.is_empty() {
        true => Next::Wait,
        false => chunk(part),
    };
    parts.iter().map(step).collect()
}

fn run(request: &str, reads: &[Act], writes: &[Act], polls: usize) -> Run {
    let line = Line::new([request, GET_NEXT].concat())
        .reads(reads.iter().copied())
        .acts(writes.iter().copied());
    let logs = line.logs.clone();
    let (told, sources) = (Cell::new(None), Cell::new(0));
    let source = |parts| {
        sources.set(sources.get() + 1);
        Steps::new(steps(parts), &logs).trailers(&[("x-sum", "c0ffee")], 32)
    };
    let served = serve_some(line, ROOM, polls, async |path, mut responder| {
        let sent = match path {
            "/stream" => responder
                .stream(chunked, source(&PARTS))
                .await
                .map_err(Told::of),
            "/slow" => responder
                .stream(chunked, source(&SLOW))
                .await
                .map_err(Told::of),
            "/sized" => responder
                .stream(sized, source(&PARTS))
                .await
                .map_err(Told::of),
            "/read" => responder
                .transfer(chunked, source(&PARTS))
                .await
                .map_err(Told::of),
            "/json" => {
                let value: Vec<u32> = (0..200).collect();
                let sent =
                    responder.document(|exchange, buf| ok(exchange, buf).json_stream(&value));
                sent.await.map_err(Told::of)
            }
            "/hints" => {
                let hints = responder.inform(|exchange, buf| {
                    let response = Response::to(exchange, buf, Status::EARLY_HINTS);
                    response.header("link", "</a.css>").empty()
                });
                match hints.await {
                    Ok(()) => send(responder, "text").await,
                    Err(error) => Err(Told::of(error)),
                }
            }
            "/echo" => match read_all(&mut responder).await {
                Ok(content) => send(responder, &content).await,
                Err(error) => Err(error),
            },
            _ => send(responder, path).await,
        };
        let said = sent.as_ref().map_or_else(|error| *error, |_| Told::Ok);
        told.set(told.get().or(Some(said)));
        sent.map_err(|_| Unanswered::new())
    });
    Run {
        served,
        told: told.get(),
        logs,
        sources: sources.get(),
    }
}

/// The replies in `wire`, each whole and right, and nothing else.
fn whole_replies(mut wire: &[u8]) -> usize {
    let mut count = 0;
    while !wire.is_empty() {
        let ends = (1..=wire.len()).filter(|end| {
            let is_next = wire[*end..].is_empty() || wire[*end..].starts_with(b"HTTP/1.1 ");
            is_next && strict(&wire[..*end], "GET").is_ok()
        });
        let end = ends
            .min()
            .unwrap_or_else(|| panic!("\"{}\"", wire.escape_ascii()));
        wire = &wire[end..];
        count += 1;
    }
    count
}

/// Checks what became of a schedule, against what is sent where nothing fails.
fn check(run: &Run, whole: &[u8]) {
    let (logs, wire) = (run.logs.all(), run.logs.wire());
    assert_eq!(run.logs.count(&Log::Dropped), run.sources);
    let Some(served) = run.served else {
        assert!(whole.starts_with(&wire));
        return;
    };
    let is_cut = logs.contains(&Log::Cut);
    let is_unread = logs.contains(&Log::Unread);
    let failed = logs.iter().enumerate().find_map(|(at, log)| match log {
        Log::Failed(act) => Some((at, *act)),
        _ => None,
    });
    if let Some((at, act)) = failed {
        let (error, said) = match act {
            Act::Zero => (ConnectionError::WriteZero, Told::WriteZero),
            _ => (ConnectionError::Io(Broken), Told::Conn),
        };
        assert!(served == Err(error) || served == Ok(Closed::Broken));
        let is_told = matches!(run.told, None | Some(Told::Ok | Told::Content));
        assert!(is_told || run.told == Some(said));
        let wrote = |log: &Log| matches!(log, Log::Wrote(_));
        assert!(!logs[at..].iter().any(wrote), "a write after a failure");
        assert!(is_cut || is_unread || whole.starts_with(&wire) && wire != whole);
    } else if is_cut || is_unread {
        let replies = whole_replies(&wire);
        assert!(replies <= 3);
        match run.told {
            Some(Told::Content) => assert_eq!((served, replies), (Ok(Closed::Server), 1)),
            _ if is_unread => assert_eq!(served, Err(ConnectionError::Io(Broken))),
            _ => assert_eq!(served, Ok(Closed::Peer)),
        }
    } else {
        assert_eq!((served, run.told), (Ok(Closed::Peer), Some(Told::Ok)));
        assert!(wire == whole);
    }
}

const ALWAYS: usize = 1 << 16;

/// Runs a schedule, polled at most as often, and checks it.
fn try_one(request: &str, whole: &[u8], reads: &[Act], writes: &[Act], polls: usize) -> Run {
    let run = run(request, reads, writes, polls);
    let check = AssertUnwindSafe(|| check(&run, whole));
    if let Err(panic) = catch_unwind(check) {
        eprintln!("{request:?}\nreads {reads:?}\nwrites {writes:?}\n{polls} polls: {run:?}");
        resume_unwind(panic);
    }
    run
}

/// The bytes sent where nothing fails: the reply, and the one to the request after it.
fn whole(request: &str) -> Vec<u8> {
    let run = run(request, &[], &[], ALWAYS);
    assert_eq!(
        (run.served, run.told),
        (Some(Ok(Closed::Peer)), Some(Told::Ok))
    );
    let wire = run.logs.wire();
    assert_eq!(
        whole_replies(&wire),
        2 + usize::from(request.contains("/hints"))
    );
    wire
}

/// Every sequence of `len` of `acts`.
fn sequences(acts: &[Act], len: u32) -> impl Iterator<Item = Vec<Act>> {
    (0..acts.len().pow(len)).map(move |number| {
        let digit = |place| acts[number / acts.len().pow(place) % acts.len()];
        (0..len).map(digit).collect()
    })
}

#[test]
fn every_short_schedule_of_writes_keeps_the_framing() {
    let acts = [
        Act::Pend,
        Act::Take(1),
        Act::Take(40),
        Act::Take(300),
        Act::Zero,
        Act::Fail,
    ];
    let mut runs = 0;
    for request in REQUESTS {
        let whole = whole(request);
        for writes in sequences(&acts, size::either(4, 5)) {
            try_one(request, &whole, &[], &writes, ALWAYS);
            runs += 1;
        }
    }
    assert_eq!(runs, 9 * size::either(1296, 7776));
}

#[test]
fn every_short_schedule_of_reads_keeps_the_framing() {
    let acts = [Act::Pend, Act::Take(1), Act::Take(30), Act::Zero, Act::Fail];
    let mut runs = 0;
    for request in REQUESTS {
        let whole = whole(request);
        for reads in sequences(&acts, size::either(4, 5)) {
            try_one(request, &whole, &reads, &[], ALWAYS);
            runs += 1;
        }
    }
    assert_eq!(runs, 9 * size::either(625, 3125));
}

#[test]
fn patterns_of_reads_and_writes_give_the_same_bytes() {
    let acts = [Act::Pend, Act::Take(1), Act::Take(40)];
    let mut runs = 0;
    for request in REQUESTS {
        let whole = whole(request);
        for reads in sequences(&acts, 3) {
            for writes in sequences(&acts, 3) {
                // Only waiting comes to no end.
                let repeat = |acts: &[Act]| acts.repeat(1000);
                try_one(request, &whole, &repeat(&reads), &repeat(&writes), ALWAYS);
                runs += 1;
            }
        }
    }
    assert_eq!(runs, 9 * 27 * 27);
}

#[test]
fn a_failure_at_every_byte_ends_the_connection_there() {
    let mut runs = 0;
    for request in REQUESTS {
        let whole = whole(request);
        for at in 0..whole.len() {
            for act in [Act::Zero, Act::Fail] {
                let mut writes = vec![Act::Take(1); at];
                writes.push(act);
                let run = try_one(request, &whole, &[], &writes, ALWAYS);
                assert_eq!(run.logs.wire(), whole[..at]);
                runs += 1;
            }
        }
    }
    assert!(runs > 5000, "{runs}");
}

#[test]
fn a_drop_at_every_await_has_sent_a_beginning() {
    let mut runs = 0;
    for request in REQUESTS {
        let whole = whole(request);
        let acts = [Act::Pend, Act::Take(7)].repeat(1000);
        for polls in 0.. {
            let run = try_one(request, &whole, &acts, &acts, polls);
            if run.served.is_some() {
                break;
            }
            runs += 1;
        }
    }
    assert!(runs > 500, "{runs}");
}
