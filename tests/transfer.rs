//! The step machine: every split of reads, writes limited in every way, every buffer size.

use conformance::buffer;
use conformance::reply::{head, strict};
use replywire::body::{BodyError, Step, Transfer};
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};

const SOURCE: &[u8] = b"abcdef";

/// The four framings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Chunked,
    Close,
    Exact,
    Sized,
}

const KINDS: [Kind; 4] = [Kind::Chunked, Kind::Close, Kind::Exact, Kind::Sized];

impl Kind {
    fn head(self, len: usize) -> String {
        match self {
            Self::Chunked => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".into(),
            Self::Close => "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".into(),
            Self::Exact | Self::Sized => {
                format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n")
            }
        }
    }

    fn start(self, buf: &mut [u8], len: usize) -> Result<Transfer<'_>, Error> {
        let version = match self {
            Self::Close => Version::Http10,
            _ => Version::Http11,
        };
        let exchange = Exchange::new("GET", version, [("", ""); 0]);
        let response = Response::to(&exchange, buf, Status::OK);
        match self {
            Self::Chunked | Self::Close => response.stream(),
            Self::Exact => response.sized_exactly(len as u64),
            Self::Sized => response.sized(len as u64),
        }
    }
}

/// All ways to split `source` into reads that are not empty.
fn compositions(source: &[u8]) -> Vec<Vec<&[u8]>> {
    if source.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for first in 1..=source.len() {
        for mut rest in compositions(&source[first..]) {
            rest.insert(0, &source[..first]);
            all.push(rest);
        }
    }
    all
}

/// A step as it was seen: its kind, the beginning of its slice, and the bytes of a `Send`.
#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Broken(BodyError),
    Done,
    Fill(usize, usize),
    Send(usize, Vec<u8>),
}

fn look(transfer: &mut Transfer<'_>) -> Seen {
    match transfer.step() {
        Err(error) => Seen::Broken(error),
        Ok(Step::Done) => Seen::Done,
        Ok(Step::Fill(room)) => Seen::Fill(room.as_ptr() as usize, room.len()),
        Ok(Step::Send { bytes, .. }) => Seen::Send(bytes.as_ptr() as usize, bytes.to_vec()),
    }
}

#[derive(Debug, Eq, PartialEq)]
struct Run {
    sent: Vec<u8>,
    writes: usize,
    result: Result<(), BodyError>,
}

/// Drives `transfer`, asking for each step three times.
fn run(mut transfer: Transfer<'_>, reads: &[&[u8]], limit: impl Fn(usize) -> usize) -> Run {
    let mut reads = reads.to_vec();
    let mut run = Run {
        sent: Vec::new(),
        writes: 0,
        result: Ok(()),
    };
    loop {
        let seen = look(&mut transfer);
        assert_eq!(look(&mut transfer), seen);
        let step = match transfer.step() {
            Ok(step) => step,
            Err(error) => {
                assert_eq!(run.result, Err(error), "for ever");
                return run;
            }
        };
        assert_eq!(run.result, Ok(()), "goes on after an error");
        match step {
            Step::Fill(room) => {
                assert!(!room.is_empty());
                let n = match reads.first_mut() {
                    Some(read) => {
                        let n = read.len().min(room.len());
                        room[..n].copy_from_slice(&read[..n]);
                        *read = &read[n..];
                        if read.is_empty() {
                            reads.remove(0);
                        }
                        n
                    }
                    None => 0,
                };
                run.result = transfer.filled(n);
            }
            Step::Send { bytes, .. } => {
                assert!(!bytes.is_empty());
                let n = limit(run.writes).clamp(1, bytes.len());
                run.sent.extend_from_slice(&bytes[..n]);
                run.writes += 1;
                transfer.sent(n);
            }
            Step::Done => {
                assert_eq!(look(&mut transfer), Seen::Done);
                return run;
            }
        }
    }
}

