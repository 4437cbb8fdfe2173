//! The uses of the sockets. One of them listens, so that a new client is heard: when none does, the
//! connection that has been idle longest makes room.

use core::cell::Cell;

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::Instant;

/// The sockets of a server, `N` of them.
pub(crate) struct Sockets<const N: usize>([Socket; N]);

struct Socket {
    state: Cell<State>,
    makes_room: Signal<NoopRawMutex, ()>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    /// It listens, or is about to.
    Free,
    /// A request is served.
    Busy,
    /// No request has come since then. A client that has not been answered is let wait longer.
    Idle { is_new: bool, since: Instant },
}

impl<const N: usize> Sockets<N> {
    pub(crate) fn new() -> Self {
        Self(core::array::from_fn(|_| Socket {
            state: Cell::new(State::Free),
            makes_room: Signal::new(),
        }))
    }

    /// The place of the socket `at`, which is free.
    pub(crate) fn place(&self, at: usize) -> Option<Place<'_, N>> {
        let socket = self.0.get(at)?;
        Some(Place {
            sockets: self,
            socket,
        })
    }

    /// Has the connection that has been idle longest end, where no socket is free.
    fn make_room(&self) {
        let mut longest = None;
        for socket in &self.0 {
            match socket.state.get() {
                State::Free => return,
                State::Busy => {}
                State::Idle { is_new, since } => match longest {
                    Some((than, _)) if than <= (is_new, since) => {}
                    _ => longest = Some(((is_new, since), socket)),
                },
            }
        }
        if let Some((_, socket)) = longest {
            socket.state.set(State::Free);
            socket.makes_room.signal(());
        }
    }
}

/// The place of one socket.
pub(crate) struct Place<'s, const N: usize> {
    sockets: &'s Sockets<N>,
    socket: &'s Socket,
}

impl<const N: usize> Place<'_, N> {
    /// A client has come, and may take its time until its first request.
    pub(crate) fn accepted(&self) {
        self.socket.makes_room.reset();
        self.socket.state.set(State::Busy);
        self.sockets.make_room();
        self.idle(true);
    }

    /// A request has come.
    pub(crate) fn busy(&self) {
        self.socket.state.set(State::Busy);
        if self.socket.makes_room.try_take().is_some() {
            // Just in time: so another one does.
            self.sockets.make_room();
        }
    }

    /// All requests were answered.
    pub(crate) fn answered(&self) {
        self.idle(false);
        self.sockets.make_room();
    }

    /// Waits until the connection has to end, so that another client is heard.
    pub(crate) async fn makes_room(&self) {
        self.socket.makes_room.wait().await;
    }

    /// The connection has ended.
    pub(crate) fn free(&self) {
        self.socket.state.set(State::Free);
    }

    fn idle(&self, is_new: bool) {
        let since = Instant::now();
        self.socket.state.set(State::Idle { is_new, since });
    }
}
