use core::ops::Range;

use crate::{Error, HttpDate, field};

/// The one place that touches the caller's bytes.
///
/// It copies while there is room and counts for ever, so measuring and writing are the same code.
#[derive(Debug)]
pub(crate) struct Buf<'b> {
    bytes: &'b mut [u8],
    len: usize,
    /// The most that `len` was before it was taken back.
    peak: usize,
}

impl<'b> Buf<'b> {
    /// The cursor itself, leaving an empty one. A slow path that takes it by value lets the fast
    /// one keep it in registers.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        core::mem::replace(
            self,
            Self {
                bytes: &mut [],
                len: 0,
                peak: 0,
            },
        )
    }

    #[inline]
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            peak: 0,
        }
    }

    /// Bytes written so far, whether or not they fitted.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Counts `n` bytes; their place, where there is room.
    #[inline(always)]
    fn claim(&mut self, n: usize) -> Option<&mut [u8]> {
        let place = self
            .bytes
            .get_mut(self.len..)
            .and_then(|free| free.get_mut(..n));
        self.len = match place {
            // Within a slice, so there is nothing to saturate.
            Some(_) => self.len.wrapping_add(n),
            None => self.len.saturating_add(n),
        };
        place
    }

    #[inline]
    pub(crate) fn put(&mut self, src: &[u8]) {
        if let Some(dst) = self.claim(src.len()) {
            copy(dst, src);
        }
    }

    /// [`put`](Self::put) for what is long.
    #[inline]
    pub(crate) fn put_long(&mut self, src: &[u8]) {
        if let Some(dst) = self.claim(src.len())
            && dst.len() == src.len()
        {
            dst.copy_from_slice(src);
        }
    }

    /// [`put`](Self::put) for a length known at compile time.
    #[inline]
    pub(crate) fn put_array<const N: usize>(&mut self, src: &[u8; N]) {
        if let Some(dst) = self.claim(N).and_then(|dst| dst.first_chunk_mut::<N>()) {
            *dst = *src;
        }
    }

    /// Writes `name: value` and CRLF.
    #[inline]
    pub(crate) fn put_line(&mut self, name: &[u8], value: &[u8]) {
        if !self.try_put_line::<false>(name, value) {
            for part in [name, b": ", value, b"\r\n"] {
                self.put(part);
            }
        }
    }

    /// [`try_put_line`](Self::try_put_line), checked, for a value of 8 to 16 bytes, which most are:
    /// two words are loaded, checked and stored. For any other length nothing and `false`.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(crate) fn try_put_short_line(&mut self, name: &[u8], value: &[u8]) -> bool {
        if value.len() <= 16
            && let (Some(first), Some(last)) = (value.first_chunk::<8>(), value.last_chunk::<8>())
            && let len = name.len().wrapping_add(value.len()).wrapping_add(4)
            && let Some(free) = self.bytes.get_mut(self.len..)
            && let Some(line) = free.get_mut(..len)
            && field::is_plain_word_pair(*first, *last)
            && let Some((name_to, rest)) = line.split_at_mut_checked(name.len())
            && let Some((colon, rest)) = rest.split_first_chunk_mut()
            && let Some((value_to, end)) = rest.split_at_mut_checked(value.len())
            && let Some(end) = end.first_chunk_mut()
            && let Some(first_to) = value_to.first_chunk_mut()
        {
            *first_to = *first;
            if let Some(last_to) = value_to.last_chunk_mut() {
                *last_to = *last;
            }
            copy(name_to, name);
            *colon = *b": ";
            *end = *b"\r\n";
            // Within a slice, so there is nothing to saturate.
            self.len = self.len.wrapping_add(len);
            return true;
        }
        false
    }

    #[cfg(not(target_pointer_width = "64"))]
    #[inline(always)]
    pub(crate) fn try_put_short_line(&mut self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    /// [`put_line`](Self::put_line) if there is room, and the value is [plain](field::is_plain)
    /// where that is to be checked; or else nothing and `false`.
    #[inline]
    pub(crate) fn try_put_line<const CHECK: bool>(&mut self, name: &[u8], value: &[u8]) -> bool {
        if let Some(free) = self.bytes.get_mut(self.len..)
            && let Some((name_to, free)) = free.split_at_mut_checked(name.len())
            && let Some((colon, free)) = free.split_first_chunk_mut()
            && let Some((value_to, free)) = free.split_at_mut_checked(value.len())
            && let Some((end, _)) = free.split_first_chunk_mut()
        {
            if CHECK && !field::is_plain(value) {
                return false;
            }
            copy(name_to, name);
            copy(value_to, value);
            *colon = *b": ";
            *end = *b"\r\n";
            // Within a slice, so there is nothing to saturate.
            self.len = self
                .len
                .wrapping_add(name.len())
                .wrapping_add(value.len())
                .wrapping_add(4);
            return true;
        }
        false
    }

    /// Writes a `date` line.
    #[inline(always)]
    pub(crate) fn put_date(&mut self, date: HttpDate) {
        if let Some(line) = self.claim(37)
            && let Some((name, rest)) = line.split_first_chunk_mut::<6>()
            && let Some((value, end)) = rest.split_first_chunk_mut::<29>()
            && let Some(end) = end.first_chunk_mut::<2>()
        {
            *name = *b"date: ";
            date.write_imf_fixdate(value);
            *end = *b"\r\n";
        }
    }

    /// Ends a head with its `content-length` line, whose `digits` are given, and writes the body;
    /// there is one test for room for all of it.
    #[inline(always)]
    pub(crate) fn put_content(&mut self, digits: &[u8], body: &[u8]) {
        const NAME: &[u8; 16] = b"content-length: ";
        const END: &[u8; 4] = b"\r\n\r\n";

        if let Some(room) = self.claim(body.len().saturating_add(digits.len() + 20))
            && let Some((name, room)) = room.split_first_chunk_mut()
            && let Some((value, room)) = room.split_at_mut_checked(digits.len())
            && let Some((end, room)) = room.split_first_chunk_mut()
        {
            *name = *NAME;
            copy_few(value, digits);
            *end = *END;
            copy(room, body);
        }
    }

    /// Counts `n` bytes that are written later.
    pub(crate) fn skip(&mut self, n: usize) {
        self.len = self.len.saturating_add(n);
    }

    /// Takes back what was written from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.peak = self.peak.max(self.len);
        self.len = self.len.min(len);
    }

    /// Makes the bytes of `range` lower-case.
    pub(crate) fn lower(&mut self, range: Range<usize>) {
        self.bytes
            .get_mut(range)
            .unwrap_or_default()
            .make_ascii_lowercase();
    }

    /// What was written, unless some of it did not fit.
    pub(crate) fn written_mut(&mut self) -> Option<&mut [u8]> {
        self.bytes.get_mut(..self.len)
    }

    /// What is free behind the written bytes.
    pub(crate) fn free_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.len..).unwrap_or_default()
    }

    /// Moves the first `len` bytes right by `by`, over what stands there.
    pub(crate) fn shift(&mut self, len: usize, by: usize) {
        shift(self.bytes, 0..len, by);
    }

    /// The whole buffer and how much of it is written; an error when some did not fit.
    pub(crate) fn finish(self) -> Result<(&'b mut [u8], usize), Error> {
        let needed = self.len.max(self.peak);
        if needed > self.bytes.len() {
            return Err(Error::Overflow { needed });
        }
        Ok((self.bytes, self.len))
    }
}