/// The size of the smallest buffer that a transfer starts in.
fn smallest(kind: Kind, len: usize) -> usize {
    let size = match kind.start(&mut [], len) {
        Err(Error::Overflow { needed }) => needed,
        other => panic!("{other:?}"),
    };
    for less in 0..size {
        let error = kind.start(&mut buffer(less), len).unwrap_err();
        assert_eq!(
            error,
            Error::Overflow { needed: size },
            "{kind:?} in {less}"
        );
    }
    assert!(kind.start(&mut buffer(size), len).is_ok());
    size
}

/// Fails unless `run` sent exactly one reply with this body.
fn sent_all(run: &Run, kind: Kind, body: &[u8], case: &str) {
    assert_eq!(run.result, Ok(()), "{case}");
    assert!(
        run.sent.starts_with(kind.head(body.len()).as_bytes()),
        "{case}"
    );
    let parsed = strict(&run.sent, "GET").expect(case);
    assert_eq!(parsed.body, body, "{case}");
}

#[test]
fn every_split_of_reads_in_every_buffer_gives_the_source() {
    for kind in KINDS {
        for len in 0..=SOURCE.len() {
            let source = &SOURCE[..len];
            let smallest = smallest(kind, len);
            for reads in compositions(source) {
                for size in smallest..=smallest + 45 {
                    for limit in [1, 2, 7, usize::MAX] {
                        let mut buf = buffer(size);
                        let transfer = kind.start(&mut buf, len).unwrap();
                        let run = run(transfer, &reads, |_| limit);
                        let case = format!("{kind:?} {reads:?} in {size} by {limit}");
                        sent_all(&run, kind, source, &case);
                    }
                }
            }
        }
    }
}

#[test]
fn every_limit_of_writes_gives_the_source() {
    for kind in KINDS {
        let smallest = smallest(kind, SOURCE.len());
        for reads in compositions(SOURCE) {
            for size in [smallest, smallest + 6, smallest + 21, smallest + 60] {
                for limit in 1..=90 {
                    let mut buf = buffer(size);
                    let transfer = kind.start(&mut buf, SOURCE.len()).unwrap();
                    let run = run(transfer, &reads, |_| limit);
                    sent_all(
                        &run,
                        kind,
                        SOURCE,
                        &format!("{kind:?} {reads:?} {size} {limit}"),
                    );
                }
            }
        }
    }
}

#[test]
fn every_place_of_one_short_write_gives_the_source() {
    for kind in KINDS {
        let size = smallest(kind, SOURCE.len()) + 30;
        for reads in compositions(SOURCE) {
            for at in 0..6 {
                for short in 1..60 {
                    let mut buf = buffer(size);
                    let transfer = kind.start(&mut buf, SOURCE.len()).unwrap();
                    let limit = |write| if write == at { short } else { usize::MAX };
                    let run = run(transfer, &reads, limit);
                    sent_all(
                        &run,
                        kind,
                        SOURCE,
                        &format!("{kind:?} {reads:?} {at} {short}"),
                    );
                }
            }
        }
    }
}

