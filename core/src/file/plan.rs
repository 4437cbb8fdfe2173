//! What a request is to be sent of a file.

use core::fmt;

use heapless::Vec;

use super::multipart::{self, Parts};
use super::range::{self, Asked, Span};
use super::{File, FileTransfer};
use crate::conditional::{Precondition, Preconditions, Validators};
use crate::field::is_name;
use crate::known::Known;
use crate::seen::Marks;
use crate::{Coding, Error, Exchange, HeaderName, Response, Status, decimal};

/// What a request is to be sent of a [`File`]; [`Response::file`](crate::Response::file) sends it.
///
/// ```
/// use replywire::{Exchange, File, Status, Version};
///
/// let file = File::of(b"hello");
/// let status = |headers: &[(&str, &str)]| {
///     let headers = headers.iter().copied();
///     let exchange = Exchange::new("GET", Version::Http11, headers.clone());
///     file.plan(&exchange, headers).status()
/// };
/// assert_eq!(status(&[]), Status::OK);
/// assert_eq!(status(&[("Range", "bytes=-2")]), Status::PARTIAL_CONTENT);
/// assert_eq!(status(&[("Range", "bytes=5-")]), Status::RANGE_NOT_SATISFIABLE);
/// assert_eq!(status(&[("If-None-Match", "*")]), Status::NOT_MODIFIED);
/// assert_eq!(status(&[("If-Match", "\"other\"")]), Status::PRECONDITION_FAILED);
/// ```
pub struct FilePlan<'f, const RANGES: usize = 16> {
    file: File<'f, RANGES>,
    validators: Validators<'f>,
    verdict: Verdict,
    spans: Vec<Span, RANGES>,
}

/// What the request's fields come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    /// One of the ranges in the store, or several.
    Partial,
    NotModified,
    /// The reply is an error, with this text.
    Refused(Status, &'static str),
    Unsatisfiable,
    Whole,
}

/// Whether several ranges can be sent at once. Each part would have to say its coding, which
/// recipients look for in the head alone; and what stands around the parts must not make the content
/// longer than a length can tell.
fn can_be_parted<const RANGES: usize>(file: &File<'_, RANGES>) -> bool {
    file.boundary.is_some() && file.coding == Coding::Identity && file.len <= i64::MAX as u64
}

impl<const RANGES: usize> fmt::Debug for FilePlan<'_, RANGES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePlan")
            .field("status", &self.status())
            .field("ranges", &self.spans.len())
            .finish_non_exhaustive()
    }
}

impl<'f, const RANGES: usize> FilePlan<'f, RANGES> {
    pub(super) fn new<N, V>(
        file: File<'f, RANGES>,
        exchange: &Exchange,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let validators = file.validators(exchange);
        let mut preconditions = Preconditions::new(validators);
        let mut asked = None;
        let mut spans = Vec::new();
        for (name, value) in headers {
            let (name, value) = (name.as_ref().as_bytes(), value.as_ref());
            if is_name(name, b"range") {
                // It has one line; a second one is not read.
                asked.get_or_insert_with(|| range::read(value, file.len, spans.as_mut_view()));
            } else {
                preconditions.read(name, value);
            }
        }
        let verdict = match preconditions.check(exchange.method()) {
            Precondition::Failed => Verdict::Refused(
                Status::PRECONDITION_FAILED,
                Status::PRECONDITION_FAILED.reason(),
            ),
            Precondition::NotModified => Verdict::NotModified,
            Precondition::Passed { ranges: false } => Verdict::Whole,
            Precondition::Passed { ranges: true } => match asked {
                None | Some(Asked::Whole) => Verdict::Whole,
                Some(Asked::Parts) if spans.len() > 1 && !can_be_parted(&file) => Verdict::Whole,
                Some(Asked::Parts) => Verdict::Partial,
                Some(Asked::Unsatisfiable) => Verdict::Unsatisfiable,
                Some(Asked::Malformed(why)) => Verdict::Refused(Status::BAD_REQUEST, why),
            },
        };
        Self {
            file,
            validators,
            verdict,
            spans,
        }
    }

    /// The status of a reply that was started with [`Status::OK`], or with this one.
    pub const fn status(&self) -> Status {
        match self.verdict {
            Verdict::Partial => Status::PARTIAL_CONTENT,
            Verdict::NotModified => Status::NOT_MODIFIED,
            Verdict::Refused(status, _) => status,
            Verdict::Unsatisfiable => Status::RANGE_NOT_SATISFIABLE,
            Verdict::Whole => Status::OK,
        }
    }

    /// What counts for a reply with this status.
    fn counting(&self, status: Status) -> Verdict {
        match status == Status::OK || status == self.status() {
            true => self.verdict,
            false => Verdict::Whole,
        }
    }

