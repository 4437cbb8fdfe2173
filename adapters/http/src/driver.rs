//! A handler at work for a host.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::passage::Passage;

/// A handler at work, with all that it borrows from; its outcome tells if the reply is whole.
pub(crate) type Running = Pin<Box<dyn Future<Output = bool> + Send>>;

/// The driver of a reply, as long as it is needed.
pub(crate) struct Driver {
    state: State,
    spawn: fn(Running),
}

enum State {
    /// It has ended before the reply was whole.
    Broken,
    Running(Running),
    /// The reply is whole.
    Whole,
}

impl Driver {
    /// The driver `running`, whose work after the reply is given to `spawn`.
    pub(crate) const fn new(running: Running, spawn: fn(Running)) -> Self {
        let state = State::Running(running);
        Self { state, spawn }
    }

    /// Does what can be done now. Where the reply is whole, the host is asked no more for what the
    /// handler still does.
    pub(crate) fn poll(&mut self, passage: &Passage, cx: &mut Context<'_>) {
        let State::Running(running) = &mut self.state else {
            return;
        };
        self.state = match running.as_mut().poll(cx) {
            Poll::Ready(true) => State::Whole,
            Poll::Ready(false) => State::Broken,
            Poll::Pending if passage.is_whole() => {
                let state = std::mem::replace(&mut self.state, State::Whole);
                if let State::Running(rest) = state {
                    (self.spawn)(rest);
                }
                return;
            }
            Poll::Pending => return,
        };
    }

    pub(crate) const fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    pub(crate) const fn is_whole(&self) -> bool {
        matches!(self.state, State::Whole)
    }
}
