//! The trace of a run, and what is wrong with it.

use std::cell::RefCell;

use super::clock;

#[derive(Debug, Default)]
struct Trace {
    /// The lines, where they are asked for.
    lines: Option<Vec<String>>,
    wrong: Option<String>,
}

thread_local!(static TRACE: RefCell<Trace> = RefCell::default());

/// Begins a run, of which the trace may be asked for.
pub(super) fn begin(is_asked_for: bool) {
    TRACE.set(Trace {
        lines: is_asked_for.then(Vec::new),
        wrong: None,
    });
}

/// Adds a line to the trace; it is made only if someone asks.
pub(super) fn note(line: impl FnOnce() -> String) {
    if TRACE.with_borrow(|trace| trace.lines.is_none()) {
        return;
    }
    let line = format!("{:>14.6} {}", clock::now() as f64 / 1e9, line());
    TRACE.with_borrow_mut(|trace| {
        trace
            .lines
            .iter_mut()
            .for_each(|lines| lines.push(line.clone()))
    });
}

/// Says what is wrong; the first counts.
pub(super) fn wrong(what: impl FnOnce() -> String) {
    if is_wrong() {
        return;
    }
    let what = what();
    note(|| format!("WRONG: {what}"));
    TRACE.with_borrow_mut(|trace| trace.wrong = Some(what));
}

/// Tells whether something is wrong already.
pub(super) fn is_wrong() -> bool {
    TRACE.with_borrow(|trace| trace.wrong.is_some())
}

/// Ends a run: what was wrong with it, and its trace.
pub(super) fn end() -> (Option<String>, Vec<String>) {
    let trace = TRACE.take();
    (trace.wrong, trace.lines.unwrap_or_default())
}
