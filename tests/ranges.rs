//! Files of every small length, ranges of every kind, buffers of every length, in every split.

use std::thread;

use conformance::buffer;
use conformance::drive::{Driven, FileWay, drive_file};
use conformance::random::Random;
use conformance::ranges::{Answer, answer, content_range, parts};
use conformance::reply::{Parsed, head, strict};
use conformance::size;
use replywire::body::{BodyError, Step};
use replywire::file::{Boundary, Coding, File, FileBytes};
use replywire::request::{Exchange, Version};
use replywire::{
    Disposition, Draft, ETag, Error, Head, Headers, HttpDate, Place, Response, Status,
    head as head_of,
};

const BOUNDARY: &str = "0b";
const TYPE: &str = "a/b";
/// Room for any reply here.
const PLENTY: usize = 8192;
/// The number of lengths beyond the needed one that are tried.
const BEYOND: usize = 40;

/// A file whose every byte tells where it stands.
fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| at as u8 ^ 0xa5).collect()
}

fn file<const RANGES: usize>(len: u64) -> File<'static, RANGES> {
    File::new(len)
        .ranges()
        .media_type(TYPE)
        .boundary(Boundary::new(BOUNDARY).unwrap())
}

/// Sends what of `bytes` a field asks for.
fn send<const RANGES: usize>(
    bytes: &[u8],
    range: &[u8],
    room: usize,
    way: FileWay,
    limits: &[usize],
) -> Result<Driven, Error> {
    let plan = file::<RANGES>(bytes.len() as u64).plan(&Exchange::GET, [("range", range)]);
    let mut buf = buffer(room);
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).file(&plan)?;
    Ok(drive_file(transfer, bytes, way, limits))
}

/// Checks a reply against what the plain reference says.
#[track_caller]
fn check(parsed: &Parsed, want: &Answer, bytes: &[u8], range: &[u8]) {
    let range = range.escape_ascii();
    let len = bytes.len() as u64;
    let ranges = parsed.values("content-range");
    let content_type = parsed.values("content-type");
    match want {
        Answer::Whole => {
            assert_eq!(parsed.status, 200, "{range} of {len}");
            assert_eq!((parsed.body.as_slice(), ranges.len()), (bytes, 0));
        }
        Answer::Refused(text) => {
            assert_eq!(parsed.status, 400, "{range} of {len}");
            assert_eq!(parsed.body, text.as_bytes(), "{range} of {len}");
        }
        Answer::Unsatisfiable => {
            assert_eq!(parsed.status, 416, "{range} of {len}");
            assert_eq!(ranges, [format!("bytes */{len}").as_bytes()]);
            assert_eq!(parsed.body, b"");
        }
        Answer::Parts(want) => {
            assert_eq!(parsed.status, 206, "{range} of {len}");
            let piece = |(start, end): (u128, u128)| &bytes[start as usize..end as usize];
            if let [one] = want.as_slice() {
                let told = content_range(std::str::from_utf8(ranges[0]).unwrap()).unwrap();
                assert_eq!(told, (one.0 as u64, one.1 as u64 - 1, len), "{range}");
                assert_eq!((parsed.body.as_slice(), ranges.len()), (piece(*one), 1));
                assert_eq!(content_type, [TYPE.as_bytes()]);
                return;
            }
            assert_eq!(ranges.len(), 0, "{range}");
            let multipart = format!("multipart/byteranges; boundary={BOUNDARY}");
            assert_eq!(content_type, [multipart.as_bytes()]);
            let got = parts(&parsed.body, BOUNDARY).unwrap();
            assert_eq!(got.len(), want.len(), "{range} of {len}");
            for (got, want) in got.iter().zip(want) {
                assert_eq!(got.content_type, TYPE);
                let told = (u128::from(got.first), u128::from(got.last) + 1);
                assert_eq!((told, got.len), (*want, len), "{range} of {len}");
                assert_eq!(got.bytes, piece(*want), "{range} of {len}");
            }
        }
    }
}

/// Every range of a file of `len` bytes that makes a difference, and every suffix.
fn every_range(len: usize) -> Vec<String> {
    let mut all = Vec::new();
    for first in 0..=len + 1 {
        all.push(format!("{first}-"));
        all.push(format!("-{first}"));
        all.extend((0..=len + 1).map(|last| format!("{first}-{last}")));
    }
    all
}

