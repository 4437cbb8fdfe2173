//! Header lines, each written behind one test for room.

#[cfg(target_pointer_width = "64")]
use super::date::HttpDate;
use super::grammar;
use crate::write::buf::Buf;
use crate::write::bytes::copy;
#[cfg(target_pointer_width = "64")]
use crate::write::decimal;

impl Buf<'_> {
    /// Writes `name: value` and CRLF.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn write_line(&mut self, name: &[u8], value: &[u8]) {
        if cfg!(not(target_pointer_width = "64")) || !self.try_write_line::<false>(name, value) {
            self.write(name);
            self.write_array(b": ");
            self.write(value);
            self.write_array(b"\r\n");
        }
    }

    /// [`try_write_line`](Self::try_write_line), checked, for a value of 8 to 16 bytes, which most are:
    /// two words are loaded, checked and stored. For any other length nothing and `false`.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(crate) fn try_write_short_line(&mut self, name: &[u8], value: &[u8]) -> bool {
        if value.len() <= 16
            && let (Some(first), Some(last)) = (value.first_chunk::<8>(), value.last_chunk::<8>())
            && let len = name.len().wrapping_add(value.len()).wrapping_add(4)
            && let Some(free) = self.free()
            && let Some(line) = free.get_mut(..len)
            && grammar::is_plain_word_pair(*first, *last)
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

    #[cfg(not(target_pointer_width = "64"))]
    #[inline(always)]
    pub(crate) fn try_write_short_line(&mut self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    /// [`write_line`](Self::write_line) if there is room, and the value is [plain](grammar::is_plain)
    /// where that is to be checked; or else nothing and `false`.
    #[inline]
    pub(crate) fn try_write_line<const CHECK: bool>(&mut self, name: &[u8], value: &[u8]) -> bool {
        if let Some(free) = self.free()
            && let Some((name_to, free)) = free.split_at_mut_checked(name.len())
            && let Some((colon, free)) = free.split_first_chunk_mut()
            && let Some((value_to, free)) = free.split_at_mut_checked(value.len())
            && let Some((end, _)) = free.split_first_chunk_mut()
        {
            if CHECK && !grammar::is_plain(value) {
                return false;
            }
            copy(name_to, name);
            copy(value_to, value);
            *colon = *b": ";
            *end = *b"\r\n";
            self.advance(name.len().wrapping_add(value.len()).wrapping_add(4));
            return true;
        }
        false
    }

    /// Writes a `date` line.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(crate) fn write_date(&mut self, date: HttpDate) {
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

    /// Ends a head with its `content-length` line, of a length below 10,000, and writes the body;
    /// there is one test for room for all of it.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(crate) fn write_content(&mut self, len: u16, body: &[u8]) {
        const NAME: &[u8; 16] = b"content-length: ";

        let (word, size) = decimal::last_word(len);
        if let Some(room) = self.claim(body.len().saturating_add(16 + size))
            && let Some((name, room)) = room.split_first_chunk_mut()
            && let Some((value, room)) = room.split_at_mut_checked(size)
        {
            *name = *NAME;
            // Two words, which overlap unless there are four digits.
            if let Some(first) = value.first_chunk_mut() {
                *first = word.to_le_bytes();
            }
            if let Some(last) = value.last_chunk_mut() {
                *last = *b"\r\n\r\n";
            }
            copy(room, body);
        }
    }
}
