//! Answers a `range` field, reads the reply back and compares it with what the RFC says, told
//! plainly.

use replywire::body::Step;
use replywire::file::{Boundary, File, FileBytes, FileTransfer};
use replywire::request::Exchange;
use replywire::{Error, Response, Status};

use self::plain::{Answer, answer, content_range, parts};

#[path = "../../tests/src/ranges.rs"]
mod plain;

const BOUNDARY: &str = "b";
const TYPE: &str = "a/b";

/// Of `data`, the first bytes say how long the file is, how many ranges are sent, how long the buffer
/// is and how many bytes move at once; the others are the field.
///
/// # Panics
///
/// Where the reply is not the one that the model wants.
pub fn check(data: &[u8]) {
    let Some(([len, store, room, limit], field)) = data.split_first_chunk() else {
        return;
    };
    let limit = usize::from(*limit).max(1);
    let room = usize::from(*room) * 2;
    let len = match len {
        0..200 => u64::from(*len),
        _ => u64::MAX >> (len - 200),
    };
    match store % 3 {
        0 => check_in::<1>(len, room, limit, field),
        1 => check_in::<4>(len, room, limit, field),
        _ => check_in::<100>(len, room, limit, field),
    }
}

fn check_in<const RANGES: usize>(len: u64, room: usize, limit: usize, field: &[u8]) {
    let mut want = answer(field, len, RANGES);
    if matches!(&want, Answer::Parts(parts) if parts.len() > 1) && len > i64::MAX as u64 {
        want = Answer::Whole;
    }
    let plan = File::new(len)
        .ranges::<RANGES>()
        .content_type(TYPE)
        .boundary(Boundary::new(BOUNDARY).expect("a boundary"))
        .plan(&Exchange::GET, [("range", field)]);
    let mut bytes = vec![0xaa; room];
    let begun = Response::to(&Exchange::GET, &mut bytes, Status::OK).file(&plan);
    let needed = match begun {
        Ok(transfer) => return compare(transfer, &want, len, limit),
        Err(Error::Overflow { needed }) => needed,
        Err(error) => panic!("{error:?}"),
    };
    assert!(needed > room, "{needed} bytes were there");
    let mut bytes = vec![0xaa; needed - 1];
    let short = Response::to(&Exchange::GET, &mut bytes, Status::OK).file(&plan);
    assert_eq!(short.err(), Some(Error::Overflow { needed }));
    let mut bytes = vec![0xaa; needed];
    let transfer = Response::to(&Exchange::GET, &mut bytes, Status::OK).file(&plan);
    compare(transfer.expect("enough room"), &want, len, limit);
}

/// The byte of the file at `offset`.
fn byte(offset: u64) -> u8 {
    (offset ^ (offset >> 8) ^ 0xa5) as u8
}

fn compare(transfer: FileTransfer<'_, '_>, want: &Answer, len: u64, limit: usize) {
    let head = transfer.head().to_vec();
    let mut fields = [httparse::EMPTY_HEADER; 8];
    let mut parsed = httparse::Response::new(&mut fields);
    let end = parsed.parse(&head).expect("a head").unwrap();
    let value = |name: &str| {
        let mut values = parsed.headers.iter().filter(|field| field.name == name);
        let value = values.next().map(|field| field.value);
        assert!(values.next().is_none(), "{name} is there twice");
        value.map(|value| std::str::from_utf8(value).expect("text"))
    };
    let told: u64 = value("content-length").unwrap().parse().expect("a length");
    let range = value("content-range");
    let code = match want {
        Answer::Whole => 200,
        Answer::Parts(_) => 206,
        Answer::Refused(_) => 400,
        Answer::Unsatisfiable => 416,
    };
    assert_eq!(parsed.code, Some(code));
    let single = match want {
        Answer::Whole => Some((0, u128::from(len))),
        Answer::Parts(ranges) if ranges.len() == 1 => ranges.first().copied(),
        _ => None,
    };
    if let Some((start, behind)) = single {
        assert_eq!(u128::from(told), behind - start);
        let want = format!("bytes {start}-{}/{len}", behind.saturating_sub(1));
        assert_eq!(range, (code == 206).then_some(want.as_str()));
        assert_eq!(value("content-type"), Some(TYPE));
        // What is long is not read to its end.
        let body = drive(transfer, limit, end + 4000).split_off(end_of_head(&head, end));
        assert!(body.len() as u64 == told || body.len() >= 4000);
        for (at, got) in body.iter().enumerate() {
            assert_eq!(*got, byte(start as u64 + at as u64));
        }
        return;
    }
    match want {
        Answer::Parts(ranges) => {
            assert_eq!(range, None);
            let multipart = format!("multipart/byteranges; boundary={BOUNDARY}");
            assert_eq!(value("content-type"), Some(multipart.as_str()));
            if len > 4000 {
                return;
            }
            let body = drive(transfer, limit, usize::MAX).split_off(end);
            assert_eq!(body.len() as u64, told);
            let got = parts(&body, BOUNDARY).expect("parts");
            assert_eq!(got.len(), ranges.len());
            for (part, (start, end)) in got.iter().zip(ranges) {
                assert_eq!(part.content_type, TYPE);
                assert_eq!(u128::from(part.first), *start);
                assert_eq!(u128::from(part.last) + 1, *end);
                assert_eq!(part.len, len);
                let bytes: Vec<u8> = (part.first..=part.last).map(byte).collect();
                assert_eq!(part.bytes, bytes);
            }
            assert!(content_range("bytes 1-0/2").is_err());
        }
        Answer::Refused(text) => {
            assert_eq!(head.get(end..), Some(text.as_bytes()));
            assert_eq!((told, range), (text.len() as u64, None));
        }
        _ => {
            assert_eq!(told, 0);
            assert_eq!(range, Some(format!("bytes */{len}").as_str()));
        }
    }
}

/// A head that is followed by the file has nothing behind it.
fn end_of_head(head: &[u8], end: usize) -> usize {
    assert_eq!(head.len(), end);
    end
}

/// Drives a transfer until at least `enough` bytes were sent, by copies and fills in turn.
fn drive(mut transfer: FileTransfer<'_, '_>, limit: usize, enough: usize) -> Vec<u8> {
    let mut sent = Vec::new();
    let mut copies = false;
    while sent.len() < enough {
        match transfer.step().unwrap() {
            Step::Copy(FileBytes { offset, len, .. }) if copies => {
                copies = false;
                let n = len.min(limit as u64);
                sent.extend((offset..).take(n as usize).map(byte));
                transfer.copied(n).expect("more");
            }
            Step::Copy(FileBytes { offset, room, .. })
            | Step::Fill(FileBytes { offset, room, .. }) => {
                copies = true;
                let n = room.len().min(limit);
                for (to, at) in room.iter_mut().take(n).zip(offset..) {
                    *to = byte(at);
                }
                transfer.filled(n).expect("more");
            }
            Step::Send { bytes, .. } => {
                let n = bytes.len().min(limit);
                sent.extend_from_slice(&bytes[..n]);
                transfer.sent(n);
            }
            Step::Done => break,
        }
    }
    sent
}
