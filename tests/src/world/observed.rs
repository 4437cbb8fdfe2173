//! The events that the hook of a run's server has seen, against what became of its handlers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use replywire_std::Cause;

use super::app::{Fate, fate};
use super::check::Excuses;
use super::openings;
use super::routes::Asked;
use crate::seen::Seen;

thread_local!(static SEEN: RefCell<Arc<Seen>> = RefCell::default());

pub(super) fn begin() {
    SEEN.take();
}

/// The hook of this run.
pub(super) fn hook() -> Arc<Seen> {
    SEEN.with_borrow(Arc::clone)
}

/// Tells what the hook has not seen once, if anything.
pub(super) fn check(excuses: &Excuses) -> Result<(), String> {
    let seen = hook();
    openings::check(&seen.events().not_accepted, excuses)?;
    if let Some(wrong) = seen.wrong() {
        return Err(format!("the hook was told wrongly: {wrong}"));
    }
    let mut causes = BTreeMap::<_, Vec<Option<Cause>>>::new();
    for line in seen.lines() {
        if let Some(asked) = line.target.as_deref().and_then(Asked::of_path) {
            let told = causes.entry((asked.client, asked.index)).or_default();
            told.push(line.cause);
        }
    }
    for ((client, index), told) in causes {
        let [cause] = told[..] else {
            return Err(format!("({client}) request {index} was told as {told:?}"));
        };
        let by_handler = |cause| !matches!(cause, Cause::Refused(_));
        let is_right = match fate(client, index) {
            // Of a request without a handler there is nothing to tell.
            None => false,
            Some(Fate::Answered) => matches!(
                cause,
                None | Some(Cause::Connection | Cause::Closed | Cause::Dropped)
            ),
            Some(Fate::Unanswered) => cause.is_some_and(by_handler),
            // The future was dropped, by a panic too, or its server was.
            Some(Fate::Begun | Fate::Dropped) => matches!(
                cause,
                Some(
                    Cause::Panicked
                        | Cause::Closed
                        | Cause::Dropped
                        | Cause::TimedOut
                        | Cause::Connection
                )
            ),
            Some(Fate::Replied) => cause.is_none_or(by_handler),
        };
        if !is_right {
            let fate = fate(client, index);
            return Err(format!(
                "({client}) request {index}, {fate:?}, failed by {cause:?}"
            ));
        }
    }
    Ok(())
}