#[test]
fn every_pair_of_ranges_of_every_small_file_is_answered_as_the_plain_reference_says() {
    // The two halves of the work take about as long.
    let halves = [(0..=16), (17..=20)].map(|lens| {
        thread::spawn(move || {
            for len in lens {
                pairs_of(len);
            }
        })
    });
    for half in halves {
        half.join().unwrap();
    }
}

fn pairs_of(len: usize) {
    let bytes = content(len);
    let all = every_range(len);
    let check = |range: &str| {
        let want = answer(range.as_bytes(), len as u64, 2);
        let driven = send::<2>(&bytes, range.as_bytes(), 320, FileWay::Filled, &[]);
        let driven = driven.unwrap();
        assert_eq!(driven.result, Ok(()));
        check(
            &strict(&driven.sent, "GET").unwrap(),
            &want,
            &bytes,
            range.as_bytes(),
        );
    };
    for one in &all {
        check(&format!("bytes={one}"));
    }
    // Of longer files one pair of so many.
    let stride = if len <= 8 { 1 } else { 53 };
    for (one_at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            if size::takes(one_at * all.len() + other_at, stride) {
                check(&format!("bytes={one},{other}"));
            }
        }
    }
}

/// A `range` field, mostly of ranges.
fn random_range(random: &mut Random, len: u64) -> Vec<u8> {
    const JUNK: [&str; 8] = ["", "-", "x", "1", "--1", "+1-2", "1_0-", "0-1-2"];
    const UNITS: [&str; 6] = ["BYTES=", " bytes=", "bytes =", "items=", "bytes", "bytes=="];
    let number = |random: &mut Random| match random.below(24) {
        0 => "99999999999999999999999999999999999999999".into(),
        1 => u64::MAX.to_string(),
        2 => format!("000{}", random.below(9)),
        _ => (random.bits() % (len.saturating_add(len / 8 + 2))).to_string(),
    };
    let mut text = match random.below(12) {
        0 => UNITS[random.below(UNITS.len())].to_owned(),
        _ => "bytes=".to_owned(),
    };
    let count = match random.below(4) {
        0 => random.below(120),
        _ => random.below(6),
    };
    let junk = random.below(200);
    for at in 0..count + 1 {
        if at > 0 {
            text += [",", ", ", " ,", "\t,\t"][random.below(4)];
        }
        match random.below(6) {
            _ if random.below(200) < junk / 8 => text += JUNK[random.below(JUNK.len())],
            0 => text += &format!("-{}", number(random)),
            1 => text += &format!("{}-", number(random)),
            _ => {
                let (one, other) = (random.bits() % (len + 1), random.bits() % (len + 1));
                match random.below(12) {
                    0 => text += &format!("{}-{}", number(random), number(random)),
                    _ => text += &format!("{}-{}", one.min(other), one.max(other)),
                }
            }
        }
    }
    text.into_bytes()
}

#[test]
fn random_fields_are_answered_as_the_plain_reference_says() {
    let mut random = Random::new(14);
    let mut seen = [0; 4];
    let turns = size::either(12_000, 100_000);
    for turn in 0..turns {
        let len = match turn % 3 {
            0 => random.below(8),
            1 => random.below(300),
            _ => random.below(2000),
        };
        let bytes = content(len);
        let range = random_range(&mut random, len as u64);
        let want = answer(&range, len as u64, 100);
        seen[match &want {
            Answer::Whole => 0,
            Answer::Refused(_) => 1,
            Answer::Unsatisfiable => 2,
            Answer::Parts(_) => 3,
        }] += 1;
        let room = 250 + random.below(400);
        let way = [FileWay::Filled, FileWay::Copied, FileWay::Mixed][turn % 3];
        let limits: Vec<usize> = (0..random.below(6)).map(|_| 1 + random.below(40)).collect();
        let limits = [limits, vec![usize::MAX]].concat();
        let driven = send::<100>(&bytes, &range, room, way, &limits).unwrap();
        assert_eq!(driven.result, Ok(()));
        check(&strict(&driven.sent, "GET").unwrap(), &want, &bytes, &range);
    }
    assert!(seen.iter().all(|count| *count > turns / 100), "{seen:?}");
}

