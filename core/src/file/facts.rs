//! The facts of a file.

use core::fmt;

use super::boundary::Boundary;
use super::extension::guess_media_type;
use super::precondition::Validators;
use crate::error::Error;
use crate::field::coding::Coding;
use crate::field::date::HttpDate;
use crate::field::etag::ETag;
use crate::field::media;
use crate::request::exchange::Exchange;
use crate::write::buf::Buf;

/// The facts that a reply needs to know about a file; at most `RANGES` ranges of it are sent at
/// once.
///
/// The core reads no file: the caller finds these facts out. Take them from an open file, so that
/// the reply describes a single version.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::file::File;
/// use replywire::request::{Exchange, Version};
///
/// let file = File::new(1000).modified(784_111_777, 0).media_type("text/plain");
///
/// let headers = [("Range", "bytes=0-99")];
/// let exchange = Exchange::new("GET", Version::Http11, headers);
/// let plan = file.plan(&exchange, headers);
///
/// let mut buf = [0; 512];
/// let transfer = Response::to(&exchange, &mut buf, Status::OK).file(&plan)?;
/// assert_eq!(
///     transfer.head(),
///     b"HTTP/1.1 206 Partial Content\r\n\
///       content-type: text/plain; charset=utf-8\r\n\
///       accept-ranges: bytes\r\n\
///       last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
///       etag: \"ae1b981bc490a00-3e8\"\r\n\
///       content-range: bytes 0-99/1000\r\n\
///       content-length: 100\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "stat_result")]
#[derive(Clone, Copy)]
pub struct File<'f, const RANGES: usize = 16> {
    pub(crate) len: u64,
    modified: Option<HttpDate>,
    etag: Option<ETag<'f>>,
    pub(crate) media_type: MediaType<'f>,
    pub(crate) coding: Coding,
    pub(crate) boundary: Option<Boundary>,
}

/// The type of a file whose type is not known.
const OCTETS: &str = "application/octet-stream";

