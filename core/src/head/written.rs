//! The lines that a reply has written, as far as it needs to know.

use crate::field::id::{FieldId, FieldSet};

/// The fields of a reply that it or its endings depend on, counted whether or not they fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenFields {
    pub(crate) fields: FieldSet,
    /// Bytes of the `content-type` line; 0 where there is none. So for the next two.
    content_type: usize,
    date: usize,
    location: usize,
    /// Bytes of the lines of [`REPRESENTATION_FIELDS`].
    representation: usize,
    /// Bytes of the lines of [`VERSION_FIELDS`].
    version: usize,
}

/// The fields that describe content, besides its type; RFC 9110 § 8, RFC 9530, and those that it
/// obsoletes.
pub(crate) const REPRESENTATION_FIELDS: [&[u8]; 7] = [
    b"content-digest",
    b"content-disposition",
    b"content-encoding",
    b"content-language",
    b"content-md5",
    b"digest",
    b"repr-digest",
];

/// The fields that a `304` has too (RFC 9110 § 15.4.5), but no error: for how long a cache may keep
/// the content, its own URL, and its validators.
pub(crate) const VERSION_FIELDS: [&[u8]; 5] = [
    b"cache-control",
    b"content-location",
    b"etag",
    b"expires",
    b"last-modified",
];

pub(crate) const REPRESENTATION: FieldSet = FieldSet::of(&REPRESENTATION_FIELDS);
pub(crate) const VERSION: FieldSet = FieldSet::of(&VERSION_FIELDS);

impl WrittenFields {
    pub(crate) const NONE: Self = Self::of(FieldSet::MARKED);

    /// Lines of these fields, whose bytes are not counted.
    #[inline(always)]
    pub(crate) const fn of(fields: FieldSet) -> Self {
        Self {
            fields,
            content_type: 0,
            date: 0,
            location: 0,
            representation: 0,
            version: 0,
        }
    }

    /// True if there is a line of this field.
    #[inline(always)]
    pub(crate) const fn has(&self, field: FieldId) -> bool {
        self.fields.has(field)
    }

    /// True if a line of this field was noted with its bytes.
    pub(crate) const fn has_line(&self, field: FieldId) -> bool {
        match field {
            FieldId::ContentType => self.content_type > 0,
            _ => self.has(field),
        }
    }

    /// True if there is a line of one of these fields.
    #[cfg(feature = "template")]
    pub(crate) const fn has_any(&self, fields: FieldSet) -> bool {
        self.fields.has_any(fields)
    }

    /// True if the field is a singleton and has a line.
    #[inline(always)]
    pub(crate) const fn has_singleton(&self, field: FieldId) -> bool {
        field.is_singleton() && self.has(field)
    }

    /// Notes a line of `len` bytes.
    #[inline(always)]
    pub(crate) const fn add(&mut self, field: FieldId, len: usize) {
        self.fields.add(field);
        if let Some(line) = self.line_mut(field) {
            *line = len;
        }
        if REPRESENTATION.has(field) {
            self.representation = self.representation.saturating_add(len);
        }
        if VERSION.has(field) {
            self.version = self.version.saturating_add(len);
        }
    }

    /// Forgets the line of a singleton, which is to be removed. Returns by how many bytes the size
    /// that the reply needs sinks: none, where the length of the line is not known apart.
    #[inline(always)]
    pub(crate) const fn take(&mut self, field: FieldId) -> usize {
        self.fields.remove(field);
        match self.line_mut(field) {
            Some(line) => core::mem::replace(line, 0),
            None => 0,
        }
    }

    /// Forgets the lines of [`REPRESENTATION_FIELDS`], and returns their bytes.
    pub(crate) const fn take_representation(&mut self) -> usize {
        self.fields.remove_all(REPRESENTATION);
        core::mem::replace(&mut self.representation, 0)
    }

    /// Forgets the lines of [`VERSION_FIELDS`], and returns their bytes.
    pub(crate) const fn take_version(&mut self) -> usize {
        self.fields.remove_all(VERSION);
        core::mem::replace(&mut self.version, 0)
    }

    /// The bytes of the line of a field whose length is known apart.
    #[inline(always)]
    const fn line_mut(&mut self, field: FieldId) -> Option<&mut usize> {
        match field {
            FieldId::ContentType => Some(&mut self.content_type),
            FieldId::Date => Some(&mut self.date),
            FieldId::Location => Some(&mut self.location),
            _ => None,
        }
    }
}
