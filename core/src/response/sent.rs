use crate::head::lines;
use crate::head::status::Status;
use crate::request::exchange::{BodyRule, Exchange};
use crate::request::fields::Fields;

/// The head at the start of the bytes that leave for a host, read back.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, SentHead, Status};
///
/// let exchange = Exchange::GET.hosted();
/// let mut buf = [0; 128];
/// let reply = Response::to(&exchange, &mut buf, Status::OK).text("hi")?;
/// let head = SentHead::read(&exchange, reply.as_bytes()).unwrap();
/// assert_eq!(head.status(), Status::OK);
/// assert_eq!(head.fields().get("content-length"), Some(&b"2"[..]));
/// assert_eq!(head.body_len(), Some(2));
/// assert_eq!(&reply.as_bytes()[head.body_start()..], b"hi");
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SentHead<'b> {
    status: Status,
    lines: &'b [u8],
    len: usize,
    body: Option<u64>,
}

impl<'b> SentHead<'b> {
    /// The head of a reply to `exchange`; `None` where its end is not among the `bytes`.
    pub fn read(exchange: &Exchange<'_>, bytes: &'b [u8]) -> Option<Self> {
        const CODE: usize = "HTTP/1.1 ".len();

        let code = bytes.get(CODE..)?.first_chunk::<3>()?;
        let code = code.iter().fold(0, |code, digit| {
            code * 10 + u16::from(digit.wrapping_sub(b'0'))
        });
        let status = Status::new(code)?;
        let rest = lines::after_status_line(bytes);
        let mut end = bytes.len() - rest.len();
        let mut length = None;
        let lines = rest;
        for line in lines::Lines(rest) {
            end += line.len;
            if line.name == b"content-length" {
                length = core::str::from_utf8(line.value).ok()?.parse().ok();
            }
        }
        let is_whole = bytes.get(end..)?.starts_with(b"\r\n");
        let lines = lines.get(..end - (bytes.len() - rest.len()))?;
        is_whole.then_some(Self {
            status,
            lines,
            len: end + "\r\n".len(),
            body: match exchange.content(status) {
                BodyRule::Whole => length,
                BodyRule::Omitted => length.map(|_| 0),
                BodyRule::Empty | BodyRule::None => Some(0),
            },
        })
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The header fields in order, their names in lower case.
    pub const fn fields(&self) -> Fields<'b> {
        Fields::of_lines(self.lines)
    }

    /// The length of the head in bytes, with the blank line that ends it: the body begins there.
    pub const fn body_start(&self) -> usize {
        self.len
    }

    /// The bytes of the body that follow; `None` where the head does not tell: for `HEAD` too,
    /// which none follow, where it does not tell those of `GET`.
    pub const fn body_len(&self) -> Option<u64> {
        self.body
    }
}
