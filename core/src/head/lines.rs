//! Lines of a head that stand in memory: reading and finding them.

use crate::field::octets::find as find_byte;
#[cfg(test)]
use crate::write::bytes::moves;

/// A line of a head.
pub(crate) struct Line<'l> {
    pub(crate) name: &'l [u8],
    pub(crate) value: &'l [u8],
    /// The length of the whole line with its CRLF.
    pub(crate) len: usize,
}

/// The lines of a header section.
pub(crate) struct Lines<'l>(pub(crate) &'l [u8]);

impl<'l> Iterator for Lines<'l> {
    type Item = Line<'l>;

    fn next(&mut self) -> Option<Line<'l>> {
        let line = first_line(self.0)?;
        self.0 = self.0.get(line.len..).unwrap_or_default();
        Some(line)
    }
}

/// The first of the lines.
pub(crate) fn first_line(lines: &[u8]) -> Option<Line<'_>> {
    // A checked value holds no CR, and a checked name no colon.
    let end = find_byte(lines, b'\r')?;
    let line = lines.get(..end)?;
    #[cfg(test)]
    moves::add(end + 2);
    let colon = find_byte(line, b':')?;
    Some(Line {
        name: line.get(..colon)?,
        value: line.get(colon + 2..)?,
        len: end + 2,
    })
}

/// The place of the first line of this name.
pub(crate) fn find(lines: &[u8], want: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in Lines(lines) {
        if line.name.eq_ignore_ascii_case(want) {
            return Some(start);
        }
        start += line.len;
    }
    None
}

/// The length of the head at the start of a message, with the blank line that ends it.
pub(crate) fn head_len(message: &[u8]) -> usize {
    let mut rest = message;
    while let [_, tail @ ..] = rest {
        if let [b'\r', b'\n', b'\r', b'\n', body @ ..] = rest {
            return message.len() - body.len();
        }
        rest = tail;
    }
    message.len()
}

/// The lines of a head after its status line.
pub(crate) fn after_status_line(head: &[u8]) -> &[u8] {
    let mut rest = head;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte == b'\n' {
            break;
        }
    }
    rest
}
