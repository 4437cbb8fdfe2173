//! Documents of what a filter leaves.

use core::cell::Cell;
use core::fmt;

use serde_core::{Serialize, Serializer};

use super::context::{FilterContext, Filtering};
use super::key::Words;
use super::settings::Filter;
use super::shape::Shaped;
use super::tree::{Choice, Lists};
use crate::error::JsonError;
use crate::json::by_serde::document::BySerde;
use crate::json::by_serde::value::Serializer as JsonSerializer;
use crate::json::depth::Depth;
use crate::json::document::measure_within;
use crate::json::document::text::DocumentText;
use crate::json::rules::{Python, Rules};
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::Replay as _;

/// A document of what a filter leaves; [`BySerde::filtered`] and [`BySerde::response_model`] make
/// it.
///
/// A document that leaves in pieces is gone through once before its first byte, so an error of the
/// filter or of the value comes before all of it. A value that then changes is an error where it
/// does.
pub struct Filtered<'v, 'f, T: ?Sized, D = Python> {
    document: BySerde<'v, T, D>,
    filter: &'f Filter<'f>,
    /// The mistake of the filter, whatever the value.
    wrong: Option<JsonError>,
}

impl<'v, T: ?Sized, D> BySerde<'v, T, D> {
    /// The document without what `filter` leaves out.
    pub const fn filtered<'f>(self, filter: &'f Filter<'f>) -> Filtered<'v, 'f, T, D> {
        Filtered {
            document: self,
            filter,
            wrong: None,
        }
    }

    /// The document without what `filter` leaves out. A part that no value of the type can have is
    /// an error ([`Filter::check`]), before the first byte, also where the value has an empty list
    /// or a null in its place.
    ///
    /// ```
    /// use replywire::json::{Dialect, Document, Filter, JsonError, Part, Python};
    ///
    /// let none: [u32; 0] = [];
    /// let filter = Filter::new().exclude(&[Part::InEach(&[Part::Name("tax")])]);
    /// assert_eq!(Python::of(&none).filtered(&filter).write(&mut [0; 64]), Ok(2));
    /// assert_eq!(
    ///     Python::of(&none).response_model(&filter).write(&mut [0; 64]),
    ///     Err(JsonError::NoParts.into()),
    /// );
    /// ```
    pub const fn response_model<'f>(self, filter: &'f Filter<'f>) -> Filtered<'v, 'f, T, D>
    where
        T: Shaped,
    {
        Filtered {
            document: self,
            filter,
            wrong: match filter.check::<T>() {
                Ok(()) => None,
                Err(error) => Some(error),
            },
        }
    }
}

impl<T: ?Sized, D> Clone for Filtered<'_, '_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for Filtered<'_, '_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for Filtered<'_, '_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").finish_non_exhaustive()
    }
}

impl<T: Serialize + ?Sized, D: Rules> DocumentText for Filtered<'_, '_, T, D> {
    type Dialect = D;

    fn write_text<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        if let Some(error) = self.wrong {
            return Err(sink.fail(error));
        }
        let replay = sink.replay();
        let serializer = JsonSerializer {
            sink,
            depth: Depth::new(depth),
        };
        let note = |error| replay.note(error);
        let words = &Words::of::<D>();
        serialize(self.filter, words, self.document.value, serializer, note)
    }

    /// Measures the text, so what is wrong with the filter is known before anything leaves.
    fn check(&self, depth: u8) -> Result<(), JsonError> {
        measure_within(self, depth).map(|_| ())
    }
}

/// Serializes what is left of `value`.
fn serialize<T, S>(
    filter: &Filter<'_>,
    words: &Words,
    value: &T,
    serializer: S,
    note: impl FnOnce(JsonError),
) -> Result<S::Ok, S::Error>
where
    T: Serialize + ?Sized,
    S: Serializer<Error: From<JsonError>>,
{
    let error = Cell::new(None);
    let context = FilterContext {
        filter,
        words,
        choice: Choice {
            include: filter.include.map(Lists::one),
            exclude: match filter.exclude {
                [] => None,
                parts => Some(Lists::one(parts)),
            },
        },
        error: &error,
    };
    let result = value.serialize(Filtering {
        inner: serializer,
        context,
    });
    // What went through the value's own hands has lost its name there.
    match error.get() {
        Some(error) => {
            note(error);
            Err(error.into())
        }
        None => result,
    }
}
