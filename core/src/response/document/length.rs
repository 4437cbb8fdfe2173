//! The line `content-length` of a body that is written before its length is known.

use crate::body::content::transfer::LongHead;
use crate::body::document::JsonTransfer;
use crate::body::transfer::{Framing, Transfer};
use crate::error::Error;
use crate::json::Document;
use crate::response::builder::Response;
use crate::write::decimal::{self, digits};

/// The bytes that end a head after the digits of a length.
const BLANK_LINE: usize = b"\r\n\r\n".len();

impl<'b> Response<'b> {
    /// Begins the last line of the head, and returns the most digits that its length can have.
    #[inline]
    pub(in crate::response) fn begin_length(&mut self) -> usize {
        self.write_common_lines();
        self.buf.write_array(b"content-length: ");
        digits(self.buf.free_after(BLANK_LINE).len())
    }

    /// The room for a body after that for so many digits.
    #[inline]
    pub(in crate::response) fn free_after_length(&mut self, digits: usize) -> &mut [u8] {
        self.buf.free_after(digits + BLANK_LINE)
    }

    /// True if a body of `len` bytes that stands after room for so many digits leaves room for what
    /// counts as needed too.
    pub(in crate::response) fn has_room(&self, digits: usize, len: usize) -> bool {
        self.buf
            .fits(len.saturating_add(digits).saturating_add(BLANK_LINE))
    }

    /// Ends the head of a body of `len` bytes, which stands after room for so many digits. Returns
    /// how many bytes the head moved.
    #[inline]
    pub(in crate::response) fn end_length(&mut self, room: usize, len: usize) -> usize {
        let gap = room.saturating_sub(digits(len));
        self.buf.shift(self.buf.len(), gap);
        self.buf.skip_free(gap);
        self.write_length(len);
        self.buf.skip(len);
        gap
    }

    /// Writes the digits of a length, and the blank line that ends the head.
    #[inline]
    fn write_length(&mut self, len: usize) {
        decimal::write(&mut self.buf, len as u64);
        self.buf.write_array(b"\r\n\r\n");
    }

    /// Ends the head of a body of `len` bytes, which leaves in steps after it.
    pub(in crate::response) fn end_long_head(mut self, len: usize) -> Result<LongHead<'b>, Error> {
        self.write_length(len);
        self.long_head(len)
    }

    /// The head that was written, before `len` bytes of content.
    pub(in crate::response) fn long_head(self, len: usize) -> Result<LongHead<'b>, Error> {
        let context = self.context();
        let (bytes, head) = self.into_bytes()?;
        Ok(LongHead {
            bytes,
            head,
            len,
            context,
        })
    }

    /// Ends the head of a document of `len` bytes, which leaves in pieces after it.
    #[inline(never)]
    pub(super) fn in_pieces<T: Document>(
        self,
        len: usize,
        document: T,
    ) -> Result<JsonTransfer<'b, T>, Error> {
        let head = self.end_long_head(len)?;
        let framing = Framing::Exact(len as u64);
        let transfer = Transfer::new(head.bytes, head.head, framing, head.context);
        Ok(JsonTransfer::new(transfer, document))
    }
}
