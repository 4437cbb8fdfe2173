use crate::write::buf::Buf;
#[cfg(test)]
use crate::write::bytes::moves;

impl Buf<'_> {
    /// Removes every line of this name, which still counts as needed; see
    /// [`uncount`](Self::uncount). Where something has not fitted, there is nothing to remove.
    #[cold]
    #[inline(never)]
    pub(crate) fn remove_lines(&mut self, name: &[u8]) {
        if let Some(written) = self.written_mut() {
            let kept = remove_lines(written, name);
            self.shorten(kept);
        }
    }
}

/// Removes the lines of a name, in any case: moves each other line once, to the front, and returns
/// their length. A status line is of no name.
pub(crate) fn remove_lines(lines: &mut [u8], name: &[u8]) -> usize {
    #[cfg(test)]
    moves::add(lines.len());
    let (mut to, mut line) = (0_usize, 0);
    let mut is_same = true;
    for from in 0..lines.len() {
        let Some(byte) = lines.get(from).copied() else {
            break;
        };
        if let Some(place) = lines.get_mut(to) {
            *place = byte;
        }
        let at = to.wrapping_sub(line);
        if at <= name.len() {
            let other = name.get(at).unwrap_or(&b':');
            is_same &= byte.eq_ignore_ascii_case(other);
        }
        to = to.wrapping_add(1);
        if byte == b'\n' {
            if is_same {
                to = line;
            }
            (line, is_same) = (to, true);
        }
    }
    to
}
