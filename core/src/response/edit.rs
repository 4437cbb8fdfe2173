//! Lines of a reply that are added, replaced and removed, and its status line.

use super::builder::Response;
use crate::error::Error;
use crate::field::id::FieldId;
use crate::field::line::write_field;
use crate::field::name::sealed::Name as _;
use crate::field::name::{FieldName, HeaderName};
use crate::field::value::FieldValue;
use crate::head::lines::{find, first_line};
use crate::head::status::Status;
use crate::head::written::{CACHING_FIELDS, REPRESENTATION_FIELDS};
use crate::write::buf::Buf;
use crate::write::bytes;

impl<'b> Response<'b> {
    #[inline(always)]
    pub(super) fn add_known(
        &mut self,
        field: FieldId,
        name: impl FieldName,
        value: impl FieldValue,
    ) {
        if !self.drafted.has(field) {
            self.remove_replaced(field, name.bytes());
        }
        self.add_line(field, name, value);
    }

    /// Adds a line that replaces no other.
    #[inline(always)]
    pub(super) fn add_line(
        &mut self,
        field: FieldId,
        name: impl FieldName,
        value: impl FieldValue,
    ) {
        if self.drafted.has(field) {
            return;
        }
        let start = self.buf.len();
        let result = write_field(&mut self.buf, name, value);
        let len = self.buf.len() - start;
        self.written.add(field, len);
        self.note(result);
    }

    /// The status so far.
    pub(super) const fn status(&self) -> Status {
        self.status
    }

    /// Makes this the status of the reply, whose status line is no longer than the new one.
    pub(super) fn restart(&mut self, status: Status) {
        let (mut before, mut now) = (Buf::new(&mut []), Buf::new(&mut []));
        self.status.write_line(&mut before);
        status.write_line(&mut now);
        let by = now.len().saturating_sub(before.len());
        let len = self.buf.len();
        self.buf.skip(by);
        self.buf.shift(len, by);
        status.write_line(&mut self.buf.at_start());
        self.status = status;
        self.content = self.exchange.content(status);
    }

    /// True if the reply has a line of these flags.
    pub(super) const fn has_line(&self, flags: u8) -> bool {
        self.written.flags & flags != 0
    }

    /// True if the joined draft tells this singleton.
    pub(super) const fn is_drafted(&self, field: FieldId) -> bool {
        self.drafted.has(field)
    }

    /// Removes the `content-type`, unless a draft told it.
    pub(super) fn remove_content_type(&mut self) {
        self.remove_replaced(FieldId::ContentType, b"content-type");
    }

    /// Removes every line that describes content.
    pub(super) fn remove_representation_fields(&mut self) {
        self.remove_content_type();
        let representation = core::mem::take(&mut self.written.representation);
        self.remove_fields(&REPRESENTATION_FIELDS, representation);
    }

    /// Removes every line that limits how long a cache may keep the reply.
    pub(super) fn remove_caching_fields(&mut self) {
        let caching = core::mem::take(&mut self.written.caching);
        self.remove_fields(&CACHING_FIELDS, caching);
    }

    /// Removes every line of these names, which have `left` bytes in all.
    pub(super) fn remove_fields(&mut self, names: &[&[u8]], mut left: usize) {
        for name in names {
            while left > 0
                && let Some((start, len)) = self.find_line(name)
            {
                if let Some(written) = self.buf.written_mut() {
                    bytes::remove(written, start, len);
                }
                self.buf.truncate(self.buf.len().saturating_sub(len));
                left = left.saturating_sub(len);
            }
        }
        // Where the lines have not fitted, they still count.
        self.buf.truncate(self.buf.len().saturating_sub(left));
    }

    /// The place of the first line of this name, and its length.
    pub(super) fn find_line(&mut self, name: &[u8]) -> Option<(usize, usize)> {
        let written = &*self.buf.written_mut()?;
        let start = written.iter().position(|byte| *byte == b'\n')? + 1;
        let place = find(written.get(start..)?, name)?;
        let line = first_line(written.get(start + place..)?)?;
        Some((start + place, line.len))
    }

    /// Writes a line whose value is written by `write`.
    pub(super) fn write_line_with(
        &mut self,
        name: HeaderName,
        write: impl FnOnce(&mut Buf<'b>) -> Result<(), Error>,
    ) {
        let start = self.buf.len();
        self.buf.write(name.bytes());
        self.buf.write_array(b": ");
        let result = write(&mut self.buf);
        self.buf.write_array(b"\r\n");
        let len = self.buf.len().saturating_sub(start);
        if let Some(written) = self.written.line_mut(name.id()) {
            *written = len;
        }
        self.note(result);
    }

    /// The first error, or else this one.
    pub(super) fn error(&self, error: Error) -> Error {
        self.error.unwrap_or(error)
    }

    /// Removes the line of a singleton, which another is about to replace.
    #[inline]
    pub(super) fn remove_replaced(&mut self, field: FieldId, name: &[u8]) {
        if let Some(written) = self.written.line_mut(field) {
            let len = core::mem::take(written);
            if len != 0 {
                self.remove_line(name, len);
            }
        }
    }

    #[cold]
    pub(super) fn remove_line(&mut self, name: &[u8], len: usize) {
        if let Some(written) = self.buf.written_mut() {
            let start = written
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(0, |end| end + 1);
            let lines = written.get_mut(start..).unwrap_or_default();
            if let Some(place) = find(lines, name) {
                bytes::remove(lines, place, len);
            }
        }
        self.buf.truncate(self.buf.len().saturating_sub(len));
    }

    #[inline]
    pub(super) fn note(&mut self, result: Result<(), Error>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }
}