#[test]
fn a_short_source_is_missed_to_the_byte() {
    for kind in [Kind::Exact, Kind::Sized] {
        for len in 0..SOURCE.len() {
            for promised in len + 1..=9 {
                let smallest = smallest(kind, promised);
                for reads in compositions(&SOURCE[..len]) {
                    for size in smallest..=smallest + 12 {
                        let mut buf = buffer(size);
                        let transfer = kind.start(&mut buf, promised).unwrap();
                        let run = run(transfer, &reads, |_| usize::MAX);
                        let missing = (promised - len) as u64;
                        assert_eq!(run.result, Err(BodyError::TooShort { missing }));
                        // Nothing is made up for what is missing, and nothing more is sent: not
                        // even the head, where it was to leave with the body's first bytes.
                        let want = kind.head(promised) + "abcdef".split_at(len).0;
                        if len > 0 || !run.sent.is_empty() {
                            assert_eq!(run.sent, want.as_bytes(), "{reads:?} in {size}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_long_source_is_cut_at_the_promised_length() {
    for promised in 0..SOURCE.len() {
        let smallest = smallest(Kind::Sized, promised);
        for reads in compositions(SOURCE) {
            for size in smallest..=smallest + 12 {
                for limit in [1, usize::MAX] {
                    let mut buf = buffer(size);
                    let transfer = Kind::Sized.start(&mut buf, promised).unwrap();
                    let run = run(transfer, &reads, |_| limit);
                    sent_all(&run, Kind::Sized, &SOURCE[..promised], "a cut source");
                }
            }
        }
    }
}

#[test]
fn a_source_that_should_end_is_an_error_before_more_than_promised_is_sent() {
    for promised in 0..SOURCE.len() {
        let smallest = smallest(Kind::Exact, promised);
        for reads in compositions(SOURCE) {
            for size in smallest..=smallest + 12 {
                for limit in [1, usize::MAX] {
                    let mut buf = buffer(size);
                    let transfer = Kind::Exact.start(&mut buf, promised).unwrap();
                    let run = run(transfer, &reads, |_| limit);
                    assert_eq!(run.result, Err(BodyError::TooLong), "{reads:?} in {size}");
                    if run.sent.is_empty() {
                        continue;
                    }
                    let (parsed, body) = head(&run.sent).unwrap();
                    assert_eq!(
                        parsed.values("content-length"),
                        [promised.to_string().as_bytes()]
                    );
                    assert!(SOURCE[..promised].starts_with(body), "{reads:?} in {size}");
                }
            }
        }
    }
}

#[test]
fn a_source_of_nothing_ends_at_once() {
    for kind in KINDS {
        let mut buf = buffer(128);
        let run = run(kind.start(&mut buf, 0).unwrap(), &[], |_| usize::MAX);
        let last = if kind == Kind::Chunked {
            "0\r\n\r\n"
        } else {
            ""
        };
        assert_eq!(run.result, Ok(()));
        assert_eq!(run.sent, (kind.head(0) + last).as_bytes());
        assert_eq!(run.writes, 1, "{kind:?}");
    }
}

#[test]
fn a_reply_that_fits_the_buffer_leaves_in_one_write() {
    for (kind, writes) in [
        (Kind::Sized, 1),
        (Kind::Exact, 1),
        (Kind::Close, 1),
        (Kind::Chunked, 2),
    ] {
        let mut buf = buffer(128);
        let transfer = kind.start(&mut buf, SOURCE.len()).unwrap();
        let run = run(transfer, &[SOURCE], |_| usize::MAX);
        // The last chunk of a stream is written when the source is known to end.
        assert_eq!(run.writes, writes, "{kind:?}");
    }
    let mut buf = buffer(Kind::Sized.head(6).len() + 6);
    let transfer = Kind::Sized.start(&mut buf, 6).unwrap();
    assert_eq!(run(transfer, &[SOURCE], |_| usize::MAX).writes, 1);
}

#[test]
fn a_chunk_leaves_with_its_size_line_and_its_end() {
    let mut buf = buffer(128);
    let run = run(
        Kind::Chunked.start(&mut buf, 0).unwrap(),
        &[b"ab", b"c"],
        |_| usize::MAX,
    );
    assert_eq!(run.writes, 3);
    assert_eq!(
        run.sent,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
          2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    );
}

#[test]
fn a_chunk_of_every_size_up_to_a_thousand_is_decoded() {
    let body = vec![b'x'; 1000];
    for len in 1..=body.len() {
        let mut buf = buffer(1100);
        let transfer = Kind::Chunked.start(&mut buf, 0).unwrap();
        let run = run(transfer, &[&body[..len]], |_| usize::MAX);
        let size = format!("\r\n\r\n{len:x}\r\nx");
        assert!(
            run.sent
                .windows(size.len())
                .any(|window| window == size.as_bytes())
        );
        sent_all(&run, Kind::Chunked, &body[..len], "a chunk");
    }
}

#[test]
fn saying_that_too_much_was_sent_or_read_is_harmless() {
    for kind in KINDS {
        for extra in [1, 1000, usize::MAX / 2] {
            let mut buf = buffer(128);
            let mut transfer = kind.start(&mut buf, SOURCE.len()).unwrap();
            let mut wire = Vec::new();
            let mut source = SOURCE;
            loop {
                match transfer.step().unwrap() {
                    Step::Fill(room) => {
                        let n = source.len().min(2).min(room.len());
                        room[..n].copy_from_slice(&source[..n]);
                        source = &source[n..];
                        transfer.filled(n).unwrap();
                    }
                    Step::Send { bytes, .. } => {
                        wire.extend_from_slice(bytes);
                        let n = bytes.len();
                        transfer.sent(n.saturating_add(extra));
                    }
                    Step::Done => break,
                }
            }
            assert_eq!(strict(&wire, "GET").unwrap().body, SOURCE);

            // A source that claims more than there is room for has filled the room.
            let mut buf = buffer(128);
            let mut transfer = kind.start(&mut buf, 1 << 20).unwrap();
            let Step::Fill(room) = transfer.step().unwrap() else {
                panic!("{kind:?} asks for nothing");
            };
            let len = room.len();
            room.fill(b'z');
            transfer.filled(len.saturating_add(extra)).unwrap();
            let Step::Send { bytes, .. } = transfer.step().unwrap() else {
                panic!("{kind:?} has nothing to send");
            };
            assert_eq!(bytes.iter().filter(|byte| **byte == b'z').count(), len);
        }
    }
}

#[test]
fn sending_nothing_changes_nothing() {
    for kind in KINDS {
        let mut buf = buffer(smallest(kind, 6));
        let mut transfer = kind.start(&mut buf, 6).unwrap();
        while let Step::Fill(room) = transfer.step().unwrap() {
            let n = room.len().min(2);
            room[..n].fill(b'x');
            transfer.filled(n).unwrap();
        }
        let before = look(&mut transfer);
        transfer.sent(0);
        assert_eq!(look(&mut transfer), before);
    }
}

#[test]
fn what_follows_the_end_of_a_source_is_not_sent() {
    for kind in KINDS {
        let mut buf = buffer(128);
        let mut transfer = kind.start(&mut buf, 0).unwrap();
        let mut wire = Vec::new();
        loop {
            match transfer.step().unwrap() {
                Step::Fill(_) => transfer.filled(0).unwrap(),
                Step::Send { bytes, .. } => {
                    wire.extend_from_slice(bytes);
                    let n = bytes.len();
                    // A driver that says it twice has said it once.
                    transfer.filled(0).unwrap();
                    transfer.sent(n);
                }
                Step::Done => break,
            }
        }
        let last = if kind == Kind::Chunked {
            "0\r\n\r\n"
        } else {
            ""
        };
        assert_eq!(String::from_utf8(wire).unwrap(), kind.head(0) + last);
    }
}

#[test]
fn a_head_is_all_or_nothing_for_every_status_and_framing() {
    for code in 100..=999 {
        let status = Status::new(code).unwrap();
        for method in ["GET", "CONNECT"] {
            let exchange = Exchange::new(method, Version::Http11, [("", ""); 0]);
            for sized in [false, true] {
                let start = |buf: &mut [u8]| {
                    let response = Response::to(&exchange, buf, status);
                    match sized {
                        true => response.sized(3).map(|_| ()),
                        false => response.stream().map(|_| ()),
                    }
                };
                let Err(Error::Overflow { needed }) = start(&mut []) else {
                    panic!("{code} in no room at all");
                };
                for len in needed - 5..needed + 5 {
                    match len < needed {
                        true => {
                            assert_eq!(start(&mut buffer(len)), Err(Error::Overflow { needed }))
                        }
                        false => {
                            assert_eq!(start(&mut buffer(len)), Ok(()), "{code} {method} {len}")
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_is_sent_behind_a_broken_body_and_the_connection_closes() {
    for joined in [false, true] {
        let mut buf = buffer(if joined { 128 } else { 38 });
        let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .sized(5)
            .unwrap();
        assert!(!transfer.closes());
        if let Step::Send { bytes: head, .. } = transfer.step().unwrap() {
            assert!(!joined);
            let n = head.len();
            transfer.sent(n);
        }
        let error = Err(BodyError::TooShort { missing: 5 });
        assert_eq!(transfer.filled(0), error);
        assert_eq!(transfer.step().map(|_| ()), error);
        assert!(transfer.closes());
    }
}
