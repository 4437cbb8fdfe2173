use core::fmt;

/// The reason why a value could not be written as JSON.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JsonError {
    /// A `Serialize` implementation failed by itself; its message is lost.
    Custom,
    /// Arrays and objects, or newtypes, nest deeper than [`MAX_DEPTH`](crate::json::MAX_DEPTH), or
    /// than the caller's [`Shallow`](crate::json::Shallow) allows.
    Depth,
    /// An element came where there is none: an item in an object, a member in an array, or anything
    /// after an element that was not sent to its end.
    Element,
    /// A buffer was below the least that [`Resumable::fill`](crate::json::Resumable::fill) takes.
    /// Replies and slices that are full report [`Error::Overflow`](crate::Error::Overflow) instead.
    Full,
    /// An integer needed more than 64 bits, which [`Orjson`](crate::json::Orjson)
    /// does not write.
    Integer,
    /// A map's key was neither a string, a number, a boolean nor null.
    Key,
    /// A `Filter` counted from the end of a list that told no length, or another than it had.
    Length,
    /// The text of the value had another length when the value was written again: than it was
    /// measured, or than the head of the reply has told.
    LengthChanged,
    /// A `Filter` named parts of a value that has none, such as a text or a number.
    NoParts,
    /// A `Filter` named an element by its index, and the value there is a map or a model.
    NotAList,
    /// A `Filter` named a field, and the value there is a list.
    NotAModel,
    /// A floating-point number was infinite or not a number; RFC 8259 § 6.
    NotFinite,
    /// A text that was to be written as it is was no JSON; RFC 8259.
    NotJson,
    /// Bytes that [`Pydantic`](crate::json::Pydantic) writes as text were not UTF-8; or those of a
    /// key, where the dialect has such keys.
    NotUtf8,
    /// A text was no JSON number; RFC 8259 § 6.
    Number,
    /// A `Filter` asked for names, defaults or unset fields, and met a struct that is no
    /// `Model` and knows of none; or for no nulls, and one came apart from
    /// its key in a map that tells no length.
    PlainStruct,
    /// The shape of an [`NdArray`](crate::json::NdArray) had no dimension, or more than
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH), or another number of elements than there were.
    Shape,
    /// The value had other arrays, objects or elements when it was written again, so that the place
    /// where [`Resumable`](crate::json::Resumable) had stopped was not there.
    StructureChanged,
    /// A scalar or a key had another text when it was written again, and
    /// [`Resumable`](crate::json::Resumable) had stopped within it.
    TextChanged,
    /// The text of the value was longer than `usize` counts, where words have 32 bits.
    TooLong,
    /// An array or object had more than 4,294,967,294 elements, which
    /// [`Resumable`](crate::json::Resumable) cannot count.
    TooManyElements,
    /// A `Filter` named fields of one model more than 64 times, in what it includes and excludes
    /// together.
    TooManyFields,
    /// A `Filter` named parts of one value in more than 16 lists, of those that it includes or of
    /// those that it excludes.
    TooManyLists,
    /// A `Filter` named a field that a model does not have, or variants of an enum of which none
    /// came.
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
            Self::Length => {
                "filter counts from the end of a list that tells no length or a wrong one"
            }
            Self::LengthChanged => "length of the text changed while the value was written",
            Self::NoParts => "filter names parts of a value that has none",
            Self::NotAList => "filter names an element of what is no list",
            Self::NotAModel => "filter names a field of a list",
            Self::NotFinite => "number that is not finite",
            Self::NotJson => "text that is no JSON",
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::Number => "text that is no number",
            Self::PlainStruct => "filter asks a struct that is no model for more than its values",
            Self::Shape => "shape that the elements do not have",
            Self::StructureChanged => "elements changed while the value was written",
            Self::TextChanged => "text changed while the value was written",
            Self::TooLong => "text of more than 4 GiB",
            Self::TooManyElements => "more than 4,294,967,294 elements",
            Self::TooManyFields => "filter names fields of one model more than 64 times",
            Self::TooManyLists => "filter names parts of one value in more than 16 lists",
            Self::UnknownField => "filter names a field that the model does not have",
        })
    }
}

impl core::error::Error for JsonError {}