/// Moves the bytes of `range` right by `by`, over what stands there.
///
/// `copy_within` would name a panic; so would `rotate_right` below, where the compiler saves space.
pub(crate) fn shift(bytes: &mut [u8], range: Range<usize>, by: usize) {
    let len = range.end.saturating_sub(range.start);
    let region = bytes
        .get_mut(range.start..range.end.saturating_add(by))
        .unwrap_or_default();
    if region.len() == len.saturating_add(by) {
        let rest = shift_blocks::<32>(region, len, by);
        let rest = shift_blocks::<8>(region, rest, by);
        shift_blocks::<1>(region, rest, by);
    }
}

/// Moves the last of the first `len` bytes, `N` at a time; returns how many are left to move.
#[inline]
fn shift_blocks<const N: usize>(region: &mut [u8], len: usize, by: usize) -> usize {
    let mut end = len;
    while let Some(start) = end.checked_sub(N) {
        let Some(block) = region
            .get(start..)
            .and_then(|from| from.first_chunk::<N>())
            .copied()
        else {
            break;
        };
        if let Some(to) = region.get_mut(start.wrapping_add(by)..)
            && let Some(to) = to.first_chunk_mut::<N>()
        {
            *to = block;
        }
        end = start;
    }
    end
}

/// Moves what stands behind the `len` bytes at `at` over them.
pub(crate) fn remove(bytes: &mut [u8], at: usize, len: usize) {
    let region = bytes.get_mut(at..).unwrap_or_default();
    for to in 0..region.len().saturating_sub(len) {
        if let Some(byte) = region.get(to.wrapping_add(len)).copied()
            && let Some(to) = region.get_mut(to)
        {
            *to = byte;
        }
    }
}

