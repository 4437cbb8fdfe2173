//! The lines that the library writes itself: defaults, and those that frame the body.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::id::FieldId;
use crate::field::media;
use crate::request::exchange::{BodyRule, ReplyContext};
use crate::write::buf::Buf;
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
        if self.exchange.has_lines() {
            self.exchange.write_template(&mut self.buf, &self.written);
        }
        self.write_own_lines();
    }

    /// Writes those of the lines that every reply may have which are not of a template.
    #[inline(always)]
    pub(super) fn write_own_lines(&mut self) {
        if !self.written.has(FieldId::Date) {
            self.exchange.write_date(&mut self.buf);
        }
        if self.exchange.tells_close(self.status) {
            self.buf.write_array(b"connection: close\r\n");
        }
    }

    #[inline]
    pub(super) fn default_type_line<const N: usize>(&mut self, line: &[u8; N]) {
        if !self.written.has(FieldId::ContentType) {
            self.written.add(FieldId::ContentType, N);
            self.buf.write_array(line);
        }
    }

    /// Adds a `content-type`, unless there is one. The media type is checked in either case.
    pub(super) fn default_media_type(&mut self, media_type: &str) {
        let result = match self.written.has(FieldId::ContentType) {
            true => media::write_content_type(&mut Buf::new(&mut []), media_type),
            false => {
                let start = self.buf.len();
                let result = media::write_content_type(&mut self.buf, media_type);
                self.written
                    .add(FieldId::ContentType, self.buf.len() - start);
                result
            }
        };
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
