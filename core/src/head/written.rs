//! The lines that a reply has written, as far as it needs to know.

use crate::field::id::FieldId;

/// The fields of a reply that its endings depend on, counted whether or not they fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenFields {
    /// Bytes of the `content-type` line; 0 where there is none. So for the next two.
    pub(crate) content_type: usize,
    pub(crate) date: usize,
    pub(crate) location: usize,
    /// Bytes of the lines of [`REPRESENTATION_FIELDS`].
    pub(crate) representation: usize,
    /// Bytes of the lines of [`CACHING_FIELDS`].
    pub(crate) caching: usize,
    /// [`FieldFlags`] of the lines.
    pub(crate) flags: u8,
}

/// The fields that describe content, besides its type; RFC 9110 § 8.
pub(crate) const REPRESENTATION_FIELDS: [&[u8]; 3] = [
    b"content-disposition",
    b"content-encoding",
    b"content-language",
];

/// The fields that limit how long a cache may keep a reply, RFC 9111 §§ 5.2 and 5.3.
pub(crate) const CACHING_FIELDS: [&[u8]; 2] = [b"cache-control", b"expires"];

/// Bits for the lines that are there.
pub(crate) struct FieldFlags;

impl FieldFlags {
    pub(crate) const ACCEPT_RANGES: u8 = 1;
    pub(crate) const CACHE_CONTROL: u8 = 2;
    pub(crate) const CONTENT_ENCODING: u8 = 4;
    /// `content-range`, `etag` or `last-modified`.
    pub(crate) const FILE_METADATA: u8 = 8;
    pub(crate) const X_ACCEL_BUFFERING: u8 = 16;
    /// The status line, which is always there. A value that is not all zeros is built in registers,
    /// not by a call that clears memory.
    const STATUS: u8 = 32;
}

impl WrittenFields {
    pub(crate) const NONE: Self = Self {
        content_type: 0,
        date: 0,
        location: 0,
        representation: 0,
        caching: 0,
        flags: FieldFlags::STATUS,
    };

    /// Notes a line of `len` bytes that an ending depends on.
    #[inline(always)]
    pub(crate) const fn note(&mut self, field: FieldId, len: usize) {
        let (flag, describes, limits_age) = match field {
            FieldId::ContentRange | FieldId::ETag | FieldId::LastModified => {
                (FieldFlags::FILE_METADATA, false, false)
            }
            FieldId::AcceptRanges => (FieldFlags::ACCEPT_RANGES, false, false),
            FieldId::CacheControl => (FieldFlags::CACHE_CONTROL, false, true),
            FieldId::Expires => (0, false, true),
            FieldId::ContentEncoding => (FieldFlags::CONTENT_ENCODING, true, false),
            FieldId::ContentDisposition | FieldId::ContentLanguage => (0, true, false),
            FieldId::XAccelBuffering => (FieldFlags::X_ACCEL_BUFFERING, false, false),
            _ => return,
        };
        self.flags |= flag;
        if describes {
            self.representation = self.representation.saturating_add(len);
        }
        if limits_age {
            self.caching = self.caching.saturating_add(len);
        }
    }

    /// Notes a line of `len` bytes, the only one of its name where a later one replaces it.
    #[inline(always)]
    pub(crate) const fn add(&mut self, field: FieldId, len: usize) {
        if let Some(line) = self.line_mut(field) {
            *line = len;
        }
        self.note(field, len);
    }

    /// The bytes of the line of a field that a later line replaces; `None` for any other field.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn line_mut(&mut self, field: FieldId) -> Option<&mut usize> {
        match field {
            FieldId::ContentType => Some(&mut self.content_type),
            FieldId::Date => Some(&mut self.date),
            FieldId::Location => Some(&mut self.location),
            _ => None,
        }
    }
}