#[test]
fn lengths_of_64_bits_are_told_exactly() {
    let mut random = Random::new(64);
    let edges = [
        u64::MAX,
        u64::MAX - 1,
        i64::MAX as u64,
        i64::MAX as u64 + 1,
        u64::from(u32::MAX) + 1,
        10_000_000_000_000_000_000,
    ];
    for turn in 0..size::either(8000, 40_000) {
        let len = match turn % 2 {
            0 => edges[random.below(edges.len())],
            _ => random.bits() >> random.below(64),
        };
        let range = random_range(&mut random, len.min(u64::MAX - 1));
        let want = match answer(&range, len, 16) {
            // The content might be longer than 64 bits can tell.
            Answer::Parts(parts) if parts.len() > 1 && len > i64::MAX as u64 => Answer::Whole,
            want => want,
        };
        let plan = file::<16>(len).plan(&Exchange::GET, [("range", &range)]);
        let mut buf = buffer(512);
        let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let (parsed, _) = head(transfer.head()).unwrap();
        let told: u128 = std::str::from_utf8(parsed.values("content-length")[0])
            .unwrap()
            .parse()
            .unwrap();
        let text = range.escape_ascii();
        match want {
            Answer::Whole => assert_eq!((parsed.status, told), (200, len.into()), "{text}"),
            Answer::Refused(text) => {
                assert_eq!((parsed.status, told), (400, text.len() as u128), "{text}");
            }
            Answer::Unsatisfiable => assert_eq!((parsed.status, told), (416, 0), "{text}"),
            Answer::Parts(parts) => {
                assert_eq!(parsed.status, 206, "{text}");
                let around = |(start, end): &(u128, u128)| {
                    let head = format!(
                        "--{BOUNDARY}\r\nContent-Type: {TYPE}\r\n\
                         Content-Range: bytes {start}-{}/{len}\r\n\r\n\r\n",
                        end - 1
                    );
                    head.len() as u128
                };
                let lens = parts.iter().map(|(start, end)| end - start).sum::<u128>();
                let want = match parts.as_slice() {
                    [_] => lens,
                    parts => {
                        lens + parts.iter().map(around).sum::<u128>() + BOUNDARY.len() as u128 + 4
                    }
                };
                assert_eq!(told, want, "{text} of {len}");
                // Every part is read from where it stands.
                let mut copied = Vec::new();
                let mut at = 0;
                loop {
                    match transfer.step().unwrap() {
                        Step::Copy(FileBytes { offset, len, .. }) => {
                            copied.push((u128::from(offset), u128::from(offset) + u128::from(len)));
                            transfer.copied(len).unwrap();
                        }
                        Step::Fill(FileBytes { offset, room, .. }) => {
                            let n = room.len();
                            copied.push((u128::from(offset), u128::from(offset) + n as u128));
                            transfer.filled(n).unwrap();
                        }
                        Step::Send { bytes, .. } => {
                            at += bytes.len();
                            let n = bytes.len();
                            transfer.sent(n);
                        }
                        Step::Done => break,
                    }
                }
                assert!(at > 0);
                assert_eq!(copied, parts, "{text} of {len}");
            }
        }
    }
}

/// A way to come to a reply from a file.
type Write<'w> = &'w dyn Fn(&mut [u8], FileWay, &[usize]) -> Result<Driven, Error>;

/// Below the needed length, the error is always `Overflow` with the same `needed`; from there on,
/// the reply is the same, in every split. What is refused for another reason is so at every length.
fn at_every_length(name: &str, write: Write<'_>) {
    let whole = [usize::MAX];
    let want = match write(&mut buffer(PLENTY), FileWay::Filled, &whole) {
        Ok(driven) => driven,
        Err(error) => {
            for len in 0..300 {
                let got = write(&mut buffer(len), FileWay::Filled, &whole);
                assert_eq!(got, Err(error), "{name} at length {len}");
            }
            return;
        }
    };
    assert_eq!(want.result, Ok(()), "{name}");
    let needed = match write(&mut [], FileWay::Filled, &whole) {
        Err(Error::Overflow { needed }) => needed,
        other => panic!("{name}: {other:?} in no room at all"),
    };
    let mut random = Random::new(needed as u64);
    // The least that is enough, and what is next to it.
    let edges = [0, needed - 1, needed, needed + 1, needed + BEYOND];
    for len in 0..=needed + BEYOND {
        if !size::takes(len, 11) && !edges.contains(&len) {
            continue;
        }
        if len < needed {
            let got = write(&mut buffer(len), FileWay::Filled, &whole);
            assert_eq!(
                got,
                Err(Error::Overflow { needed }),
                "{name} at length {len}"
            );
            continue;
        }
        for way in [FileWay::Filled, FileWay::Copied, FileWay::Mixed] {
            let some = (0..400).map(|_| 1 + random.below(30)).collect();
            let mut splits: Vec<Vec<usize>> = vec![some, vec![usize::MAX]];
            if (len - needed) % 13 == 0 {
                splits.extend([vec![1], vec![1, usize::MAX], vec![2, 3]]);
            }
            for limits in splits {
                let got = write(&mut buffer(len), way, &limits).unwrap();
                assert_eq!(got.result, Ok(()), "{name} at length {len}");
                assert!(
                    got.sent == want.sent,
                    "{name} at length {len}, {way:?}, {limits:?}"
                );
            }
        }
    }
}

