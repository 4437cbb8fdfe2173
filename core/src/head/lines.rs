//! Lines of a head that stand in memory: reading, finding and removing them.

use crate::write::bytes::remove;

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
    let end = lines.iter().position(|byte| *byte == b'\r')?;
    let line = lines.get(..end)?;
    let colon = line.iter().position(|byte| *byte == b':')?;
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

/// Removes the lines of a name: moves the others to the front, and returns their length.
pub(crate) fn remove_all(lines: &mut [u8], unwanted: &[u8]) -> usize {
    let mut kept = 0;
    let mut end = lines.len();
    while let Some(Line { name, len, .. }) = first_line(lines.get(kept..end).unwrap_or_default()) {
        if name.eq_ignore_ascii_case(unwanted) {
            remove(lines, kept, len);
            end -= len;
        } else {
            kept += len;
        }
    }
    kept
}
