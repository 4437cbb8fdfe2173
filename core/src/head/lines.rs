//! Lines of a head that stand in memory: reading, finding and removing them.

use crate::write::bytes::remove;

/// The lines of a header section: name, value, and the length of the line with its CRLF.
pub(crate) struct Lines<'l>(pub(crate) &'l [u8]);

impl<'l> Iterator for Lines<'l> {
    type Item = (&'l [u8], &'l [u8], usize);

    fn next(&mut self) -> Option<Self::Item> {
        let line = first_line(self.0)?;
        self.0 = self.0.get(line.2..).unwrap_or_default();
        Some(line)
    }
}

/// The first line: name, value, and the length of the line with its CRLF.
pub(crate) fn first_line(lines: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    // A checked value holds no CR, and a checked name no colon.
    let end = lines.iter().position(|byte| *byte == b'\r')?;
    let line = lines.get(..end)?;
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((line.get(..colon)?, line.get(colon + 2..)?, end + 2))
}

/// The place of the first line of this name.
pub(crate) fn find(lines: &[u8], want: &[u8]) -> Option<usize> {
    let mut start = 0;
    for (name, _, len) in Lines(lines) {
        if name.eq_ignore_ascii_case(want) {
            return Some(start);
        }
        start += len;
    }
    None
}

/// Removes the lines of a name: moves the others to the front, and returns their length.
pub(crate) fn remove_all(lines: &mut [u8], unwanted: &[u8]) -> usize {
    let mut kept = 0;
    let mut end = lines.len();
    while let Some((name, _, len)) = first_line(lines.get(kept..end).unwrap_or_default()) {
        if name.eq_ignore_ascii_case(unwanted) {
            remove(lines, kept, len);
            end -= len;
        } else {
            kept += len;
        }
    }
    kept
}