#[test]
fn every_buffer_length_is_all_or_nothing_in_every_split() {
    const HEAD: Head = head_of!(
        Status::OK,
        "content-language" => "en",
        "accept-ranges" => "none",
    );
    const LONG: &str = "text/x; a=123456789012345678901234567890123456789012345678901234567890\
        12345678901234567890123456789012345678901234567890123456789012345678901234567890\
        123456789012345678";
    let bytes = content(37);
    let tag = ETag::strong("t").unwrap();
    let date = HttpDate::from_unix(784_111_777).unwrap();
    let facts = file::<16>(37).etag(tag).last_modified(date);
    type Start<'s> = &'s dyn for<'b> Fn(Response<'b>) -> Response<'b>;
    let described: Start<'_> = &|response| {
        response
            .header("x-first", "1")
            .disposition(&Disposition::attachment("caf\u{e9}.txt"))
            .header("Content-Language", "en")
            .header("content-type", "is/replaced")
            .header("content-language", "de")
            .header("content-encoding", "br")
            .header("vary", "accept-encoding")
    };
    let starts: [(&str, Start<'_>); 6] = [
        ("plain", &|response| response),
        ("described", described),
        ("accept-ranges", &|response| {
            response.header("Accept-Ranges", "none")
        }),
        ("headers", &|response| {
            let mut headers = Headers::<128>::new();
            headers.append("Content-Language", "en").unwrap();
            headers.append("content-disposition", "inline").unwrap();
            headers.append("accept-ranges", "none").unwrap();
            response.headers(&headers)
        }),
        ("etag", &|response| response.header("ETag", "\"u\"")),
        ("kept", &|response| {
            response
                .header("Cache-Control", "public")
                .header("expires", date)
                .header("content-location", "/a")
                .header("cache-control", "max-age=60")
        }),
    ];
    let requests: [&[(&str, &str)]; 9] = [
        &[],
        &[("range", "bytes=3-20")],
        &[("range", "bytes=-1,3-20,0-0")],
        &[("range", "bytes=0-17,19-36")],
        &[("range", "bytes=99-")],
        &[("range", "bytes=x")],
        &[("if-none-match", "\"t\"")],
        &[("if-match", "\"u\"")],
        &[("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")],
    ];
    let files = [
        facts,
        facts.media_type(LONG),
        facts.content_encoding(Coding::Gzip),
        file::<16>(37),
        facts.media_type("bad\ntype"),
    ];
    for (at, facts) in files.iter().enumerate() {
        for (start_name, start) in &starts {
            for request in requests {
                for method in ["GET", "HEAD"] {
                    if method == "HEAD" && at > 0 {
                        continue;
                    }
                    let name = format!("{method} {request:?} {start_name} file {at}");
                    let exchange =
                        Exchange::new(method, Version::Http11, request.iter().copied()).at(date);
                    let plan = facts.plan(&exchange, request.iter().copied());
                    at_every_length(&name, &|buf, way, limits| {
                        let response = start(Response::to(&exchange, buf, Status::OK));
                        let transfer = response.file(&plan)?;
                        transfer.check(&exchange).unwrap();
                        Ok(drive_file(transfer, &bytes, way, limits))
                    });
                }
            }
        }
    }
    let mut draft = Draft::<256>::new();
    draft.append("content-language", "en").unwrap();
    draft.append("content-encoding", "br").unwrap();
    draft.append("set-cookie", "a=b").unwrap();
    for request in requests {
        let exchange = Exchange::new("GET", Version::Http11, request.iter().copied());
        let plan = facts.plan(&exchange, request.iter().copied());
        at_every_length(&format!("{request:?} draft"), &|buf, way, limits| {
            let transfer = Response::to(&exchange, buf, Status::OK)
                .join(&draft)
                .file(&plan)?;
            Ok(drive_file(transfer, &bytes, way, limits))
        });
        at_every_length(&format!("{request:?} head"), &|buf, way, limits| {
            let transfer = Response::with_head(&exchange, buf, HEAD).file(&plan)?;
            Ok(drive_file(transfer, &bytes, way, limits))
        });
    }
}

