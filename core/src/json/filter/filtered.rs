//! Documents of what a filter leaves.

use core::cell::Cell;
use core::fmt;

use serde_core::{Serialize, Serializer};

use super::context::{FilterContext, Filtering};
use super::settings::Filter;
use super::tree::{Choice, Tree};
use crate::error::JsonError;
use crate::json::by_serde::document::BySerde;
use crate::json::by_serde::value::Serializer as JsonSerializer;
use crate::json::document::text::DocumentText;
use crate::json::rules::{Rules, Strict};
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::Replay as _;

/// A document of what a filter leaves; [`BySerde::filtered`] makes it.
pub struct Filtered<'v, 'f, T: ?Sized, D = Strict> {
    document: BySerde<'v, T, D>,
    filter: &'f Filter<'f>,
}

impl<'v, T: ?Sized, D> BySerde<'v, T, D> {
    /// The document without what `filter` leaves out.
    pub const fn filtered<'f>(self, filter: &'f Filter<'f>) -> Filtered<'v, 'f, T, D> {
        Filtered {
            document: self,
            filter,
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
        let replay = sink.replay();
        let serializer = JsonSerializer { sink, depth };
        let note = |error| replay.note(error);
        serialize(self.filter, self.document.value, serializer, note)
    }
}

/// Serializes what is left of `value`.
fn serialize<T, S>(
    filter: &Filter<'_>,
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
        choice: Choice {
            include: filter.include.map_or(Tree::Silent, Tree::Parts),
            exclude: match filter.exclude {
                [] => Tree::Silent,
                parts => Tree::Parts(parts),
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
