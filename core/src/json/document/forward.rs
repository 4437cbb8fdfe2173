use core::cell::Cell;

use super::made_up;
use super::text::DocumentText;
use crate::error::JsonError;
use crate::json::sink::forward::{Forward, Take};

/// Passes the text on to `take`, until that takes no more: then the error means nothing.
pub(crate) fn forward<T: DocumentText>(document: &T, take: &mut Take<'_>) -> Result<(), JsonError> {
    let error = Cell::new(None);
    let is_whole = pass_on(document, take, &error);
    match error.get() {
        Some(error) => Err(error),
        None if !is_whole => Err(made_up(document)),
        None => Ok(()),
    }
}

fn pass_on<'p, T: DocumentText>(
    document: &T,
    take: &mut Take<'p>,
    error: &'p Cell<Option<JsonError>>,
) -> bool {
    match document.write_text(Forward::new(take, error), 0) {
        Ok(sink) => sink.is_complete(),
        Err(_) => false,
    }
}