#[test]
fn a_file_that_ends_early_is_missing_what_was_not_read() {
    let bytes = content(40);
    for (range, spans) in [
        ("", vec![(0, 40)]),
        ("bytes=5-30", vec![(5, 31)]),
        ("bytes=20-29,0-4,35-35", vec![(20, 30), (0, 5), (35, 36)]),
    ] {
        let request = match range {
            "" => vec![],
            range => vec![("range", range)],
        };
        let plan = file::<16>(40).plan(&Exchange::GET, request);
        let mut buf = buffer(PLENTY);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let head = transfer.head().len();
        let want = drive_file(transfer, &bytes, FileWay::Filled, &[]).sent;
        for there in 0..=40 {
            for room in [head + 20, head + 60, head + 100, PLENTY] {
                for way in [FileWay::Filled, FileWay::Copied, FileWay::Mixed] {
                    for limit in [1, 3, usize::MAX] {
                        let mut buf = buffer(room);
                        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
                        let transfer = response.file(&plan).unwrap();
                        let got = drive_file(transfer, &bytes[..there], way, &[limit]);
                        assert!(want.starts_with(&got.sent), "{range} of {there}");
                        match spans.iter().all(|(_, end)| *end <= there) {
                            true => {
                                assert_eq!(got.result, Ok(()), "{range} of {there}");
                                assert_eq!(got.sent, want);
                            }
                            false => {
                                let missing = missing(&want, head, &spans, there);
                                assert_eq!(
                                    got.result,
                                    Err(BodyError::TooShort { missing }),
                                    "{range} of {there}"
                                );
                            }
                        }
                    }
                }
            }
        }
        let longer = [bytes.clone(), content(100)].concat();
        for way in [FileWay::Filled, FileWay::Copied] {
            let mut buf = buffer(head + 60);
            let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
                .file(&plan)
                .unwrap();
            let got = drive_file(transfer, &longer, way, &[]);
            assert_eq!((got.sent, got.result), (want.clone(), Ok(())), "grown");
        }
    }
}

/// The bytes of the content `want` that stand after the last one that could be read.
fn missing(want: &[u8], head: usize, spans: &[(usize, usize)], there: usize) -> u64 {
    let around = |end: usize| want.len() - head - end;
    let mut at = 0;
    for (start, end) in spans {
        if spans.len() > 1 {
            let rest = &want[head + at..];
            let text = b"\r\n\r\n";
            at += rest.windows(4).position(|window| window == text).unwrap() + 4;
        }
        if *end > there {
            return around(at + there.saturating_sub(*start)) as u64;
        }
        at += end - start;
    }
    0
}

#[test]
fn a_driver_that_does_what_it_was_not_told_breaks_nothing() {
    let mut random = Random::new(7);
    let bytes = content(300);
    for _ in 0..3000 {
        let range = random_range(&mut random, 300);
        let plan = file::<16>(300).plan(&Exchange::GET, [("range", &range)]);
        let mut buf = buffer(200 + random.below(300));
        let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        for _ in 0..600 {
            match random.below(4) {
                0 => {
                    let n = random.below(50);
                    let _ = transfer.filled(if n == 49 { usize::MAX } else { n });
                }
                1 => {
                    let n = random.below(50) as u64;
                    let _ = transfer.copied(if n == 49 { u64::MAX } else { n });
                }
                2 => transfer.sent(random.below(300)),
                _ => match transfer.step() {
                    Ok(Step::Copy(FileBytes {
                        offset, len, room, ..
                    })) => {
                        assert!(offset + len <= 300 && !room.is_empty() && len > 0);
                    }
                    Ok(Step::Fill(FileBytes { offset, room, .. })) => {
                        assert!(offset as usize + room.len() <= bytes.len() && !room.is_empty());
                    }
                    Ok(Step::Send { bytes, .. }) => assert!(!bytes.is_empty()),
                    Ok(Step::Done) => {}
                    Err(_) => assert!(transfer.closes()),
                },
            }
        }
    }
}

