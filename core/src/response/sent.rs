use core::ops::Range;

use crate::field::media;
use crate::field::octets::find;
use crate::head::status::Status;
use crate::request::exchange::{BodyRule, Exchange};

/// The head at the start of the bytes that leave for a host, read back.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, SentHead, Status};
///
/// let exchange = Exchange::GET.hosted();
/// let mut buf = [0; 128];
/// let reply = Response::to(&exchange, &mut buf, Status::OK).text("hi")?;
/// let bytes = reply.as_bytes();
/// let mut fields = Vec::new();
/// let head = SentHead::read(&exchange, bytes, |name, place| fields.push((name, &bytes[place])));
/// let head = head.unwrap();
/// assert_eq!(head.status(), Status::OK);
/// assert_eq!(fields, [(&b"content-type"[..], &b"text/plain; charset=utf-8"[..])]);
/// assert_eq!((head.content_length(), head.body_len()), (Some(2), Some(2)));
/// assert_eq!(&bytes[head.body_start()..], b"hi");
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SentHead {
    status: Status,
    len: usize,
    told: Option<u64>,
    body: Option<u64>,
}

impl SentHead {
    /// The head of a reply to `exchange`; `None` where its end is not among the `bytes`.
    ///
    /// `field` is told the name of each field, in lower case, and the place of its value in the
    /// `bytes`, in order; but for `content-length`, which is
    /// [`content_length`](Self::content_length).
    #[inline]
    pub fn read<'b>(
        exchange: &Exchange<'_>,
        bytes: &'b [u8],
        mut field: impl FnMut(&'b [u8], Range<usize>),
    ) -> Option<Self> {
        const CODE: usize = "HTTP/1.1 ".len();
        const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

        let code = bytes.get(CODE..)?.first_chunk::<3>()?;
        let code = code.iter().fold(0, |code, digit| {
            code * 10 + u16::from(digit.wrapping_sub(b'0'))
        });
        let status = Status::new(code)?;
        let mut start = match bytes.starts_with(OK) {
            true => OK.len(),
            false => find(bytes, b'\n')? + 1,
        };
        let mut told = None;
        loop {
            let lines = bytes.get(start..)?;
            if lines.starts_with(b"\r\n") {
                start += "\r\n".len();
                break;
            }
            if let Some(digits) = lines.strip_prefix(b"content-length: ") {
                let (number, len) = decimal(digits);
                told = number;
                start += "content-length: ".len() + len + "\r\n".len();
                continue;
            }
            let (colon, end) = match usual_type(lines) {
                Some(len) => ("content-type".len(), len - "\r\n".len()),
                None => line(lines)?,
            };
            let begin = start + colon + ": ".len();
            field(lines.get(..colon)?, begin..start + end);
            start += end + "\r\n".len();
        }
        Some(Self {
            status,
            len: start,
            told,
            body: match exchange.content(status) {
                BodyRule::Whole => told,
                BodyRule::Omitted => told.map(|_| 0),
                BodyRule::Empty | BodyRule::None => Some(0),
            },
        })
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The length of the head in bytes, with the blank line that ends it: the body begins there.
    pub const fn body_start(&self) -> usize {
        self.len
    }

    /// The value of `content-length`: to `HEAD` it is that of the body which is not sent.
    pub const fn content_length(&self) -> Option<u64> {
        self.told
    }

    /// The bytes of the body that follow; `None` where the head does not tell: for `HEAD` too,
    /// which none follow, where it does not tell those of `GET`.
    pub const fn body_len(&self) -> Option<u64> {
        self.body
    }
}

/// The bytes of the line of a usual type, if this is the first.
#[inline(always)]
fn usual_type(lines: &[u8]) -> Option<usize> {
    if lines.starts_with(media::PLAIN) {
        Some(media::PLAIN.len())
    } else if lines.starts_with(media::JSON) {
        Some(media::JSON.len())
    } else if lines.starts_with(media::HTML) {
        Some(media::HTML.len())
    } else {
        None
    }
}

/// The places of the colon and the end of the first line.
#[inline(never)]
fn line(lines: &[u8]) -> Option<(usize, usize)> {
    // A name holds no colon, and a value no line end.
    let colon = find(lines, b':')?;
    let begin = colon + ": ".len();
    let len = find(lines.get(begin..)?, b'\r')?;
    Some((colon, begin + len))
}

/// The number at the start of a line that the library has written, and its digits.
fn decimal(line: &[u8]) -> (Option<u64>, usize) {
    let digits = line.iter().take_while(|digit| digit.is_ascii_digit());
    digits.fold((Some(0_u64), 0), |(number, len), digit| {
        let number = number.and_then(|number| number.checked_mul(10));
        let number = number.and_then(|number| number.checked_add(u64::from(digit - b'0')));
        (number, len + 1)
    })
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::body::step::Step;
    use crate::error::Error;
    use crate::field::date::HttpDate;
    use crate::request::version::Version;
    use crate::response::builder::Response;

    /// The exchanges of a host, as it may read them.
    fn exchanges() -> impl Iterator<Item = Exchange<'static>> {
        let now = HttpDate::from_unix(1_700_000_000).unwrap();
        ["GET", "HEAD", "POST"].into_iter().flat_map(move |method| {
            [Version::Http10, Version::Http11].map(|version| {
                let fields = [("connection", "close"), ("te", "trailers")];
                Exchange::new(method, version, fields).at(now).hosted()
            })
        })
    }

