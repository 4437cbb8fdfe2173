use core::fmt;

/// The reason why a value could not be written as JSON.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JsonError {
    /// A `Serialize` implementation failed by itself; its message is lost.
    Custom,
    /// Arrays and objects nest deeper than [`MAX_DEPTH`](crate::json::MAX_DEPTH); or a `Filter`
    /// said more than one thing about a value, and about each of nine values one in another.
    Depth,
    /// An element came where there is none: an item in an object, a member in an array, or anything
    /// after an element that was not sent to its end.
    Element,
    /// A buffer was below the least that [`Resumable::fill`](crate::json::Resumable::fill) takes.
    /// Replies and slices that are full report [`Error::Overflow`](crate::Error::Overflow) instead.
    Full,
    /// An integer needed more than 64 bits, which [`Lenient`](crate::json::Lenient)
    /// does not write.
    Integer,
    /// A map's key was neither a string, a number, a boolean nor null.
    Key,
    /// A `Filter` counted from the end of a list whose length is not known.
    Length,
    /// The text of the value had another length when the value was written again: than it was
    /// measured, or than the head of the reply has told.
    LengthChanged,
    /// A `Filter` named an element by its index, and the value there is a map or a model.
    NotAList,
    /// A `Filter` named a field, and the value there is a list.
    NotAModel,
    /// A floating-point number was infinite or not a number; RFC 8259 § 6.
    NotFinite,
    /// A text was no JSON number; RFC 8259 § 6.
    Number,
    /// The shape of an [`NdArray`](crate::json::NdArray) had no dimension, or more than
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH), or another number of elements than there were.
    Shape,
    /// The value had other arrays, objects or elements when it was written again, so that the place
    /// where [`Resumable`](crate::json::Resumable) had stopped was not there.
    StructureChanged,
    /// A scalar or a key had another text when it was written again, and
    /// [`Resumable`](crate::json::Resumable) had stopped within it.
    TextChanged,
    /// An array or object had more than 4,294,967,294 elements, which
    /// [`Resumable`](crate::json::Resumable) cannot count.
    TooManyElements,
    /// A `Filter` named more than 64 fields of one model.
    TooManyFields,
    /// A `Filter` named a field that a model does not have.
    UnknownField,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Custom => "value refused to be serialized",
            Self::Depth => "value nested too deep",
            Self::Element => "element out of place",
            Self::Full => "buffer full",
            Self::Integer => "integer of more than 64 bits",
            Self::Key => "map key that is no string",
            Self::Length => "filter counts from the end of a list of unknown length",
            Self::LengthChanged => "length of the text changed while the value was written",
            Self::NotAList => "filter names an element of what is no list",
            Self::NotAModel => "filter names a field of a list",
            Self::NotFinite => "number that is not finite",
            Self::Number => "text that is no number",
            Self::Shape => "shape that the elements do not have",
            Self::StructureChanged => "elements changed while the value was written",
            Self::TextChanged => "text changed while the value was written",
            Self::TooManyElements => "more than 4,294,967,294 elements",
            Self::TooManyFields => "filter names more than 64 fields of one model",
            Self::UnknownField => "filter names a field that the model does not have",
        })
    }
}

impl core::error::Error for JsonError {}