#[test]
fn what_no_step_has_asked_for_skips_no_byte() {
    let bytes = content(40);
    let plan = file::<1>(40).plan::<&str, &str>(&Exchange::GET, []);
    for room in 120..400 {
        let mut buf = buffer(room);
        let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let mut wire = Vec::new();
        loop {
            match transfer.step().unwrap() {
                Step::Copy(FileBytes { offset, .. }) => {
                    wire.push(bytes[offset as usize]);
                    transfer.sent(10);
                    transfer.copied(1).unwrap();
                }
                Step::Fill(FileBytes { offset, room, .. }) => {
                    let (n, from) = (room.len(), offset as usize);
                    room.copy_from_slice(&bytes[from..from + n]);
                    transfer.sent(10);
                    transfer.copied(n as u64).unwrap();
                    transfer.filled(n).unwrap();
                }
                Step::Send { bytes, .. } => {
                    wire.extend_from_slice(bytes);
                    let n = bytes.len();
                    transfer.copied(1).unwrap();
                    transfer.sent(n);
                    transfer.sent(n);
                }
                Step::Done => break,
            }
        }
        let is_whole = wire.starts_with(b"HTTP/1.1 200 OK\r\n") && wire.ends_with(&bytes);
        assert!(is_whole, "{room}: {}", String::from_utf8_lossy(&wire));
    }
}

/// The reply to a request for the six bytes `abcdef`, or what is wrong with it.
fn reply_of(
    facts: File<'_>,
    request: &[(&str, &str)],
    lines: &[(&'static str, &'static str)],
) -> Result<String, Error> {
    let plan = facts.plan(&Exchange::GET, request.iter().copied());
    let mut buf = buffer(PLENTY);
    let mut response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    for (name, value) in lines {
        response = response.header(*name, *value);
    }
    let driven = drive_file(response.file(&plan)?, b"abcdef", FileWay::Filled, &[]);
    driven.result.unwrap();
    Ok(String::from_utf8(driven.sent).unwrap())
}

#[test]
fn an_error_does_not_say_that_it_is_coded_or_to_be_saved() {
    let lines = [
        ("content-encoding", "gzip"),
        ("x", "y"),
        ("content-disposition", "attachment"),
        ("content-language", "en"),
        ("Content-Location", "/six.en"),
        ("content-type", "text/css"),
    ];
    for (request, want) in [
        (
            ("range", "x"),
            "HTTP/1.1 400 Bad Request\r\nx: y\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: 23\r\n\r\nMalformed range header.",
        ),
        (
            ("range", "bytes=6-"),
            "HTTP/1.1 416 Range Not Satisfiable\r\nx: y\r\ncontent-range: bytes */6\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            ("if-match", "\"x\""),
            "HTTP/1.1 412 Precondition Failed\r\nx: y\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\n\r\n\
             Precondition Failed",
        ),
        (
            ("if-none-match", "*"),
            "HTTP/1.1 304 Not Modified\r\nx: y\r\ncontent-location: /six.en\r\n\r\n",
        ),
    ] {
        let got = reply_of(File::new(6), &[request], &lines);
        assert_eq!(got.unwrap(), want, "{request:?}");
    }
}

/// The reply with `abcdef` that has these lines, and is planned by them.
fn planned_by(
    facts: File<'_>,
    request: &[(&str, &str)],
    start: impl for<'b> Fn(&'b mut [u8]) -> Response<'b>,
) -> Result<String, Error> {
    let mut buf = buffer(PLENTY);
    let mut response = start(&mut buf);
    let plan = response.plan(&facts, request.iter().copied());
    let driven = drive_file(response.file(&plan)?, b"abcdef", FileWay::Filled, &[]);
    driven.result.unwrap();
    Ok(String::from_utf8(driven.sent).unwrap())
}

