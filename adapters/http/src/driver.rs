//! A handler at work for a host.

use std::future::poll_fn;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::desk::End;
use crate::head::{Fields, ReplyHead};
use crate::passage::Passage;
use crate::worker::Worker;

/// Has the work that goes on after a whole reply come to its end without the host.
pub(crate) type Spawn = fn(Rest);

/// The driver of a reply, as long as it is needed.
pub(crate) struct Driver {
    state: State,
    spawn: Spawn,
    /// Nothing waits for the host.
    is_empty: bool,
}

enum State {
    /// It has ended before the reply was whole.
    Broken(Worker),
    Running(Worker),
    /// The reply is whole.
    Whole(Worker),
    /// The reply is whole, and the handler goes on.
    Left(Arc<Passage>),
    /// Nothing is left of it.
    Gone,
}

impl Driver {
    /// The driver of what `worker` has begun with, whose work after the reply is given to `spawn`.
    pub(crate) const fn new(worker: Worker, spawn: Spawn) -> Self {
        Self {
            state: State::Running(worker),
            spawn,
            is_empty: true,
        }
    }

    /// Does what can be done now, and tells if the head of a reply waits, whose body follows. Where
    /// the reply is whole, the host is asked no more for what the handler still does.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let State::Running(worker) = &mut self.state else {
            return false;
        };
        let seen = worker.poll(cx);
        self.is_empty = seen.is_empty;
        let go_on: fn(Worker) -> State = match worker.end() {
            Some(End::Whole(_)) => State::Whole,
            Some(End::Broken) => State::Broken,
            None if seen.is_whole => {
                let passage = State::Left(Arc::clone(worker.passage()));
                if let State::Running(worker) = mem::replace(&mut self.state, passage) {
                    (self.spawn)(Rest(worker));
                }
                return seen.goes_on;
            }
            None => return seen.goes_on,
        };
        if let State::Running(worker) = mem::replace(&mut self.state, State::Gone) {
            self.state = go_on(worker);
        }
        seen.goes_on
    }

    /// Takes the head, where it waits for the host, which polls with `cx`.
    pub(crate) fn take_head<F: Fields>(&mut self, cx: &Context<'_>) -> Option<ReplyHead<F>> {
        match &mut self.state {
            State::Broken(worker) | State::Running(worker) | State::Whole(worker) => {
                worker.take_head(cx)
            }
            State::Left(passage) => passage.take_head(cx),
            State::Gone => None,
        }
    }

    /// The place where the reply waits for the host; `None` after the end.
    pub(crate) fn passage(&self) -> Option<&Passage> {
        match &self.state {
            State::Broken(worker) | State::Running(worker) | State::Whole(worker) => {
                Some(worker.passage())
            }
            State::Left(passage) => Some(passage),
            State::Gone => None,
        }
    }

    pub(crate) const fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    pub(crate) const fn is_whole(&self) -> bool {
        matches!(self.state, State::Whole(_) | State::Left(_))
    }

    /// Tells if the reply is whole, and nothing of it waits for the host but what was taken.
    pub(crate) const fn is_all_taken(&self) -> bool {
        self.is_whole() && self.is_empty
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // One that still runs is dropped, with the future of the handler.
        if let State::Broken(worker) | State::Whole(worker) =
            mem::replace(&mut self.state, State::Gone)
        {
            worker.rest();
        }
    }
}

/// The work of a handler after its reply. The host may still take the reply, so no other follows.
pub(crate) struct Rest(Worker);

impl Rest {
    pub(crate) async fn run(mut self) {
        poll_fn(|cx| {
            self.0.poll(cx);
            match self.0.end() {
                Some(_) => Poll::Ready(()),
                None => Poll::Pending,
            }
        })
        .await;
    }
}
