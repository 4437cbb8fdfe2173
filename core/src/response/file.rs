//! The ending with a file: a plan is data, and its head is written here.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::coding::Coding;
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::file::multipart::write_content_range;
use crate::file::plan::{FilePlan, Verdict};
use crate::file::precondition::Validators;
use crate::file::range::Span;
use crate::file::transfer::FileTransfer;
use crate::head::status::Status;
use crate::head::written::FieldFlags;
use crate::request::exchange::Answer;
use crate::write::decimal;

impl<'b> Response<'b> {
    /// Ends with a file, or what the request is to be sent of it; RFC 9110 §§ 13 and 14.
    ///
    /// A reply that was started with [`Status::OK`], or with the status of the plan, gets the status
    /// of the plan. With any other status the whole file is its content, such as that of an error
    /// page.
    ///
    /// The plan's file says what `content-type`, `last-modified` and `etag` are. `accept-ranges` and
    /// `content-encoding` of the caller win. A `304` keeps the lines of the caller that do not
    /// describe content. So do an error for what the request asks of the file, `400`, `412` or `416`,
    /// but for `cache-control` and `expires`: caches would keep it for those who ask rightly.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::FileHeader`] for a field that only the plan may tell.
    pub fn file<'p, const RANGES: usize>(
        mut self,
        plan: &'p FilePlan<'_, RANGES>,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        if self.has_line(FieldFlags::FILE_METADATA) || self.is_drafted(FieldId::ContentType) {
            return Err(self.error(Error::FileHeader));
        }
        let len = plan.file.len;
        match plan.counting(self.status()) {
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
                self.restart(status);
                // What they describe is the file, and whose age they limit.
                self.remove_representation_fields();
                self.remove_caching_fields();
                self.text(text).map(FileTransfer::from)
            }
            Verdict::Unsatisfiable => {
                self.restart(Status::RANGE_NOT_SATISFIABLE);
                self.remove_representation_fields();
                self.remove_caching_fields();
                self.write_line_with(HeaderName::CONTENT_RANGE, |buf| {
                    buf.write_array(b"bytes */");
                    decimal::write(buf, len);
                    Ok(())
                });
                self.text("").map(FileTransfer::from)
            }
            Verdict::Whole => self.described(plan, Some(Span { offset: 0, len }), false),
            Verdict::Partial => {
                self.restart(Status::PARTIAL_CONTENT);
                self.described(plan, plan.span(), true)
            }
        }
    }

    /// Ends with a span of the file, or several.
    fn described<'p, const RANGES: usize>(
        mut self,
        plan: &'p FilePlan<'_, RANGES>,
        span: Option<Span>,
        is_partial: bool,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        let file = &plan.file;
        let parts = match span {
            Some(_) => None,
            None => plan.parts(),
        };
        self.remove_content_type();
        self.write_line_with(HeaderName::CONTENT_TYPE, |buf| match &parts {
            Some(parts) => {
                buf.write_array(b"multipart/byteranges; boundary=");
                buf.write(parts.boundary.as_bytes());
                Ok(())
            }
            None => file.media_type.write(buf),
        });
        if !self.has_line(FieldFlags::ACCEPT_RANGES) {
            self = self.header(HeaderName::ACCEPT_RANGES, "bytes");
        }
        if file.coding != Coding::Identity && !self.has_line(FieldFlags::CONTENT_ENCODING) {
            self = self.header(HeaderName::CONTENT_ENCODING, file.coding.as_str());
        }
        self = self.last_modified(&plan.validators);
        if let Some(etag) = plan.validators.etag {
            self = self.header(HeaderName::ETAG, etag);
        }
        match (span, parts) {
            (None, Some(parts)) => {
                let measured = parts.measure();
                let (len, room) = measured.map_err(|error| self.error(error))?;
                let head = self.head(len, room)?;
                let transfer = FileTransfer::new(head.bytes, 0..head.len, Span::EMPTY, head.answer);
                Ok(match head.content_follows {
                    true => transfer.with(parts, len),
                    false => transfer,
                })
            }
            (span, _) => {
                let span = span.unwrap_or(Span::EMPTY);
                if is_partial {
                    self.write_line_with(HeaderName::CONTENT_RANGE, |buf| {
                        write_content_range(buf, span, file.len);
                        Ok(())
                    });
                }
                let head = self.head(span.len, 0)?;
                let span = if head.content_follows {
                    span
                } else {
                    Span::EMPTY
                };
                Ok(FileTransfer::new(
                    head.bytes,
                    0..head.len,
                    span,
                    head.answer,
                ))
            }
        }
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
        let answer = self.answer();
        let head = self.buf.len();
        self.buf.skip(room.saturating_sub(head));
        self.buf.truncate(head);
        let (bytes, len) = self.into_bytes()?;
        Ok(FileHead {
            bytes,
            len,
            content_follows,
            answer,
        })
    }
}

/// A head that a file may follow.
struct FileHead<'b> {
    bytes: &'b mut [u8],
    len: usize,
    content_follows: bool,
    answer: Answer,
}

impl<'b> From<Reply<'b>> for FileTransfer<'b, '_> {
    /// A reply with nothing of a file.
    fn from(reply: Reply<'b>) -> Self {
        let answer = reply.answer;
        let (bytes, range) = reply.into_parts();
        Self::new(bytes, range, Span::EMPTY, answer)
    }
}
