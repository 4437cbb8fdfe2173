//! Content through the decoder in each of its ways, compared with each other and with the second
//! reader's, and as the content of a request before others.

use replywire::request::{BodyDecoder, Decoded, Malformed};

use super::coding::{self, Body, End, Kind};
use super::connection;
use super::input::{Case, Pace};

/// Decodes the bytes as content in chunks and of some length; then as that of a request.
///
/// # Panics
///
/// Where two of the readers differ.
pub fn check(data: &[u8]) {
    let Some(case) = Case::read(data) else {
        return;
    };
    let short = u64::from(case.fields);
    let len = case.wire.len() as u64;
    let sized = match case.fields % 4 {
        0 => len,
        1 => u64::MAX,
        _ => short,
    };
    decode(Kind::Chunked, &case);
    decode(Kind::Sized(sized), &case);
    let framing = match case.fields {
        0..128 => "transfer-encoding: chunked".to_owned(),
        128..160 => format!("content-length: {}", case.fields - 128),
        160..192 => format!("content-length: {len}\r\nexpect: 100-continue"),
        192..224 => "expect: 100-continue\r\ntransfer-encoding: chunked".to_owned(),
        224.. => format!("content-length: {}", u64::MAX),
    };
    let head = format!("POST / HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n");
    connection::check(Case {
        wire: [head.as_bytes(), &case.wire].concat(),
        ..case
    });
}

/// A way to decode: the decoder, the bytes that were not given to it, and what it gave.
struct Way {
    decoder: BodyDecoder,
    at: usize,
    got: Vec<u8>,
    /// What came of the last piece.
    failed: bool,
}

fn decode(kind: Kind, case: &Case) {
    let mut pace = case.pace;
    let new = || Way {
        decoder: match kind {
            Kind::Chunked => BodyDecoder::chunked(),
            Kind::Sized(len) => BodyDecoder::sized(len),
        },
        at: 0,
        got: Vec::new(),
        failed: false,
    };
    let mut ways = [new(), new(), new()];
    let mut before = 0;
    for end in pace.ends(case.wire.len()) {
        let [slices, copies, directs] = &mut ways;
        slices.piece(&case.wire[..end], by_slice, &mut pace);
        copies.piece(&case.wire[..end], by_copy, &mut pace);
        directs.piece(&case.wire[..end], by_skip, &mut pace);
        let failed = slices.failed;
        let want = coding::read(kind, &case.wire[..end]);
        for way in &ways {
            way.compare(kind, &want, failed, before, end);
        }
        // All have come to the same state, whatever the pieces.
        let [slices, copies, directs] = &ways;
        if failed || slices.decoder.is_ended() {
            return;
        }
        assert_eq!(slices.decoder, copies.decoder);
        assert_eq!(slices.decoder, directs.decoder);
        before = end;
    }
}

type ByWay = fn(&mut BodyDecoder, &mut &[u8], &mut Vec<u8>, &mut Pace) -> Result<(), Malformed>;

impl Way {
    fn piece(&mut self, came: &[u8], by_way: ByWay, pace: &mut Pace) {
        let mut input = &came[self.at..];
        let done = by_way(&mut self.decoder, &mut input, &mut self.got, pace);
        self.at = came.len() - input.len();
        self.failed = done.is_err();
    }

    fn compare(&self, kind: Kind, want: &Body, failed: bool, before: usize, end: usize) {
        assert_eq!(self.failed, failed, "one way fails and another does not");
        let mut decoder = self.decoder;
        match want.end {
            End::Wrong(at) => {
                assert!(failed && (before..end).contains(&at), "{at} is wrong");
                for _ in 0..2 {
                    assert_eq!(decoder.slice(&mut &b"0"[..]), Err(Malformed));
                    assert_eq!(decoder.decode(b"0", &mut [0]), Err(Malformed));
                    assert_eq!(decoder.decode(b"", &mut []), Err(Malformed));
                }
                assert!(!decoder.is_ended());
                // What was copied by the call that failed is lost.
                assert!(want.content.starts_with(&self.got));
                return;
            }
            End::Whole(len) => {
                assert!(!failed && decoder.is_ended());
                assert_eq!(self.at, len, "bytes of what follows were taken");
                let mut next = &b"0\r\n\r\nGET"[..];
                assert_eq!(decoder.slice(&mut next), Ok(None));
                assert_eq!(next, b"0\r\n\r\nGET");
                assert_eq!(decoder.direct(), 0);
            }
            End::More => {
                assert!(!failed && !decoder.is_ended());
                assert_eq!(self.at, end, "bytes were left");
                assert_eq!(decoder.slice(&mut &[][..]), Ok(None));
            }
        }
        assert_eq!(self.got, want.content);
        let none = decoder.decode(b"", &mut [0]);
        assert_eq!(none.map(|none| (none.taken, none.written)), Ok((0, 0)));
        assert_eq!(decoder, self.decoder, "asked twice");
        let left = match kind {
            Kind::Sized(len) => Some(len - self.got.len() as u64),
            Kind::Chunked => decoder.is_ended().then_some(0),
        };
        assert_eq!(decoder.remaining(), left);
    }
}

fn by_slice(
    decoder: &mut BodyDecoder,
    input: &mut &[u8],
    got: &mut Vec<u8>,
    _: &mut Pace,
) -> Result<(), Malformed> {
    while let Some(slice) = decoder.slice(input)? {
        assert!(!slice.is_empty());
        got.extend_from_slice(slice);
    }
    Ok(())
}

fn by_copy(
    decoder: &mut BodyDecoder,
    input: &mut &[u8],
    got: &mut Vec<u8>,
    pace: &mut Pace,
) -> Result<(), Malformed> {
    loop {
        let mut out = [0xaa; 100];
        let out = &mut out[..pace.len(100)];
        let Decoded { taken, written, .. } = decoder.decode(input, out)?;
        got.extend_from_slice(&out[..written]);
        assert!(out[written..].iter().all(|byte| *byte == 0xaa));
        *input = &input[taken..];
        // A short output ended the call; all of the input is taken otherwise.
        if written < out.len() {
            assert!(input.is_empty() || decoder.is_ended());
            return Ok(());
        }
    }
}

/// The coding through the decoder, the content past it.
fn by_skip(
    decoder: &mut BodyDecoder,
    input: &mut &[u8],
    got: &mut Vec<u8>,
    pace: &mut Pace,
) -> Result<(), Malformed> {
    loop {
        let Decoded { taken, written, .. } = decoder.decode(input, &mut [])?;
        assert_eq!(written, 0);
        *input = &input[taken..];
        let direct = usize::try_from(decoder.direct()).unwrap_or(usize::MAX);
        if direct == 0 || input.is_empty() {
            assert!(input.is_empty() || decoder.is_ended());
            return Ok(());
        }
        let (content, rest) = input.split_at(pace.len(direct.min(input.len())));
        got.extend_from_slice(content);
        decoder.skip(content.len() as u64);
        *input = rest;
    }
}