/// Moves the last `len` bytes before the others.
pub(crate) fn rotate_right(bytes: &mut [u8], len: usize) {
    let at = bytes.len().saturating_sub(len);
    if let Some((others, last)) = bytes.split_at_mut_checked(at) {
        others.reverse();
        last.reverse();
    }
    bytes.reverse();
}

/// Copies `src` to `dst`, which have the same length.
///
/// Header fields are short: two overlapping blocks beat a call of `memcpy`.
#[cfg(target_pointer_width = "64")]
#[inline]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    if dst.len() != src.len() {
        return;
    }
    match src.len() {
        0..4 => copy_few(dst, src),
        4..8 => copy_ends::<4>(dst, src),
        8..16 => copy_ends::<8>(dst, src),
        16..=32 => copy_ends::<16>(dst, src),
        _ => copy_long(dst, src),
    }
}

#[cfg(not(target_pointer_width = "64"))]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    for (to, from) in dst.iter_mut().zip(src) {
        *to = *from;
    }
}

/// Copies up to four bytes.
#[inline(always)]
fn copy_few(dst: &mut [u8], src: &[u8]) {
    if let (Some(to), Some(from)) = (dst.first_chunk_mut::<2>(), src.first_chunk::<2>()) {
        *to = *from;
        if let (Some(to), Some(from)) = (dst.last_chunk_mut::<2>(), src.last_chunk::<2>()) {
            *to = *from;
        }
    } else if let ([to], [from]) = (dst, src) {
        *to = *from;
    }
}

/// Copies `N..=2 * N` bytes as the first and the last `N` of them.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn copy_ends<const N: usize>(dst: &mut [u8], src: &[u8]) {
    if let (Some(to), Some(from)) = (dst.first_chunk_mut::<N>(), src.first_chunk::<N>()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (dst.last_chunk_mut::<N>(), src.last_chunk::<N>()) {
        *to = *from;
    }
}

#[cfg(target_pointer_width = "64")]
#[inline(never)]
fn copy_long(dst: &mut [u8], src: &[u8]) {
    if dst.len() == src.len() {
        dst.copy_from_slice(src);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn bytes_move_as_a_plain_vector_says() {
        for total in 0..90usize {
            let before: Vec<u8> = (0..total as u8).collect();
            for by in 0..=total {
                let mut bytes = before.clone();
                rotate_right(&mut bytes, by);
                assert_eq!(
                    bytes,
                    [&before[total - by..], &before[..total - by]].concat()
                );

                let mut bytes = before.clone();
                shift(&mut bytes, 0..total - by, by);
                assert_eq!(bytes[by..], before[..total - by]);

                let mut bytes = before.clone();
                remove(&mut bytes, total / 2, by);
                let end = total.saturating_sub(by).max(total / 2);
                let kept = [&before[..total / 2], &before[(total / 2 + by).min(total)..]].concat();
                assert_eq!(bytes[..end], kept);
            }
        }
    }

    #[test]
    fn bytes_of_every_length_are_copied() {
        let src: Vec<u8> = (1..=100).collect();
        for len in 0..=src.len() {
            let mut dst = [0; 100];
            copy(&mut dst[..len], &src[..len]);
            assert_eq!(dst[..len], src[..len]);
            assert!(dst[len..].iter().all(|byte| *byte == 0));
        }
    }
}
