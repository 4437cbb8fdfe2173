//! How far a report is, on the standard error stream.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};

/// Tells what is done now: in one line that is written over, where somebody looks.
pub fn tell(what: impl Display) {
    let mut stderr = stderr();
    // Nobody needs to know if nobody can be told.
    let _ = match stderr.is_terminal() {
        true => write!(stderr, "\r\x1b[K{what}\r"),
        false => writeln!(stderr, "... {what}"),
    };
    let _ = stderr.flush();
}

/// Takes the line away, before results are written.
pub fn clear() {
    let mut stderr = stderr();
    if stderr.is_terminal() {
        let _ = write!(stderr, "\x1b[K");
    }
}
