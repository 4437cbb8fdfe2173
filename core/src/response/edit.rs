//! Lines of a reply that are added, replaced and removed, and its status line.

use super::adding::{Adding, note};
use super::builder::Response;
use crate::error::Error;
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::field::name::sealed::Name as _;
use crate::head::lines::{find, first_line};
use crate::head::status::Status;
use crate::head::written::{REPRESENTATION, REPRESENTATION_FIELDS, VERSION, VERSION_FIELDS};
use crate::write::buf::Buf;
use crate::write::bytes;

impl<'b> Response<'b> {
    #[inline(always)]
    pub(super) fn adding(&mut self) -> Adding<'_, 'b> {
        Adding {
            buf: &mut self.buf,
            written: &mut self.written,
            error: &mut self.error,
            drafted: self.drafted,
        }
    }

    /// Returns true if the reply takes a line of this field, and removes the one that it replaces.
    #[inline(always)]
    pub(super) fn admits(&mut self, field: FieldId, name: &[u8]) -> bool {
        self.adding().admits(field, name)
    }

    /// The status so far.
    pub(super) const fn status(&self) -> Status {
        self.status
    }

    /// The reply with another status, or the mistake in that.
    pub(super) fn with_status(mut self, status: Status) -> Self {
        note(
            &mut self.error,
            self.exchange.mistake(status).map_or(Ok(()), Err),
        );
        self.restart(status);
        self
    }

    /// Makes this the status of the reply.
    pub(super) fn restart(&mut self, status: Status) {
        let (mut before, mut now) = (Buf::new(&mut []), Buf::new(&mut []));
        self.status.write_line(&mut before);
        status.write_line(&mut now);
        let (by, less) = (
            now.len().saturating_sub(before.len()),
            before.len().saturating_sub(now.len()),
        );
        let len = self.buf.len();
        if let Some(written) = self.buf.written_mut() {
            bytes::remove(written, 0, less);
        }
        self.buf.truncate(len.saturating_sub(less));
        self.buf.skip(by);
        self.buf.shift(len, by);
        status.write_line(&mut self.buf.at_start());
        self.status = status;
        self.content = self.exchange.content(status);
    }

    /// Removes the `content-type`, a draft's too.
    pub(super) fn remove_content_type(&mut self) {
        self.drafted.remove(FieldId::ContentType);
        self.admits(FieldId::ContentType, b"content-type");
    }

    /// The same reply, which takes no line that describes content.
    pub(super) const fn without_content_fields(mut self) -> Self {
        self.drafted.add_all(REPRESENTATION);
        self.drafted.add(FieldId::ContentType);
        // Endings write none where there is one.
        self.written.add(FieldId::ContentType, 0);
        self
    }

    /// True if the reply is [without](Self::without_content_fields) lines of this field.
    pub(super) const fn is_without(&self, field: FieldId) -> bool {
        self.drafted.has(field) && !self.written.has_line(field)
    }

    /// Removes every line that describes content.
    pub(super) fn remove_representation_fields(&mut self) {
        self.remove_content_type();
        self.drafted.remove_all(REPRESENTATION);
        let len = self.written.take_representation();
        self.remove_lines(&REPRESENTATION_FIELDS, len);
    }

    /// Removes every line about the version of the content that only the content or a `304` has.
    pub(super) fn remove_version_fields(&mut self) {
        self.drafted.remove_all(VERSION);
        let len = self.written.take_version();
        self.remove_lines(&VERSION_FIELDS, len);
    }

    /// Removes every line of these names, which have counted as `len` bytes.
    fn remove_lines(&mut self, names: &[&[u8]], len: usize) {
        if len > 0 {
            for name in names {
                self.buf.remove_lines(name);
            }
            self.buf.uncount(len);
        }
    }

    /// The value of the first line of this name; `None` too where it has not fitted.
    pub(super) fn line_value(&self, name: &[u8]) -> Option<&[u8]> {
        let written = self.buf.written()?;
        let start = written.iter().position(|byte| *byte == b'\n')? + 1;
        let lines = written.get(start..)?;
        first_line(lines.get(find(lines, name)?..)?).map(|line| line.value)
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
        self.written.add(name.id(), len);
        self.note(self.buf.located(result, start));
    }

    /// The first error, or else this one.
    pub(super) fn error(&self, error: Error) -> Error {
        self.error.unwrap_or(error)
    }

    #[inline]
    pub(super) fn note(&mut self, result: Result<(), Error>) {
        note(&mut self.error, result);
    }
}