#[test]
fn the_type_and_the_validators_of_the_caller_count() {
    const TAIL: &str = "content-length: 6\r\n\r\nabcdef";
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const LINES: &str = "content-type: text/x\r\netag: \"mine\"\r\n";
    const HEAD: Head = head_of!(Status::OK, "content-type" => "text/x", "etag" => "\"mine\"");
    let mut headers = Headers::<128>::new();
    headers.append("content-type", "text/x").unwrap();
    headers.append("etag", "\"mine\"").unwrap();
    let mut draft = Draft::<128>::new();
    draft.append("content-type", "text/x").unwrap();
    draft.append("etag", "\"mine\"").unwrap();
    type Start<'s> = &'s dyn for<'b> Fn(&'b mut [u8]) -> Response<'b>;
    let starts: [Start<'_>; 4] = [
        &|buf| {
            Response::to(&Exchange::GET, buf, Status::OK)
                .header("Content-Type", "text/x")
                .header("ETag", "\"mine\"")
        },
        &|buf| Response::to(&Exchange::GET, buf, Status::OK).headers(&headers),
        &|buf| Response::with_head(&Exchange::GET, buf, HEAD),
        &|buf| Response::to(&Exchange::GET, buf, Status::OK).join(&draft),
    ];
    let facts = File::of(b"abcdef")
        .media_type(TYPE)
        .boundary(Boundary::new("AND").unwrap());
    let dated = facts.last_modified(HttpDate::from_unix(784_111_777).unwrap());
    let own = ETag::of(b"abcdef");
    let own = format!("{own:?}");
    let own = &*format!("\"{}\"", own.split('"').nth(1).unwrap());
    let error = |status: &str, text: &str| {
        let len = text.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: {len}\r\n\r\n{text}"
        )
    };
    for start in starts {
        let whole = format!("HTTP/1.1 200 OK\r\n{LINES}accept-ranges: bytes\r\n{TAIL}");
        let part = format!(
            "HTTP/1.1 206 Partial Content\r\n{LINES}accept-ranges: bytes\r\n\
             content-range: bytes 1-2/6\r\ncontent-length: 2\r\n\r\nbc"
        );
        let unchanged = "HTTP/1.1 304 Not Modified\r\netag: \"mine\"\r\n\r\n".to_owned();
        for (request, want) in [
            (&[][..], whole.clone()),
            (&[("range", "bytes=1-2")], part.clone()),
            // Each part would have to tell the type.
            (&[("range", "bytes=0-0,2-2")], whole.clone()),
            (&[("range", "bytes=1-2"), ("if-range", "\"mine\"")], part),
            (&[("range", "bytes=1-2"), ("if-range", own)], whole.clone()),
            (&[("if-none-match", "\"mine\"")], unchanged.clone()),
            (&[("if-none-match", "*")], unchanged),
            (&[("if-none-match", own)], whole.clone()),
            (&[("if-match", "\"mine\"")], whole),
            (
                &[("if-match", own)],
                error("412 Precondition Failed", "Precondition Failed"),
            ),
            (
                &[("range", "x")],
                error("400 Bad Request", "Malformed range header."),
            ),
            (
                &[("range", "bytes=6-")],
                "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-range: bytes */6\r\n\
                 content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n"
                    .into(),
            ),
        ] {
            assert_eq!(
                planned_by(facts, request, start).unwrap(),
                want,
                "{request:?}"
            );
        }
        let whole = format!(
            "HTTP/1.1 200 OK\r\n{LINES}accept-ranges: bytes\r\nlast-modified: {DATE}\r\n{TAIL}"
        );
        assert_eq!(planned_by(dated, &[], start).unwrap(), whole);
        // Its date is that of the tag that there is.
        let unchanged = "HTTP/1.1 304 Not Modified\r\netag: \"mine\"\r\n\r\n";
        let request = [("if-modified-since", DATE)];
        assert_eq!(planned_by(dated, &request, start).unwrap(), unchanged);
    }
    // A plan that does not know the lines gives way to the type alone.
    let lines = [("content-type", "text/x")];
    let got = reply_of(File::new(6).media_type(TYPE), &[], &lines).unwrap();
    assert_eq!(
        got,
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/x\r\naccept-ranges: bytes\r\n{TAIL}")
    );
    let parts = reply_of(facts, &[("range", "bytes=0-0,2-2")], &lines).unwrap();
    assert!(parts.contains("\r\ncontent-type: multipart/byteranges; boundary=AND\r\n"));
    assert_eq!(parts.matches("Content-Type: a/b\r\n").count(), 2, "{parts}");
    // No line of a tag, nor one of a date, that is none is any version's.
    let odd: Start<'_> = &|buf| {
        Response::to(&Exchange::GET, buf, Status::OK)
            .header("etag", "mine")
            .header("last-modified", "today")
    };
    for (field, value, status) in [
        ("if-none-match", "mine", "200 OK"),
        ("if-none-match", own, "200 OK"),
        ("if-match", "\"mine\"", "412 Precondition Failed"),
        ("if-modified-since", DATE, "200 OK"),
    ] {
        let got = planned_by(dated, &[(field, value)], odd).unwrap();
        assert!(
            got.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{field} {got}"
        );
    }
}

