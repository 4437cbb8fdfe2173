//! The least that the floors do for a request: its head is looked for and not read, but for what a
//! sum needs; the replies have a date, as others do.

use super::sum::Terms;
use super::work::HELLO;

/// What a connection has read and not answered, and what it has yet to write.
#[derive(Debug, Default)]
pub(super) struct Bare {
    pub(super) input: Vec<u8>,
    pub(super) output: Vec<u8>,
}

const DATE: &str = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
const TEXT: &str = "content-type: text/plain; charset=utf-8\r\n";

impl Bare {
    /// Answers the whole requests that have been read.
    pub(super) fn answer(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(len) = self.answer_one(at)? {
            at += len;
        }
        self.input.drain(..at);
        Some(())
    }

    /// Answers the request there; how long it is, once it is whole.
    fn answer_one(&mut self, at: usize) -> Option<Option<usize>> {
        let input = &self.input[at..];
        let Some(end) = input.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            return Some(None);
        };
        if input.starts_with(b"GET /hello ") {
            push(&mut self.output, HELLO);
            return Some(Some(end + 4));
        }
        let head = str::from_utf8(&input[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let target = lines.next()?.split(' ').nth(1)?;
        let (_, query) = target.split_once('?')?;
        let field = |name: &str| {
            let mut fields = head.split("\r\n").filter_map(|line| line.split_once(": "));
            fields.find(|(of, _)| *of == name).map(|(_, value)| value)
        };
        let start = end + 4;
        let (content, len) = if let Some(len) = field("content-length") {
            let len: usize = len.parse().ok()?;
            (start..start + len, start + len)
        } else if field("transfer-encoding").is_some() {
            // One chunk, and the last.
            let Some(line) = input[start..].windows(2).position(|bytes| bytes == b"\r\n") else {
                return Some(None);
            };
            let size = str::from_utf8(&input[start..start + line]).ok()?;
            let size = usize::from_str_radix(size, 16).ok()?;
            let first = start + line + 2;
            (first..first + size, first + size + b"\r\n0\r\n\r\n".len())
        } else {
            (start..start, start)
        };
        if input.len() < len {
            return Some(None);
        }
        let sum = Terms::of(query)?.with(&input[content])?;
        push(&mut self.output, &sum.to_string());
        Some(Some(len))
    }
}

fn push(output: &mut Vec<u8>, body: &str) {
    output.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    output.extend_from_slice(TEXT.as_bytes());
    output.extend_from_slice(DATE.as_bytes());
    output.extend_from_slice(b"content-length: ");
    output.extend_from_slice(itoa::Buffer::new().format(body.len()).as_bytes());
    output.extend_from_slice(b"\r\n\r\n");
    output.extend_from_slice(body.as_bytes());
}