    /// Ends a reply; [`Response::file`].
    pub(crate) fn end<'b>(
        &self,
        mut response: Response<'b>,
    ) -> Result<FileTransfer<'b, '_>, Error> {
        if response.has_line(Marks::FACTS) || response.is_drafted(Known::ContentType) {
            return Err(response.error(Error::FileHeader));
        }
        let len = self.file.len;
        match self.counting(response.status()) {
            Verdict::NotModified => {
                response.restart(Status::NOT_MODIFIED);
                response.forget_content();
                // RFC 9110 § 15.4.5
                match self.validators.etag {
                    Some(etag) => response.header(HeaderName::ETAG, etag),
                    None => self.put_modified(response),
                }
                .empty()
                .map(FileTransfer::from)
            }
            Verdict::Refused(status, text) => {
                response.restart(status);
                // What they describe is the file, and whose age they limit.
                response.forget_content();
                response.forget_keeping();
                response.text(text).map(FileTransfer::from)
            }
            Verdict::Unsatisfiable => {
                response.restart(Status::RANGE_NOT_SATISFIABLE);
                response.forget_content();
                response.forget_keeping();
                response.put_line_with(HeaderName::CONTENT_RANGE, |buf| {
                    buf.put_array(b"bytes */");
                    decimal::put(buf, len);
                    Ok(())
                });
                response.text("").map(FileTransfer::from)
            }
            Verdict::Whole => self.describe(response, Some(Span { offset: 0, len }), false),
            Verdict::Partial => {
                response.restart(Status::PARTIAL_CONTENT);
                self.describe(response, self.span(), true)
            }
        }
    }

    /// Ends a reply with a span of the file, or several.
    fn describe<'b>(
        &self,
        mut response: Response<'b>,
        span: Option<Span>,
        is_partial: bool,
    ) -> Result<FileTransfer<'b, '_>, Error> {
        let file = &self.file;
        let parts = match span {
            Some(_) => None,
            None => self.parts(),
        };
        response.forget_type();
        response.put_line_with(HeaderName::CONTENT_TYPE, |buf| match &parts {
            Some(parts) => {
                buf.put_array(b"multipart/byteranges; boundary=");
                buf.put(parts.boundary.as_bytes());
                Ok(())
            }
            None => file.media_type.put(buf),
        });
        if !response.has_line(Marks::ACCEPT_RANGES) {
            response = response.header(HeaderName::ACCEPT_RANGES, "bytes");
        }
        if file.coding != Coding::Identity && !response.has_line(Marks::CONTENT_ENCODING) {
            response = response.header(HeaderName::CONTENT_ENCODING, file.coding.as_str());
        }
        response = self.put_modified(response);
        if let Some(etag) = self.validators.etag {
            response = response.header(HeaderName::ETAG, etag);
        }
        match (span, parts) {
            (None, Some(parts)) => {
                let measured = parts.measure();
                let (len, room) = measured.map_err(|error| response.error(error))?;
                let (bytes, head, is_whole, answer) = response.head(len, room)?;
                let transfer = FileTransfer::new(bytes, 0, head, Span::EMPTY, answer);
                Ok(match is_whole {
                    true => transfer.with(parts, len),
                    false => transfer,
                })
            }
            (span, _) => {
                let span = span.unwrap_or(Span::EMPTY);
                if is_partial {
                    response.put_line_with(HeaderName::CONTENT_RANGE, |buf| {
                        multipart::put_content_range(buf, span, file.len);
                        Ok(())
                    });
                }
                let (bytes, head, is_whole, answer) = response.head(span.len, 0)?;
                let span = if is_whole { span } else { Span::EMPTY };
                Ok(FileTransfer::new(bytes, 0, head, span, answer))
            }
        }
    }

    /// Writes `last-modified`, which is never later than the reply; RFC 9110 § 8.8.2.1.
    fn put_modified<'b>(&self, response: Response<'b>) -> Response<'b> {
        let Validators { modified, now, .. } = self.validators;
        match (modified, now) {
            (Some(modified), Some(now)) => {
                response.header(HeaderName::LAST_MODIFIED, modified.min(now))
            }
            (Some(modified), None) => response.header(HeaderName::LAST_MODIFIED, modified),
            (None, _) => response,
        }
    }

    /// The ranges, where there are several.
    fn parts(&self) -> Option<Parts<'_>> {
        match (&self.file.boundary, self.spans.as_slice()) {
            (Some(boundary), spans @ [_, _, ..]) => Some(Parts {
                boundary,
                media_type: self.file.media_type,
                len: self.file.len,
                spans,
            }),
            _ => None,
        }
    }

    /// The range, where there is one.
    fn span(&self) -> Option<Span> {
        match self.spans.as_slice() {
            [span] => Some(*span),
            _ => None,
        }
    }
}