    #[test]
    fn a_host_gets_no_line_of_the_connection_with_any_status() {
        for exchange in exchanges() {
            for status in (200..=599).filter_map(Status::new) {
                let mut buf = [0; 128];
                let reply = Response::to(&exchange, &mut buf, status)
                    .text("hi")
                    .unwrap();
                let bytes = reply.as_bytes();
                let mut names = Vec::new();
                let mut values = Vec::new();
                let head = SentHead::read(&exchange, bytes, |name, place| {
                    names.push(name);
                    values.push(&bytes[place]);
                });
                let head = head.unwrap();
                assert_eq!(head.status(), status);
                assert_eq!(&reply.as_bytes()[head.body_start()..], reply.body());
                let len = reply.body().len() as u64;
                assert_eq!(head.body_len(), Some(len), "{exchange:?} {status}");
                let told = reply.fields().get("content-length");
                let told = told.map(|value| str::from_utf8(value).unwrap().parse().unwrap());
                assert_eq!(head.content_length(), told, "{exchange:?} {status}");
                let fields = reply.fields().into_iter();
                let fields = fields.map(|(name, value)| (name.as_bytes(), value));
                let fields = fields.filter(|(name, _)| *name != b"content-length");
                let got = names.iter().copied().zip(values);
                assert!(got.eq(fields), "{exchange:?} {status}");
                assert!(names.iter().all(|name| *name == b"content-type"));
            }
        }
    }

    #[test]
    fn a_stream_to_a_host_is_its_bytes_in_every_buffer() {
        for exchange in exchanges() {
            for len in 0..64 {
                let mut buf = [0; 64];
                let response = Response::to(&exchange, &mut buf[..len], Status::OK);
                let mut transfer = match response.stream() {
                    Ok(transfer) => transfer,
                    Err(error) => {
                        assert_eq!(error, Error::Overflow { needed: 19 });
                        assert!(len < 19);
                        continue;
                    }
                };
                let mut wire = Vec::new();
                let mut source = &b"a body of more bytes than some of the buffers"[..];
                loop {
                    match transfer.step().unwrap() {
                        Step::Fill(room) => {
                            let n = room.len().min(source.len()).min(7);
                            room[..n].copy_from_slice(&source[..n]);
                            source = &source[n..];
                            transfer.filled(n).unwrap();
                        }
                        Step::Send { bytes, .. } => {
                            wire.extend_from_slice(bytes);
                            let n = bytes.len();
                            transfer.sent(n);
                        }
                        Step::Done => break,
                    }
                }
                let body = match exchange.method() {
                    crate::request::method::Method::Head => "",
                    _ => "a body of more bytes than some of the buffers",
                };
                let want = ["HTTP/1.1 200 OK\r\n\r\n", body].concat();
                assert_eq!(wire, want.as_bytes(), "{exchange:?} {len}");
                let head = SentHead::read(&exchange, &wire, |_, _| {}).unwrap();
                assert_eq!(head.body_len(), None);
                assert!(transfer.closes());
            }
        }
    }

    #[test]
    fn half_a_head_is_none() {
        let exchange = Exchange::GET.hosted();
        let wire = b"HTTP/1.1 200 OK\r\nvary: a\r\ncontent-length: 2\r\n\r\nhi";
        let read = |len| {
            let mut places = Vec::new();
            let head = SentHead::read(&exchange, &wire[..len], |_, place| places.push(place));
            (head, places)
        };
        for len in 0..wire.len() - 2 {
            let (head, places) = read(len);
            assert!(head.is_none(), "{len}");
            assert!(places.is_empty() || len >= 25, "{len}");
        }
        let (head, places) = read(wire.len());
        assert_eq!(head.unwrap().body_start(), wire.len() - 2);
        assert_eq!(places.len(), 1);
        assert_eq!(&wire[places[0].clone()], b"a");
    }

    #[test]
    fn a_reply_for_a_host_answers_no_other_exchange() {
        let exchange = Exchange::GET.closing();
        let hosted = Exchange::GET.hosted();
        for (made, asked) in [(hosted, exchange), (exchange, hosted)] {
            let mut buf = [0; 64];
            let reply = Response::to(&made, &mut buf, Status::OK).empty().unwrap();
            assert_eq!(reply.check(&asked), Err(Error::OtherExchange));
            assert_eq!(reply.check(&made), Ok(()));
        }
    }

    #[test]
    fn a_host_is_not_asked_for_another_protocol() {
        let fields = [("connection", "upgrade"), ("upgrade", "echo")];
        let exchange = Exchange::new("GET", Version::Http11, fields).hosted();
        let mut buf = [0; 128];
        let response = Response::to(&exchange, &mut buf, Status::SWITCHING_PROTOCOLS);
        assert_eq!(response.upgrade(fields, "echo").err(), Some(Error::Upgrade));
        let exchange = Exchange::new::<&str, &str>("CONNECT", Version::Http11, []).hosted();
        let response = Response::to(&exchange, &mut buf, Status::OK);
        assert_eq!(response.tunnel().err(), Some(Error::Upgrade));
    }
}
