//! A hook that keeps what it sees, and tells whether it was told rightly.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use replywire_std::{
    Accepted, AccessLog, Cause, Ended, LogForm, Observe, Replied, Requested, Unanswered,
};

/// The end of one exchange.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    pub(crate) connection: u64,
    pub(crate) target: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) bytes: u64,
    pub(crate) is_whole: bool,
    pub(crate) cause: Option<Cause>,
    pub(crate) text: String,
}

/// A hook that keeps what it sees.
#[derive(Default)]
pub struct Seen(Mutex<Events>);

#[derive(Default)]
pub(crate) struct Events {
    /// The hook panics.
    pub(crate) panics: bool,
    /// The connections that have begun, with the number of their requests.
    pub(crate) open: BTreeMap<u64, u64>,
    pub(crate) lines: Vec<Line>,
    pub(crate) ends: Vec<(u64, Option<Cause>)>,
    /// The events that were told in the wrong order, or twice.
    pub(crate) wrong: Vec<String>,
    /// The errors of connections that were not accepted, or not opened.
    pub(crate) not_accepted: Vec<String>,
    /// The lines of a log beside the hook.
    pub(crate) log: Vec<String>,
    pub(crate) without_peer: usize,
    pub(crate) without_time: usize,
}

impl Seen {
    pub(crate) fn events(&self) -> MutexGuard<'_, Events> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hook, and an access log beside it whose lines it keeps.
    pub(crate) fn logging(self: &Arc<Self>) -> impl Observe + use<> {
        let kept = Arc::clone(self);
        let write = move |line: &str| kept.events().log.push(line.to_owned());
        (Arc::clone(self), AccessLog::new(LogForm::Common, write))
    }

    /// Tells what was told wrongly, if anything was; after the server has ended.
    pub(crate) fn wrong(&self) -> Option<String> {
        let events = self.events();
        let open = events.open.first_key_value();
        let open = || open.map(|(id, left)| format!("no end of {id}, {left} requests left"));
        events.wrong.first().cloned().or_else(open)
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.events().lines.clone()
    }
}

impl Events {
    fn wrong(&mut self, is_wrong: bool, what: String) {
        if is_wrong {
            self.wrong.push(what);
        }
    }

    fn done(events: MutexGuard<'_, Self>) {
        let panics = events.panics;
        drop(events);
        assert!(!panics, "a hook that is wrong");
    }
}

impl Observe for Seen {
    fn wants_times(&self) -> bool {
        true
    }

    fn accept_failed(&self, error: &io::Error) {
        let mut events = self.events();
        events.not_accepted.push(error.to_string());
        Events::done(events);
    }

    fn accepted(&self, connection: &Accepted) {
        let mut events = self.events();
        events.without_peer += usize::from(connection.peer.is_none());
        let before = events.open.insert(connection.connection, 0);
        events.wrong(before.is_some(), format!("twice {connection:?}"));
        Events::done(events);
    }

    fn requested(&self, request: &Requested<'_>) {
        let mut events = self.events();
        let id = request.connection.connection;
        match events.open.get_mut(&id) {
            Some(requests) => *requests += 1,
            None => events.wrong(true, format!("not open: {request:?}")),
        }
        Events::done(events);
    }

    fn replied(&self, reply: &Replied<'_>) {
        let mut events = self.events();
        let id = reply.connection.connection;
        let failure = reply.failure;
        events.without_time += usize::from(reply.took.is_none());
        events.lines.push(Line {
            connection: id,
            target: reply.target.map(str::to_owned),
            status: reply.status.map(|status| status.code()),
            bytes: reply.bytes,
            is_whole: reply.is_whole,
            cause: failure.map(Unanswered::cause),
            text: failure.map(Unanswered::to_string).unwrap_or_default(),
        });
        let left = events.open.get_mut(&id);
        let is_right = match left {
            Some(left) if reply.method.is_some() => {
                let before = *left;
                *left = before.saturating_sub(1);
                before > 0
            }
            left => left.is_some(),
        };
        events.wrong(!is_right, format!("no request of {reply:?}"));
        let is_silent = !reply.is_whole && failure.is_none();
        events.wrong(is_silent, format!("no cause of {reply:?}"));
        Events::done(events);
    }

    fn ended(&self, end: &Ended<'_>) {
        let mut events = self.events();
        let id = end.connection.connection;
        events.without_time += usize::from(end.took.is_none());
        let left = events.open.remove(&id);
        events.wrong(
            left != Some(0),
            format!("{left:?} requests left by {end:?}"),
        );
        events.ends.push((id, end.failure.map(Unanswered::cause)));
        Events::done(events);
    }
}
