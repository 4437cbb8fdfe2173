//! The ending with a file: the plan is data, and its reply is written here.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::coding::Coding;
use crate::field::date::HttpDate;
use crate::field::etag::ETag;
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::field::name::sealed::Name as _;
use crate::file::facts::File;
use crate::file::multipart::{Parts, write_content_range};
use crate::file::plan::{FilePlan, Selection, Verdict};
use crate::file::precondition::Validators;
use crate::file::range::Span;
use crate::file::transfer::FileTransfer;
use crate::head::status::Status;
use crate::request::exchange::ReplyContext;
use crate::write::buf::Buf;
use crate::write::{decimal, fnv};

impl<'b> Response<'b> {
    /// Plans this reply with a file, as [`File::plan`] does, by the validators that the reply has:
    /// an `etag` and a `last-modified` among its lines count in place of the file's. Other lines
    /// that tell something of the file count as [`file`](Self::file) says.
    ///
    /// Both lines are sent as they are: a date should not be later than the reply (RFC 9110
    /// § 8.8.2.1), as that of a file never is. One that holds no tag, or no date, counts as no
    /// validator: no tag and no date of the request is the same.
    ///
    /// Where a validator's line has not fitted the buffer, the reply ends with [`Error::Overflow`]
    /// and a size that is enough for each reply that there may be.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::file::File;
    /// use replywire::request::{Exchange, Version};
    ///
    /// let request = [("If-None-Match", "\"v2\"")];
    /// let exchange = Exchange::new("GET", Version::Http11, request);
    /// let mut buf = [0; 256];
    /// let mut response = Response::to(&exchange, &mut buf, Status::OK).header("etag", "\"v2\"");
    /// let plan = response.plan(&File::new(1000).modified(784_111_777, 0), request);
    /// assert_eq!(
    ///     response.file(&plan)?.head(),
    ///     b"HTTP/1.1 304 Not Modified\r\netag: \"v2\"\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn plan<'f, N, V, const RANGES: usize>(
        &mut self,
        file: &File<'f, RANGES>,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> FilePlan<'f, RANGES>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let exchange = self.exchange;
        let mut own = file.validators(&exchange);
        let mut told = own;
        let (has_etag, has_date) = (
            self.written.has(FieldId::ETag),
            self.written.has(FieldId::LastModified),
        );
        if has_date {
            let line = self.line_value(b"last-modified");
            told.modified = line.and_then(HttpDate::parse);
            own.modified = None;
        }
        if has_etag {
            let line = self.line_value(b"etag");
            told.etag = line.and_then(ETag::from_field);
            own.etag = None;
        }
        let is_unread = (has_etag || has_date) && self.buf.overflows();
        let mut plan = FilePlan::new(*file, &exchange, (!is_unread).then_some(told), headers);
        plan.validators = own;
        plan.is_of_reply = true;
        plan.told = self.told();
        plan.verdict = self.verdict(&plan);
        plan
    }

    /// Ends with a file, its ranges, or the reply that the request gets instead; RFC 9110 §§ 13
    /// and 14.
    ///
    /// A reply that was started with [`Status::OK`], with the status of the plan, or with `206` or
    /// `416`, gets the status of the plan. With any other status the whole file is its content,
    /// such as that of an error page.
    ///
    /// The lines of the caller win: `accept-ranges`, `content-encoding` and `content-type`; and,
    /// where [`plan`](Self::plan) knows of them, `etag` and `last-modified`. They count as what the
    /// file says: with a `content-encoding`, which each of several ranges would have to tell, the
    /// file is sent whole; so it is with a `content-type` that the plan knows of, else the parts of
    /// several ranges have the type of the plan's file. With a `content-digest` (RFC 9530 § 2) or a
    /// `content-md5`, which are those of the content, there is no part at all.
    ///
    /// A line `accept-ranges: none` is advice to the client (RFC 9110 § 14.3): whoever asks for a
    /// range gets it. For a file that is only sent whole there is [`File::ranges`], with none.
    ///
    /// A `304` keeps the lines of the caller that do not describe content. So does an error for
    /// what the request asks of the file, `400`, `412` or `416`, but for those of the file's
    /// version: its validators, `content-location`, and `cache-control` and `expires`, for caches
    /// would keep it for those who ask rightly.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::FileHeader`] for a field that only the plan may
    /// tell: `content-range`, and where the lines with validators are not those that it knows of.
    /// With a plan by [`File::plan`], there may be none.
    ///
    /// ```
    /// use replywire::file::File;
    /// use replywire::request::{Exchange, Version};
    /// use replywire::{Response, Status};
    ///
    /// let request = [("range", "bytes=-4")];
    /// let exchange = Exchange::new("GET", Version::Http11, request);
    /// let plan = File::new(10).media_type("text/plain").plan(&exchange, request);
    /// let mut buf = [0; 256];
    /// let transfer = Response::to(&exchange, &mut buf, Status::OK).file(&plan)?;
    /// assert_eq!(
    ///     transfer.head(),
    ///     b"HTTP/1.1 206 Partial Content\r\ncontent-type: text/plain; charset=utf-8\r\n\
    ///       accept-ranges: bytes\r\ncontent-range: bytes 6-9/10\r\ncontent-length: 4\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("FileResponse", "NamedFile"))]
    pub fn file<'p, const RANGES: usize>(
        mut self,
        plan: &'p FilePlan<'_, RANGES>,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        let (told, known) = (self.told(), plan.told);
        let is_known = match self.buf.overflows() {
            // There is no line to read.
            true => told.map(|hash| hash == 0) == known.map(|hash| hash == 0),
            false => told == known,
        };
        if !is_known || self.written.has(FieldId::ContentRange) {
            return Err(self.error(Error::FileHeader));
        }
        // It is checked even where another type is told.
        let checked = plan.file.media_type.write(&mut Buf::new(&mut []));
        self.note(checked);
        let verdict = self.verdict(plan);
        if plan.is_unchecked {
            return Err(self.overflow(plan, verdict));
        }
        let decided = plan.decides(self.status()).then_some(verdict);
        self.with_file(plan, decided)
    }

    /// Makes the reply an error with this status, as [`file`](Self::file) does: without the lines
    /// that describe content, and those of the file's version. All others stay, such as cookies.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .header("etag", "\"v2\"")
    ///     .header("x-request-id", "7")
    ///     .into_error(Status::NOT_FOUND)
    ///     .body(b"gone")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 404 Not Found\r\nx-request-id: 7\r\ncontent-length: 4\r\n\r\ngone",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// Remembers [`Error::InterimStatus`] for an interim status to an HTTP/1.0 client.
    pub fn into_error(self, status: Status) -> Self {
        let mut reply = self.with_status(status);
        reply.remove_representation_fields();
        reply.remove_version_fields();
        reply
    }

    /// Hashes of the lines that tell validators, as [`FilePlan::told`] has them.
    fn told(&self) -> [u32; 2] {
        [HeaderName::ETAG, HeaderName::LAST_MODIFIED].map(|name| {
            match self.written.has(name.id()) {
                true => {
                    let line = self.line_value(name.bytes()).unwrap_or_default();
                    fnv::with(fnv::START, line) | 1
                }
                false => 0,
            }
        })
    }

    /// The verdict of a plan, with the lines that this reply has of the file.
    fn verdict<const RANGES: usize>(&self, plan: &FilePlan<'_, RANGES>) -> Verdict {
        let has = |field| self.written.has(field);
        let tells_coding = has(FieldId::ContentEncoding);
        let tells_type = plan.is_of_reply && has(FieldId::ContentType);
        match plan.verdict {
            Verdict::Partial if has(FieldId::ContentDigest) || has(FieldId::ContentMd5) => {
                Verdict::Whole
            }
            Verdict::Partial if plan.has_parts() && (tells_coding || tells_type) => Verdict::Whole,
            verdict => verdict,
        }
    }

    /// The size that is enough for each reply that there may be, where a line that decides has not
    /// fitted.
    #[cold]
    fn overflow<const RANGES: usize>(
        &self,
        plan: &FilePlan<'_, RANGES>,
        verdict: Verdict,
    ) -> Error {
        const FAILED: Status = Status::PRECONDITION_FAILED;
        let mut needed = 0;
        for verdict in [
            Some(verdict),
            Some(Verdict::Whole),
            Some(Verdict::NotModified),
            Some(Verdict::Refused(FAILED, FAILED.reason())),
            None,
        ] {
            match self.counting().with_file(plan, verdict) {
                Err(Error::Overflow { needed: other }) => needed = other.max(needed),
                Err(error) => return error,
                Ok(_) => {}
            }
        }
        Error::Overflow { needed }
    }

    /// Ends with what a verdict says. Without one, the whole file is content of the reply's status.
    fn with_file<'p, const RANGES: usize>(
        mut self,
        plan: &'p FilePlan<'_, RANGES>,
        verdict: Option<Verdict>,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        let len = plan.file.len;
        match verdict {
            Some(Verdict::NotModified) => {
                self.restart(Status::NOT_MODIFIED);
                self.remove_representation_fields();
                // RFC 9110 § 15.4.5
                match plan.validators.etag {
                    Some(etag) => self.header(HeaderName::ETAG, etag),
                    None if self.written.has(FieldId::ETag) => self,
                    None => self.last_modified(&plan.validators),
                }
                .empty()
                .map(FileTransfer::from)
            }
            Some(Verdict::Refused(status, text)) => {
                self.answer_with_error(status);
                self.text(text).map(FileTransfer::from)
            }
            Some(Verdict::Unsatisfiable) => {
                self.answer_with_error(Status::RANGE_NOT_SATISFIABLE);
                self.write_line_with(HeaderName::CONTENT_RANGE, |buf| {
                    buf.write_array(b"bytes */");
                    decimal::write(buf, len);
                    Ok(())
                });
                self.text("").map(FileTransfer::from)
            }
            Some(Verdict::Whole) | None => {
                if verdict.is_some() && self.status() != Status::OK {
                    self.restart(Status::OK);
                }
                self.default_type_of(plan);
                self.describe(plan).span(Span { offset: 0, len })
            }
            Some(Verdict::Partial) => {
                self.restart(Status::PARTIAL_CONTENT);
                match plan.selection() {
                    Selection::Parts(parts) => {
                        self.remove_content_type();
                        self.write_line_with(HeaderName::CONTENT_TYPE, |buf| {
                            buf.write_array(b"multipart/byteranges; boundary=");
                            buf.write(parts.boundary.as_bytes());
                            Ok(())
                        });
                        self.describe(plan).parts(parts)
                    }
                    Selection::Range(span) => {
                        self.default_type_of(plan);
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

    /// Makes the reply an error. Lines that describe the file, limit its age or say where it is do
    /// not count for it.
    fn answer_with_error(&mut self, status: Status) {
        self.restart(status);
        self.remove_representation_fields();
        self.remove_version_fields();
    }

    /// Adds the `content-type` of the file, unless the caller told one.
    fn default_type_of<const RANGES: usize>(&mut self, plan: &FilePlan<'_, RANGES>) {
        if !self.written.has(FieldId::ContentType) {
            self.write_line_with(HeaderName::CONTENT_TYPE, |buf| {
                plan.file.media_type.write(buf)
            });
        }
    }

    /// Adds the lines that describe the file, after its type.
    fn describe<const RANGES: usize>(mut self, plan: &FilePlan<'_, RANGES>) -> Self {
        let coding = plan.file.coding;
        if !self.written.has(FieldId::AcceptRanges) {
            let unit = match RANGES {
                0 => "none",
                _ => "bytes",
            };
            self = self.header(HeaderName::ACCEPT_RANGES, unit);
        }
        if coding != Coding::Identity && !self.written.has(FieldId::ContentEncoding) {
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