/// The `content-type` of a file.
#[derive(Clone, Copy)]
pub(crate) enum MediaType<'f> {
    /// A type that [`media`] completes.
    Completed(&'f str),
    Verbatim(&'f str),
}

impl<'f> File<'f> {
    /// Describes a file of `len` bytes, of which nothing else is known; type
    /// `application/octet-stream`.
    pub const fn new(len: u64) -> Self {
        Self {
            len,
            modified: None,
            etag: None,
            media_type: MediaType::Completed(OCTETS),
            coding: Coding::Identity,
            boundary: None,
        }
    }

    /// Describes a file in memory, such as one in flash, with the tag [`ETag::of`] makes.
    ///
    /// In a `static` or a `const` the compiler hashes it, which takes a second or two for four
    /// megabytes. For larger ones give a tag with [`etag`](Self::etag), such as one that a build
    /// script has made with [`ETag::of`].
    ///
    /// ```
    /// use replywire::ETag;
    /// use replywire::file::File;
    ///
    /// const INDEX: &[u8] = b"<h1>hello</h1>";
    /// // Hashed at compile time.
    /// static FILE: File<'static> = File::of(INDEX).media_type("text/html");
    ///
    /// const VIDEO: &[u8] = b"megabytes";
    /// static TAGGED: File<'static> =
    ///     File::new(VIDEO.len() as u64).etag(ETag::strong("v7").unwrap());
    /// ```
    pub const fn of(content: &[u8]) -> Self {
        Self::new(content.len() as u64).etag(ETag::of(content))
    }
}

impl<'f, const RANGES: usize> File<'f, RANGES> {
    /// Limits how many ranges are sent at once to `N`; a request for more gets the whole file. Each
    /// takes 16 bytes of the [`FilePlan`](crate::file::FilePlan).
    ///
    /// With `ranges::<0>()` every `range` is ignored, and the reply says `accept-ranges: none`
    /// (RFC 9110 § 14.3).
    pub const fn ranges<const N: usize>(self) -> File<'f, N> {
        File {
            len: self.len,
            modified: self.modified,
            etag: self.etag,
            media_type: self.media_type,
            coding: self.coding,
            boundary: self.boundary,
        }
    }

    /// Sets the time of the last modification: seconds since the start of 1970, and nanoseconds
    /// after them.
    ///
    /// They make its `last-modified` date (RFC 9110 § 8.8.2), if that is of the years 0 to 9999.
    /// With the length they make a strong `etag`, which replaces one that was set before. A time
    /// that packers set, such as 0, tells no versions apart: use [`etag`](Self::etag) there.
    pub const fn modified(mut self, seconds: i64, nanoseconds: u32) -> Self {
        self.modified = HttpDate::from_unix(seconds);
        let version = seconds
            .wrapping_mul(1_000_000_000)
            .wrapping_add(nanoseconds as i64);
        self.etag = Some(ETag::version(version as u64, self.len));
        self
    }

    /// Sets the `last-modified` date.
    pub const fn last_modified(mut self, date: HttpDate) -> Self {
        self.modified = Some(date);
        self
    }

    /// Sets the `etag`.
    pub const fn etag(mut self, etag: ETag<'f>) -> Self {
        self.etag = Some(etag);
        self
    }

    /// Sets the `content-type`; a type `text/*` that names no charset gets `; charset=utf-8`.
    ///
    /// What is no media type is an error of [`Response::file`](crate::Response::file).
    pub const fn media_type(mut self, media_type: &'f str) -> Self {
        self.media_type = MediaType::Completed(media_type);
        self
    }

    /// Sets the `content-type` that is usual for files of this name, or `application/octet-stream`;
    /// see [`guess_media_type`](crate::file::guess_media_type).
    pub fn guess_type_from_name(self, name: impl AsRef<[u8]>) -> Self {
        self.media_type(guess_media_type(name).unwrap_or(OCTETS))
    }

    /// Sets the `content-type` as it is.
    ///
    /// What is no media type is an error of [`Response::file`](crate::Response::file).
    pub const fn content_type(mut self, content_type: &'f str) -> Self {
        self.media_type = MediaType::Verbatim(content_type);
        self
    }

    /// Says that the file holds its content in this coding, which `content-encoding` tells;
    /// RFC 9110 § 8.4.
    ///
    /// An `etag` that was not given as a text is another one in each coding.
    pub const fn content_encoding(mut self, coding: Coding) -> Self {
        self.coding = coding;
        self
    }

    /// Sets the text between the ranges of a reply. Without it, a request for several ranges that
    /// do not touch gets the whole file. So does one for a file in a content coding, which parts
    /// could not tell.
    pub const fn boundary(mut self, boundary: Boundary) -> Self {
        self.boundary = Some(boundary);
        self
    }

    /// The length in bytes.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Returns true if there are no bytes.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The facts that tell versions of it apart.
    pub(crate) fn validators(&self, exchange: &Exchange<'_>) -> Validators<'f> {
        Validators {
            etag: match (self.etag, self.coding) {
                (etag, Coding::Identity) => etag,
                (etag, coding) => etag.map(|etag| etag.coded(coding.as_str())),
            },
            modified: self.modified,
            now: exchange.date(),
        }
    }
}

impl<const RANGES: usize> fmt::Debug for File<'_, RANGES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("len", &self.len)
            .field("modified", &self.modified)
            .field("etag", &self.etag)
            .field("coding", &self.coding)
            .finish_non_exhaustive()
    }
}

impl MediaType<'_> {
    /// Writes the field's value.
    pub(crate) fn write(self, buf: &mut Buf<'_>) -> Result<(), Error> {
        match self {
            Self::Completed(media_type) => media::write_value(buf, media_type),
            Self::Verbatim(media_type) => media::write_verbatim(buf, media_type),
        }
    }
}
