//! A handler at work for a host.

use std::future::poll_fn;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::passage::Passage;
use crate::reply_head::{Fields, ReplyHead};
use crate::worker::Worker;

/// Has the work that goes on after a whole reply come to its end without the host.
pub(crate) type Spawn = fn(Rest);

/// The driver of a reply, as long as it is needed.
pub(crate) struct Driver {
    work: Work,
    /// Tells if the reply is whole, or has broken off, once one of both is so.
    end: Option<bool>,
    spawn: Spawn,
    /// Nothing waits for the host.
    is_empty: bool,
}

enum Work {
    Worker(Box<Worker>),
    /// The reply is whole, and the handler goes on elsewhere.
    Left(Arc<Passage>),
    /// Nothing is left of it.
    Gone,
}

impl Driver {
    /// The driver of what `worker` has begun with, whose work after the reply is given to `spawn`.
    pub(crate) const fn new(worker: Box<Worker>, spawn: Spawn) -> Self {
        Self {
            work: Work::Worker(worker),
            end: None,
            spawn,
            is_empty: true,
        }
    }

    /// Does what can be done now, and tells if the head of a reply waits, whose body follows. Where
    /// the reply is whole, the host is asked no more for what the handler still does.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let (Work::Worker(worker), None) = (&mut self.work, self.end) else {
            return false;
        };
        let seen = worker.poll(cx);
        self.is_empty = seen.is_empty;
        self.end = worker.is_whole();
        if self.end.is_none() && seen.is_whole {
            self.end = Some(true);
            let left = Work::Left(Arc::clone(worker.passage()));
            if let Work::Worker(worker) = mem::replace(&mut self.work, left) {
                (self.spawn)(Rest(worker));
            }
        }
        seen.goes_on
    }

    /// Takes the head, where it waits for the host, which polls with `cx`, and its `fields`.
    pub(crate) fn take_head(
        &mut self,
        cx: &Context<'_>,
        fields: &mut impl Fields,
    ) -> Option<ReplyHead> {
        match &mut self.work {
            Work::Worker(worker) => worker.take_head(cx, fields),
            Work::Left(passage) => passage.take_head(cx, fields),
            Work::Gone => None,
        }
    }

    /// The place where the reply waits for the host; `None` after the end.
    pub(crate) fn passage(&self) -> Option<&Passage> {
        match &self.work {
            Work::Worker(worker) => Some(worker.passage()),
            Work::Left(passage) => Some(passage),
            Work::Gone => None,
        }
    }

    pub(crate) const fn is_running(&self) -> bool {
        self.end.is_none()
    }

    pub(crate) const fn is_whole(&self) -> bool {
        matches!(self.end, Some(true))
    }

    /// Tells if the reply is whole, and nothing of it waits for the host but what was taken.
    pub(crate) const fn is_all_taken(&self) -> bool {
        self.is_whole() && self.is_empty
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // One that still runs is dropped, with the future of the handler.
        if self.end.is_some()
            && let Work::Worker(worker) = mem::replace(&mut self.work, Work::Gone)
        {
            worker.rest();
        }
    }
}

/// The work of a handler after its reply. The host may still take the reply, so no other follows.
pub(crate) struct Rest(Box<Worker>);

impl Rest {
    pub(crate) async fn run(mut self) {
        poll_fn(|cx| {
            self.0.poll(cx);
            match self.0.is_whole() {
                Some(_) => Poll::Ready(()),
                None => Poll::Pending,
            }
        })
        .await;
    }
}
