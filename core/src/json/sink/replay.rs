//! Replay: how a sink that became full leads back to the place where it did.

use core::cell::Cell;

use crate::error::JsonError;

/// The action that an element asks for: an item of an array, a member of an object, or the end of
/// either.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ElementAction {
    /// It is written.
    Write,
    /// It was written before.
    Skip,
    /// All before its value was written before, and some of its value.
    Descend,
}

/// The kind of a container.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Array,
    Object,
    /// An object of one member, which is no element: the brackets belong to those of its value.
    Wrapper,
}

/// Remembers the place where a sink became full, and leads back to it.
///
/// The end of an array or object counts as its last element; the brackets that open belong to the
/// first. `level` is how many other containers are around the one that is meant.
#[doc(hidden)]
pub trait Replay: Copy {
    /// A replay that is on does more than remember what is wrong.
    const ON: bool = false;

    /// Begins an array or an object.
    #[inline(always)]
    fn enter(self, _level: u8, _kind: Kind) -> Result<(), JsonError> {
        Ok(())
    }

    /// Goes on to the next element, and tells what is done with it.
    #[inline(always)]
    fn next_element(self, _level: u8) -> Result<ElementAction, JsonError> {
        Ok(ElementAction::Write)
    }

    /// Counts the next elements that are skipped.
    #[inline(always)]
    fn ahead(self, _level: u8) -> u32 {
        0
    }

    /// Goes over the next `count` elements, which are skipped.
    #[inline(always)]
    fn skip(self, _level: u8, _count: u32) {}

    /// Learns that something failed: a value that goes on nevertheless has no place.
    #[inline(always)]
    fn failed(self) {}

    /// Remembers what is wrong with the value.
    #[inline(always)]
    fn note(self, _error: JsonError) {}
}

impl Replay for () {}

/// Tells what is wrong with the value, unless it is written by another sink now. The first error
/// counts, whatever the value makes of it.
#[derive(Clone, Copy)]
pub(crate) struct Note<'p>(pub(super) Option<&'p Cell<Option<JsonError>>>);

impl Replay for Note<'_> {
    fn note(self, error: JsonError) {
        if let Some(note) = self.0 {
            note.set(note.get().or(Some(error)));
        }
    }
}
