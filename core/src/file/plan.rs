//! The plan of a reply with a file: which of its bytes are sent, or why none.

use core::fmt;

use heapless::Vec;

use super::facts::File;
use super::multipart::Parts;
use super::precondition::{Precondition, Preconditions, Validators};
use super::range::{self, Asked, Span};
use crate::field::coding::Coding;
use crate::field::grammar::is_name;
use crate::head::status::Status;
use crate::request::exchange::Exchange;

/// A plan of the reply with a [`File`]: which of its bytes answer a request, or why none do.
/// [`Response::file`](crate::Response::file) sends it.
///
/// ```
/// use replywire::Status;
/// use replywire::file::File;
/// use replywire::request::{Exchange, Version};
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
    pub(crate) file: File<'f, RANGES>,
    pub(crate) validators: Validators<'f>,
    /// The lines that the reply has are known.
    pub(crate) is_of_reply: bool,
    /// Hashes of the validators' lines that are known: the `etag` and the `last-modified`; 0 where
    /// there is none.
    pub(crate) told: [u32; 2],
    /// The validators were not known, so the preconditions were not checked.
    pub(crate) is_unchecked: bool,
    pub(crate) verdict: Verdict,
    spans: Vec<Span, RANGES>,
}

impl<'f, const RANGES: usize> File<'f, RANGES> {
    /// Plans the reply to a request, from the preconditions and the `range` in its header fields.
    ///
    /// Each byte of the fields is read once, and each range asked for is compared with those before
    /// it. Nothing is an error here: the plan says what the reply is.
    pub fn plan<N, V>(
        &self,
        exchange: &Exchange<'_>,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> FilePlan<'f, RANGES>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        FilePlan::new(*self, exchange, Some(self.validators(exchange)), headers)
    }
}

/// The reply that the request's fields ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The representation that the client has is the current one.
    NotModified,
    /// The ranges in the store: one, or several.
    Partial,
    /// An error with this text.
    Refused(Status, &'static str),
    /// None of the ranges has a byte.
    Unsatisfiable,
    /// The whole file.
    Whole,
}

/// The bytes of a file that a partial reply sends.
pub(crate) enum Selection<'p> {
    /// Several ranges.
    Parts(Parts<'p>),
    /// One range.
    Range(Span),
}

/// Returns true if several ranges can be sent at once. Each part would have to say its coding,
/// which recipients look for in the head alone; and what stands around the parts must not make the
/// content longer than a length can tell.
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
    /// Plans the reply with a file whose validators may be others than its own, or not known.
    pub(crate) fn new<N, V>(
        file: File<'f, RANGES>,
        exchange: &Exchange<'_>,
        validators: Option<Validators<'_>>,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let own = file.validators(exchange);
        let mut preconditions = Preconditions::new(validators.unwrap_or(own));
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
        let check = match validators {
            Some(_) => preconditions.check(exchange.method()),
            None => Precondition::Passed { ranges: true },
        };
        let verdict = match check {
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
            validators: own,
            is_of_reply: false,
            told: [0; 2],
            is_unchecked: validators.is_none(),
            verdict,
            spans,
        }
    }

    /// Returns true if several ranges were asked for.
    pub(crate) fn has_parts(&self) -> bool {
        self.spans.len() > 1
    }

    /// The status of a reply that was started with [`Status::OK`], or with this one, and says
    /// nothing else of the file; see [`Response::file`](crate::Response::file).
    pub const fn status(&self) -> Status {
        match self.verdict {
            Verdict::Partial => Status::PARTIAL_CONTENT,
            Verdict::NotModified => Status::NOT_MODIFIED,
            Verdict::Refused(status, _) => status,
            Verdict::Unsatisfiable => Status::RANGE_NOT_SATISFIABLE,
            Verdict::Whole => Status::OK,
        }
    }

    /// Returns true if the plan decides the status of a reply that was started with this one: with
    /// 200, with that of the plan, and with those that tell what only a plan knows.
    pub(crate) fn decides(&self, status: Status) -> bool {
        status == self.status()
            || matches!(
                status,
                Status::OK | Status::PARTIAL_CONTENT | Status::RANGE_NOT_SATISFIABLE
            )
    }

    /// The bytes that a [`Verdict::Partial`] sends.
    pub(crate) fn selection(&self) -> Selection<'_> {
        match (self.spans.as_slice(), &self.file.boundary) {
            ([span], _) => Selection::Range(*span),
            (spans, Some(boundary)) => Selection::Parts(Parts {
                boundary,
                media_type: self.file.media_type,
                len: self.file.len,
                spans,
            }),
            // Several ranges without a boundary have another verdict.
            (_, None) => Selection::Range(Span::EMPTY),
        }
    }
}
