//! Strings of all that implements `Display`.

use core::fmt::{self, Display, Write};

use crate::error::JsonError;
use crate::json::sink::interface::Sink;

/// Writes as a string what `value` displays.
pub(in crate::json) fn display<S: Sink, T: Display + ?Sized>(
    sink: S,
    value: &T,
) -> Result<S, S::Error> {
    let mut out = Fragments {
        sink: sink.quote()?,
        error: None,
    };
    let result = write!(out, "{value}");
    match (out.error, result) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => out.sink.unquote(),
        (None, Err(_)) => Err(JsonError::Custom.into()),
    }
}

struct Fragments<S: Sink> {
    sink: S,
    /// After it, the sink has no room.
    error: Option<S::Error>,
}

impl<S: Sink> Write for Fragments<S> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.error.is_some() {
            return Err(fmt::Error);
        }
        match self.sink.take().fragment(text) {
            Ok(sink) => self.sink = sink,
            Err(error) => self.error = Some(error),
        }
        match self.error {
            None => Ok(()),
            Some(_) => Err(fmt::Error),
        }
    }
}