#[test]
fn a_reply_started_with_the_status_of_the_plan_is_that_of_the_plan() {
    let facts = File::of(b"abcdef").boundary(Boundary::new("AND").unwrap());
    for request in [
        ("x", "y"),
        ("range", "bytes=1-2"),
        ("range", "bytes=0-0,2-2"),
        ("range", "bytes=6-"),
        ("range", "x"),
        ("if-none-match", "*"),
        ("if-match", "\"x\""),
    ] {
        let plan = facts.plan(&Exchange::GET, [request]);
        let [want, got] = [Status::OK, plan.status()].map(|status| {
            let mut buf = buffer(512);
            let response =
                Response::to(&Exchange::GET, &mut buf, status).header("content-language", "en");
            let driven = drive_file(
                response.file(&plan).unwrap(),
                b"abcdef",
                FileWay::Filled,
                &[],
            );
            driven.result.unwrap();
            String::from_utf8(driven.sent).unwrap()
        });
        assert_eq!(got, want, "{request:?}");
    }
}

#[test]
fn an_error_is_not_kept_for_those_who_ask_rightly() {
    let lines = [
        ("cache-control", "public"),
        ("x", "y"),
        ("Expires", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Cache-Control", "max-age=60"),
    ];
    for (request, want) in [
        (
            ("range", "x"),
            "HTTP/1.1 400 Bad Request\r\nx: y\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: 23\r\n\r\nMalformed range header.",
        ),
        (
            ("range", "bytes=6-"),
            "HTTP/1.1 416 Range Not Satisfiable\r\nx: y\r\ncontent-range: bytes */6\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            ("if-match", "\"x\""),
            "HTTP/1.1 412 Precondition Failed\r\nx: y\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\n\r\n\
             Precondition Failed",
        ),
        (
            ("if-none-match", "*"),
            "HTTP/1.1 304 Not Modified\r\ncache-control: public\r\nx: y\r\n\
             expires: Sun, 06 Nov 1994 08:49:37 GMT\r\ncache-control: max-age=60\r\n\r\n",
        ),
    ] {
        let got = reply_of(File::new(6), &[request], &lines);
        assert_eq!(got.unwrap(), want, "{request:?}");
    }
}

#[test]
fn a_file_without_ranges_is_sent_whole_and_says_that_there_are_none() {
    let facts = file::<0>(6);
    for (range, partial) in [
        ("bytes=0-0", 206),
        ("bytes=9-", 416),
        ("bytes=0-0,2-2", 206),
        ("bytes=x", 400),
        ("x", 400),
    ] {
        let request = [("range", range)];
        let plan = facts.plan(&Exchange::GET, request);
        assert_eq!(plan.status(), Status::OK, "{range}");
        let mut buf = buffer(PLENTY);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let driven = drive_file(transfer, b"abcdef", FileWay::Filled, &[]);
        let want = "HTTP/1.1 200 OK\r\ncontent-type: a/b\r\naccept-ranges: none\r\n\
            content-length: 6\r\n\r\nabcdef";
        assert_eq!(
            driven.sent.escape_ascii().to_string(),
            want.escape_default().to_string()
        );

        // The line alone is advice (RFC 9110 § 14.3), as in the reference.
        let lines = [("accept-ranges", "none")];
        let got = reply_of(file(6), &request, &lines).unwrap();
        assert!(got.starts_with(&format!("HTTP/1.1 {partial} ")), "{got}");
    }
}

#[test]
fn several_ranges_of_a_coded_file_are_the_whole() {
    let facts = File::new(6)
        .boundary(Boundary::new("AND").unwrap())
        .content_encoding(Coding::Gzip);
    let got = reply_of(facts, &[("range", "bytes=0-0,2-2")], &[]).unwrap();
    assert!(got.starts_with("HTTP/1.1 200 OK\r\n"), "{got}");
    assert!(got.contains("\r\ncontent-encoding: gzip\r\n"), "{got}");
    let got = reply_of(facts, &[("range", "bytes=0-0,1-2")], &[]).unwrap();
    assert!(got.starts_with("HTTP/1.1 206 Partial Content\r\n"), "{got}");
}

#[test]
fn the_first_mistake_is_told() {
    let facts = file::<16>(6).media_type("bad\ntype");
    for range in ["bytes=0-0,2-2", "bytes=0-0", "x="] {
        let got = reply_of(facts, &[("range", range)], &[("bad name", "")]);
        assert_eq!(got, Err(Error::HeaderName(Place::UNKNOWN)), "{range}");
        let got = reply_of(facts, &[("range", range)], &[]);
        assert_eq!(got, Err(Error::HeaderValue(Place::UNKNOWN)), "{range}");
    }
}
