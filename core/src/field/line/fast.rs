//! Lines that are copied in registers, each after one test for room.

use super::unusual::write_unusual_line;
use crate::error::Error;
use crate::field::date::HttpDate;
use crate::field::name::FieldName;
use crate::field::octets;
use crate::field::value::FieldValue;
use crate::write::buf::Buf;
use crate::write::bytes::copy;
use crate::write::decimal;

/// Writes `name: value` and CRLF, or returns the mistake in them.
#[inline(always)]
pub(crate) fn write_field<N: FieldName, V: FieldValue>(
    buf: &mut Buf<'_>,
    name: N,
    value: V,
) -> Result<(), Error> {
    if N::CHECKED
        && let Some(bytes) = value.bytes()
    {
        if V::CHECKED {
            buf.write_line(name.bytes(), bytes);
            return Ok(());
        }
        if buf.try_write_short_line(name.bytes(), bytes) {
            return Ok(());
        }
    }
    let (len, result) = write_unusual_line_by_value(buf.again(), name, value);
    buf.set_len(len);
    result
}

/// [`write_unusual_line`] with the cursor by value, so that the usual line keeps it in registers.
/// Returns what it counts after the line.
#[inline(never)]
fn write_unusual_line_by_value<N: FieldName, V: FieldValue>(
    mut buf: Buf<'_>,
    name: N,
    value: V,
) -> (usize, Result<(), Error>) {
    let result = write_unusual_line(&mut buf, name, value);
    (buf.len(), result)
}

impl<'b> Buf<'b> {
    /// Writes `name: value` and CRLF.
    #[inline]
    pub(crate) fn write_line(&mut self, name: &[u8], value: &[u8]) {
        if !self.try_write_line::<false>(name, value) {
            self.write(name);
            self.write_array(b": ");
            self.write(value);
            self.write_array(b"\r\n");
        }
    }

    /// [`try_write_line`](Self::try_write_line), checked, for a value of 8 to 16 bytes, which most
    /// are: two words are loaded, checked and stored. For any other length nothing is written, and
    /// the result is `false`.
    #[inline(always)]
    fn try_write_short_line(&mut self, name: &[u8], value: &[u8]) -> bool {
        if value.len() <= 16
            && let (Some(first), Some(last)) = (value.first_chunk::<8>(), value.last_chunk::<8>())
            && let len = name.len().wrapping_add(value.len()).wrapping_add(4)
            && let Some(free) = self.free()
            && let Some(line) = free.get_mut(..len)
            && octets::is_plain_word_pair(*first, *last)
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
            self.advance(len);
            return true;
        }
        false
    }

    /// Writes a `date` line.
    #[inline(always)]
    pub(crate) fn write_date(&mut self, date: HttpDate) {
        if let Some(line) = self.claim(37)
            && let Some((name, rest)) = line.split_first_chunk_mut::<6>()
            && let Some((value, end)) = rest.split_first_chunk_mut::<29>()
            && let Some(end) = end.first_chunk_mut::<2>()
        {
            *name = *b"date: ";
            date.write_text(value);
            *end = *b"\r\n";
        }
    }

    /// Ends a head with its `content-length` line, of a length below 10,000, and a reply with its
    /// body; there is one test for room for all of it.
    #[inline(always)]
    pub(crate) fn finish_with(
        mut self,
        len: u16,
        body: &[u8],
    ) -> Result<(&'b mut [u8], usize), Error> {
        const NAME: &[u8; 16] = b"content-length: ";

        let (word, digits) = decimal::four_digits(len);
        let is_plain = self.is_plain();
        if let Some(room) = self.claim(body.len().saturating_add(20 + digits)) {
            if let Some(line) = room.get_mut(..20 + digits)
                && let Some(end) = line.last_chunk_mut::<8>()
                && let Some((digits, blank_line)) = end.split_first_chunk_mut()
                && let Some(blank_line) = blank_line.first_chunk_mut()
            {
                *digits = word.to_le_bytes();
                *blank_line = *b"\r\n\r\n";
                // Over the digits that are not needed.
                if let Some(name) = line.first_chunk_mut() {
                    *name = *NAME;
                }
            }
            if let Some((_, room)) = room.split_first_chunk_mut::<20>()
                && let Some(content) = room.get_mut(digits..)
            {
                copy(content, body);
            }
            if is_plain {
                return Ok(self.into_parts());
            }
        }
        self.finish()
    }
}
