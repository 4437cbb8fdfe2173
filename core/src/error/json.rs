use core::fmt;

/// Why a value could not be written as JSON.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JsonError {
    /// The value wrote another text when it was written again.
    Changed,
    /// A `Serialize` implementation failed by itself; its message is lost.
    Custom,
    /// Arrays and objects nest deeper than [`MAX_DEPTH`](crate::json::MAX_DEPTH); or a `Filter` said more than one thing
    /// about a value, and about each of nine values one in another.
    Depth,
    /// An element came where there is none: an item in an object, a member in an array, or anything
    /// behind an element that was not sent to its end.
    Element,
    /// A buffer was below the least that [`Resumable::fill`](crate::json::Resumable::fill) takes. Replies and slices that are full
    /// report [`Error::Overflow`](crate::Error::Overflow) instead.
    Full,
    /// An integer needed more than 64 bits, which [`Lenient`](crate::json::Lenient)
    /// does not write.
    Integer,
    /// A map's key was neither a string, a number, a boolean nor null.
    Key,
    /// A `Filter` counted from the end of a list whose length is not known.
    Length,
    /// An array or object had more than 4,294,967,294 elements, which
    /// [`Resumable`](crate::json::Resumable) cannot count.
    Long,
    /// A floating-point number was infinite or not a number; RFC 8259 § 6.
    NotFinite,
    /// A text was no JSON number; RFC 8259 § 6.
    Number,
    /// A `Filter` named a field that a model does not have, a field of a list, or an element of what
    /// is no list; or it named more than 64 fields of one model.
    Part,
    /// The shape of an [`NdArray`](crate::json::NdArray) had no dimension, or more than
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH), or another number
    /// of elements than there were.
    Shape,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "value changed while it was written",
            Self::Custom => "value refused to be serialized",
            Self::Depth => "value nested too deep",
            Self::Element => "element out of place",
            Self::Full => "buffer full",
            Self::Integer => "integer of more than 64 bits",
            Self::Key => "map key that is no string",
            Self::Length => "filter counts from the end of a list of unknown length",
            Self::Long => "too many elements",
            Self::NotFinite => "number that is not finite",
            Self::Number => "text that is no number",
            Self::Part => "filter names a part that the value cannot have",
            Self::Shape => "shape that the elements do not have",
        })
    }
}

impl core::error::Error for JsonError {}
