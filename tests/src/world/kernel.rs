//! The kernel of the world: all connections of a run, and those that wait to be accepted.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::task::{Context, Poll, Waker};

use super::choices;
use super::clock;
use super::connection::{Connection, Habits};
use super::pipe::Pipe;
use super::trace::note;

/// All connections of a run.
#[derive(Debug, Default)]
pub(super) struct Kernel {
    pub(super) habits: Habits,
    pub(super) connections: Vec<Connection>,
    /// Those that were not accepted.
    pub(super) backlog: VecDeque<usize>,
    acceptor: Option<Waker>,
    is_closed: bool,
    /// The errors of accepting, as the server was told them.
    pub(super) accept_errors: Vec<String>,
    /// The server's descriptors.
    pub(super) open: usize,
}

thread_local!(static KERNEL: RefCell<Kernel> = RefCell::default());

/// Begins a run without connections.
pub(super) fn begin(habits: Habits) {
    KERNEL.set(Kernel {
        habits,
        ..Kernel::default()
    });
}

pub(super) fn with<R>(look: impl FnOnce(&mut Kernel) -> R) -> R {
    KERNEL.with_borrow_mut(look)
}

/// Does something with one connection.
pub(super) fn on<R>(id: usize, look: impl FnOnce(&mut Connection, &Habits) -> R) -> R {
    with(|kernel| look(&mut kernel.connections[id], &kernel.habits))
}

impl Kernel {
    /// Adds a connection that its client may make later.
    pub(super) fn add(&mut self, down: Pipe, up: Pipe) {
        self.connections.push(Connection::new(down, up));
    }

    /// A client connects.
    pub(super) fn connect(&mut self, id: usize) {
        if self.is_closed {
            return self.connections[id].refuse();
        }
        self.backlog.push_back(id);
        self.ring();
    }

    /// Has whoever accepts try again.
    pub(super) fn ring(&mut self) {
        if let Some(waker) = self.acceptor.take() {
            waker.wake();
        }
    }

    pub(super) fn poll_accept(&mut self, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        let Some(&id) = self.backlog.front() else {
            self.acceptor = Some(cx.waker().clone());
            return Poll::Pending;
        };
        if self.open >= self.habits.descriptors {
            note(|| "accept: EMFILE".into());
            return self.not_accepted(io::Error::from_raw_os_error(24));
        }
        if choices::once_in(self.habits.accept_faults) {
            note(|| "accept: a fault".into());
            return self.not_accepted(io::ErrorKind::ConnectionAborted.into());
        }
        self.backlog.pop_front();
        let connection = &mut self.connections[id];
        if connection.server.is_dead {
            note(|| format!("[{id}] was reset before it was accepted"));
            connection.server.is_open = false;
            connection.closed_at = Some(clock::now());
            return self.not_accepted(io::ErrorKind::ConnectionAborted.into());
        }
        note(|| format!("[{id}] accepted"));
        self.open += 1;
        Poll::Ready(Ok(id))
    }

    fn not_accepted(&mut self, error: io::Error) -> Poll<io::Result<usize>> {
        self.accept_errors.push(error.to_string());
        Poll::Ready(Err(error))
    }

    /// The listener is closed: those who wait to be accepted are reset.
    pub(super) fn close_listener(&mut self) {
        self.is_closed = true;
        for id in std::mem::take(&mut self.backlog) {
            self.connections[id].refuse();
        }
    }
}
