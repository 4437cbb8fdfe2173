//! What a reply has to know of its own lines.

use crate::field::known::Known;

/// What is known of the lines written so far, whether or not they fitted: bytes of the singletons
/// that the library writes too, and what endings depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) content_type: usize,
    pub(crate) date: usize,
    pub(crate) location: usize,
    /// Bytes of the lines [`DESCRIBING`] content.
    pub(crate) describing: usize,
    /// Bytes of the lines [`KEEPING`] a reply.
    pub(crate) keeping: usize,
    /// [`Marks`] of the lines.
    pub(crate) marks: u8,
}

/// The fields that describe content, besides its type; RFC 9110 § 8.
pub(crate) const DESCRIBING: [&[u8]; 3] = [
    b"content-disposition",
    b"content-encoding",
    b"content-language",
];

/// The fields that say how long a reply may be kept, RFC 9111 §§ 5.2 and 5.3.
pub(crate) const KEEPING: [&[u8]; 2] = [b"cache-control", b"expires"];

/// What lines there are, as bits.
pub(crate) struct Marks;

impl Marks {
    pub(crate) const ACCEPT_RANGES: u8 = 1;
    pub(crate) const CACHE_CONTROL: u8 = 2;
    pub(crate) const CONTENT_ENCODING: u8 = 4;
    /// `content-range`, `etag` or `last-modified`.
    pub(crate) const FACTS: u8 = 8;
    pub(crate) const X_ACCEL_BUFFERING: u8 = 16;
    /// The status line, which is always there. What is not all zeros is copied in registers, and not
    /// cleared by a call.
    const STATUS: u8 = 32;
}

impl Seen {
    pub(crate) const NONE: Self = Self {
        content_type: 0,
        date: 0,
        location: 0,
        describing: 0,
        keeping: 0,
        marks: Marks::STATUS,
    };

    /// Notes a line of `len` bytes that an ending depends on.
    #[inline(always)]
    pub(crate) const fn note(&mut self, field: Known, len: usize) {
        let (mark, describes, keeps) = match field {
            Known::ContentRange | Known::ETag | Known::LastModified => (Marks::FACTS, false, false),
            Known::AcceptRanges => (Marks::ACCEPT_RANGES, false, false),
            Known::CacheControl => (Marks::CACHE_CONTROL, false, true),
            Known::Expires => (0, false, true),
            Known::ContentEncoding => (Marks::CONTENT_ENCODING, true, false),
            Known::ContentDisposition | Known::ContentLanguage => (0, true, false),
            Known::XAccelBuffering => (Marks::X_ACCEL_BUFFERING, false, false),
            _ => return,
        };
        self.marks |= mark;
        if describes {
            self.describing = self.describing.saturating_add(len);
        }
        if keeps {
            self.keeping = self.keeping.saturating_add(len);
        }
    }

    /// Notes a line of `len` bytes, the only one of its name where that is replaced by a later one.
    #[inline(always)]
    pub(crate) const fn add(&mut self, field: Known, len: usize) {
        if let Some(seen) = self.of(field) {
            *seen = len;
        }
        self.note(field, len);
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn of(&mut self, field: Known) -> Option<&mut usize> {
        match field {
            Known::ContentType => Some(&mut self.content_type),
            Known::Date => Some(&mut self.date),
            Known::Location => Some(&mut self.location),
            _ => None,
        }
    }
}
