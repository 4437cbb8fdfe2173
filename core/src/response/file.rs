//! The ending with a file: the plan is data, and its reply is written here.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::coding::Coding;
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::file::multipart::{Parts, write_content_range};
use crate::file::plan::{FilePlan, Selection, Verdict};
use crate::file::precondition::Validators;
use crate::file::range::Span;
use crate::file::transfer::FileTransfer;
use crate::head::status::Status;
use crate::head::written::FieldFlags;
use crate::request::exchange::ReplyContext;
use crate::write::buf::Buf;
use crate::write::decimal;

impl<'b> Response<'b> {
    /// Ends with a file, its ranges, or the reply that the request gets instead; RFC 9110 §§ 13
    /// and 14.
    ///
    /// A reply that was started with [`Status::OK`], or with the status of the plan, gets the
    /// status of the plan. With any other status the whole file is its content, such as that of an
    /// error page.
    ///
    /// The plan's file says what `content-type`, `last-modified` and `etag` are. `accept-ranges`
    /// and `content-encoding` of the caller win. A `304` keeps the lines of the caller that do not
    /// describe content. So does an error for what the request asks of the file, `400`, `412` or
    /// `416`, but for `cache-control` and `expires`: caches would keep it for those who ask
    /// rightly.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::FileHeader`] for a field that only the plan may
    /// tell.
    pub fn file<'p, const RANGES: usize>(
        mut self,
        plan: &'p FilePlan<'_, RANGES>,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        if self.has_line(FieldFlags::FILE_METADATA) || self.is_drafted(FieldId::ContentType) {
            return Err(self.error(Error::FileHeader));
        }
        let len = plan.file.len;
        match plan.verdict_for(self.status()) {
            Verdict::NotModified => {
                self.restart(Status::NOT_MODIFIED);
                self.remove_representation_fields();
                // RFC 9110 § 15.4.5
                match plan.validators.etag {
                    Some(etag) => self.header(HeaderName::ETAG, etag),
                    None => self.last_modified(&plan.validators),
                }
                .empty()
                .map(FileTransfer::from)
            }
            Verdict::Refused(status, text) => {
                self.answer_with_error(status);
                self.text(text).map(FileTransfer::from)
            }
            Verdict::Unsatisfiable => {
                self.answer_with_error(Status::RANGE_NOT_SATISFIABLE);
                self.write_line_with(HeaderName::CONTENT_RANGE, |buf| {
                    buf.write_array(b"bytes */");
                    decimal::write(buf, len);
                    Ok(())
                });
                self.text("").map(FileTransfer::from)
            }
            Verdict::Whole => {
                self.write_content_type(|buf| plan.file.media_type.write(buf));
                self.describe(plan).span(Span { offset: 0, len })
            }
            Verdict::Partial => {
                self.restart(Status::PARTIAL_CONTENT);
                match plan.selection() {
                    Selection::Parts(parts) => {
                        self.write_content_type(|buf| {
                            buf.write_array(b"multipart/byteranges; boundary=");
                            buf.write(parts.boundary.as_bytes());
                            Ok(())
                        });
                        self.describe(plan).parts(parts)
                    }
                    Selection::Range(span) => {
                        self.write_content_type(|buf| plan.file.media_type.write(buf));
                        self = self.describe(plan);
                        self.write_line_with(HeaderName::CONTENT_RANGE, |buf| {
                            write_content_range(buf, span, len);
                            Ok(())
                        });
                        self.span(span)
                    }
                }
            }
        }
    }

    /// Makes the reply an error. Lines that describe the file, or limit its age, do not count for
    /// it.
    fn answer_with_error(&mut self, status: Status) {
        self.restart(status);
        self.remove_representation_fields();
        self.remove_caching_fields();
    }

    fn write_content_type(&mut self, write: impl FnOnce(&mut Buf<'b>) -> Result<(), Error>) {
        self.remove_content_type();
        self.write_line_with(HeaderName::CONTENT_TYPE, write);
    }

    /// Adds the lines that describe the file, after its type.
    fn describe<const RANGES: usize>(mut self, plan: &FilePlan<'_, RANGES>) -> Self {
        let coding = plan.file.coding;
        if !self.has_line(FieldFlags::ACCEPT_RANGES) {
            self = self.header(HeaderName::ACCEPT_RANGES, "bytes");
        }
        if coding != Coding::Identity && !self.has_line(FieldFlags::CONTENT_ENCODING) {
            self = self.header(HeaderName::CONTENT_ENCODING, coding.as_str());
        }
        self = self.last_modified(&plan.validators);
        if let Some(etag) = plan.validators.etag {
            self = self.header(HeaderName::ETAG, etag);
        }
        self
    }

    /// Ends with one span of the file.
    fn span<'p>(self, span: Span) -> Result<FileTransfer<'b, 'p>, Error> {
        let head = self.head(span.len, 0)?;
        let span = match head.content_follows {
            true => span,
            false => Span::EMPTY,
        };
        Ok(head.transfer(span))
    }

    /// Ends with several spans of the file, each a part.
    fn parts<'p>(self, parts: Parts<'p>) -> Result<FileTransfer<'b, 'p>, Error> {
        let measured = parts.measure();
        let (len, room) = measured.map_err(|error| self.error(error))?;
        let head = self.head(len, room)?;
        let content_follows = head.content_follows;
        let transfer = head.transfer(Span::EMPTY);
        Ok(match content_follows {
            true => transfer.with(parts, len),
            false => transfer,
        })
    }

    /// Adds `last-modified`, which is never later than the reply; RFC 9110 § 8.8.2.1.
    fn last_modified(self, validators: &Validators<'_>) -> Self {
        match (validators.modified, validators.now) {
            (Some(modified), Some(now)) => {
                self.header(HeaderName::LAST_MODIFIED, modified.min(now))
            }
            (Some(modified), None) => self.header(HeaderName::LAST_MODIFIED, modified),
            (None, _) => self,
        }
    }

    /// Ends the head of content of `len` bytes, in a buffer of at least `room`.
    fn head(mut self, len: u64, room: usize) -> Result<FileHead<'b>, Error> {
        let content_follows = self.write_sized_head(len);
        let context = self.context();
        let head = self.buf.len();
        self.buf.skip(room.saturating_sub(head));
        self.buf.truncate(head);
        let (bytes, len) = self.into_bytes()?;
        Ok(FileHead {
            bytes,
            len,
            content_follows,
            context,
        })
    }
}

/// A head that a file may follow.
struct FileHead<'b> {
    bytes: &'b mut [u8],
    len: usize,
    content_follows: bool,
    context: ReplyContext,
}

impl<'b> FileHead<'b> {
    /// The head, and then a span of the file.
    fn transfer<'p>(self, span: Span) -> FileTransfer<'b, 'p> {
        FileTransfer::new(self.bytes, 0..self.len, span, self.context)
    }
}

impl<'b> From<Reply<'b>> for FileTransfer<'b, '_> {
    /// A reply with nothing of a file.
    fn from(reply: Reply<'b>) -> Self {
        let context = reply.context;
        let (bytes, range) = reply.into_parts();
        Self::new(bytes, range, Span::EMPTY, context)
    }
}
