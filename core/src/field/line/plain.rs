use crate::field::octets;
use crate::write::buf::Buf;
use crate::write::bytes::copy;

impl Buf<'_> {
    /// Writes `name: value` and CRLF where all of it fits and, if `CHECK`, the value is
    /// [plain](octets::is_plain). Else nothing is written, and the result is `false`.
    #[inline]
    pub(crate) fn try_write_line<const CHECK: bool>(&mut self, name: &[u8], value: &[u8]) -> bool {
        if let Some(free) = self.free()
            && let Some((name_to, free)) = free.split_at_mut_checked(name.len())
            && let Some((colon, free)) = free.split_first_chunk_mut()
            && let Some((value_to, free)) = free.split_at_mut_checked(value.len())
            && let Some((end, _)) = free.split_first_chunk_mut()
        {
            if CHECK && !octets::is_plain(value) {
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
}
