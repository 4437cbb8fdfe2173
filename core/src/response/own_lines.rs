//! The lines that the library writes itself: defaults, and those that frame the body.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::id::FieldId;
use crate::field::media;
use crate::request::exchange::{BodyRule, ReplyContext};
use crate::write::decimal;

impl<'b> Response<'b> {
    /// Ends the head of a body of `len` bytes; true when the body follows.
    #[inline(never)]
    pub(super) fn write_sized_head(&mut self, len: u64) -> bool {
        self.write_common_lines();
        if self.content == BodyRule::None {
            self.buf.write_array(b"\r\n");
        } else {
            self.buf.write_array(b"content-length: ");
            let len = if self.content == BodyRule::Empty {
                0
            } else {
                len
            };
            decimal::write(&mut self.buf, len);
            self.buf.write_array(b"\r\n\r\n");
        }
        self.content == BodyRule::Whole
    }

    /// Writes the lines that every reply may have after the caller's.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn write_common_lines(&mut self) {
        if self.written.date == 0 && !self.drafted.has(FieldId::Date) {
            self.exchange.write_date(&mut self.buf);
        }
        // What an interim reply says of the connection, the final one says (RFC 9112 § 9.6).
        if !self.exchange.keep_alive() && !self.status.is_informational() {
            self.buf.write_array(b"connection: close\r\n");
        }
    }

    #[inline]
    pub(super) fn default_type_line<const N: usize>(&mut self, line: &[u8; N]) {
        if self.written.content_type == 0 && !self.drafted.has(FieldId::ContentType) {
            self.written.content_type = N;
            self.buf.write_array(line);
        }
    }

    pub(super) fn default_media_type(&mut self, media_type: &str) {
        if self.written.content_type != 0 || self.drafted.has(FieldId::ContentType) {
            return;
        }
        let start = self.buf.len();
        let result = media::write_content_type(&mut self.buf, media_type);
        self.written.content_type = self.buf.len() - start;
        self.note(result);
    }

    #[inline]
    pub(super) fn context(&self) -> ReplyContext {
        ReplyContext::new(&self.exchange, self.status)
    }

    #[inline]
    pub(super) fn finish(self) -> Result<Reply<'b>, Error> {
        self.finish_from(0)
    }

    /// Ends the reply, which starts after `start` bytes.
    #[inline]
    pub(super) fn finish_from(self, start: usize) -> Result<Reply<'b>, Error> {
        let context = self.context();
        let (bytes, end) = self.into_bytes()?;
        Ok(Reply {
            bytes,
            range: start..end,
            context,
        })
    }

    #[inline]
    pub(super) fn into_bytes(self) -> Result<(&'b mut [u8], usize), Error> {
        match self.error {
            Some(error) => Err(error),
            None => self.buf.finish(),
        }
    }
}
