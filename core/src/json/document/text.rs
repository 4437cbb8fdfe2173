//! The text of a document, for a sink of any kind.

use crate::error::JsonError;
use crate::json::rules::Rules;
use crate::json::sink::interface::Sink;

/// The text of a document. No other crate can name this trait, so documents are the crate's own.
pub trait DocumentText {
    type Dialect: Rules;

    /// Writes the text to `sink`, as a value with `depth` arrays and objects around it.
    #[doc(hidden)]
    fn write_text<S>(&self, sink: S, depth: u8) -> Result<S, S::Error>
    where
        S: Sink<Dialect = Self::Dialect>;

    /// Looks, before any of the text leaves in pieces, for what must not be found later.
    #[doc(hidden)]
    #[inline(always)]
    fn check(&self, _depth: u8) -> Result<(), JsonError> {
        Ok(())
    }
}

impl<T: DocumentText + ?Sized> DocumentText for &T {
    type Dialect = T::Dialect;

    #[inline]
    fn write_text<S>(&self, sink: S, depth: u8) -> Result<S, S::Error>
    where
        S: Sink<Dialect = Self::Dialect>,
    {
        (**self).write_text(sink, depth)
    }

    #[inline(always)]
    fn check(&self, depth: u8) -> Result<(), JsonError> {
        (**self).check(depth)
    }
}
