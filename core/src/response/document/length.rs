//! The line `content-length` of a body that is written before its length is known.

use crate::response::builder::Response;
use crate::write::decimal::{self, digits};

/// The bytes that end a head after the digits of a length.
const BLANK_LINE: usize = b"\r\n\r\n".len();

impl Response<'_> {
    /// Begins the last line of the head, and returns the most digits that its length can have.
    #[inline]
    pub(super) fn begin_length(&mut self) -> usize {
        self.write_common_lines();
        self.buf.write_array(b"content-length: ");
        digits(self.buf.free_after(BLANK_LINE).len())
    }

    /// The room for a body after that for so many digits.
    #[inline]
    pub(super) fn free_after_length(&mut self, digits: usize) -> &mut [u8] {
        self.buf.free_after(digits + BLANK_LINE)
    }

    /// Ends the head of a body of `len` bytes, which stands after room for so many digits. Returns
    /// how many bytes the head moved.
    #[inline]
    pub(super) fn end_length(&mut self, room: usize, len: usize) -> usize {
        let gap = room.saturating_sub(digits(len));
        self.buf.shift(self.buf.len(), gap);
        self.buf.skip(gap);
        decimal::write(&mut self.buf, len as u64);
        self.buf.write_array(b"\r\n\r\n");
        self.buf.skip(len);
        gap
    }
}
