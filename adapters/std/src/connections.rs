use std::fmt;
use std::future::{Future, pending, poll_fn, ready};
use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use replywire_embedded::{Closed, ConnectionError};
use replywire_files::__private::{close_kept_files, is_shortage};

use crate::buffers::BufferPool;
use crate::connection_slot::{ConnectionSlot, SlotHandle};
use crate::handler::message;
use crate::run::run;
use crate::slots::{Phase, Slots};
use crate::timer::timeout;
use crate::watch::Hook;
use crate::{Config, Conn, Handles, Incoming, Listen, Runtime};

/// The connections of a server: how many there may be, their memory, and when they are to end.
///
/// A clone is another handle to the same. [`Server`](crate::Server) makes it; with one of your own
/// accept loop you serve what you accepted yourself, such as TLS, under the same limits:
///
/// ```
/// use replywire_std::{Connections, Handles, Runtime};
///
/// /// Serves the streams that `accept` gives, each as soon as its handshake is done.
/// async fn serve<R, S, H, A>(connections: Connections<R, H>, accept: impl AsyncFn() -> A)
/// where
///     A: Future<Output = std::io::Result<S>> + Send + 'static,
///     H: Send + Sync + 'static,
///     R: Runtime + Handles<H, S>,
///     S: Send + 'static,
/// {
///     loop {
///         let handshake = accept().await;
///         let slot = connections.slot().await;
///         R::spawn(async move {
///             // It has the slot meanwhile: one that never ends needs a limit of its own.
///             if let Ok(stream) = handshake.await {
///                 let _ = slot.serve(stream).await;
///             }
///         });
///     }
/// }
/// ```
pub struct Connections<R, H> {
    served: Arc<Served<H>>,
    slots: Arc<Slots>,
    runtime: PhantomData<fn() -> R>,
}

/// The things that all connections of a server share.
#[derive(Debug)]
pub(crate) struct Served<H> {
    pub(crate) handler: H,
    pub(crate) config: Arc<Config>,
    pub(crate) buffers: BufferPool,
    pub(crate) hook: Option<Arc<Hook>>,
}

impl<H> Served<H> {
    pub(crate) fn new(handler: H, config: Config, hook: Option<Arc<Hook>>) -> Self {
        Self {
            handler,
            hook,
            buffers: BufferPool::new(&config),
            config: Arc::new(config),
        }
    }

    /// Tells the hook that a connection was not accepted, or not opened.
    fn accept_failed(&self, error: &io::Error) {
        if let Some(hook) = &self.hook {
            hook.accept_failed(error);
        }
    }
}

impl<R: Runtime, H> Connections<R, H> {
    pub(crate) fn new(served: Served<H>) -> Self {
        Self {
            served: Arc::new(served),
            slots: Arc::default(),
            runtime: PhantomData,
        }
    }

    /// Takes the slot of one more connection.
    ///
    /// Where all are taken, the connection is closed that has waited longest for another request,
    /// or for its first one for half a second. Where none does, this waits until one does or ends.
    /// Dropping the future takes none.
    pub async fn slot(&self) -> Slot<R, H> {
        let most = self.served.config.connections;
        let take = || poll_fn(|cx| self.slots.take(most, cx));
        let (index, standing) = loop {
            if let Some(taken) = self.spare_silent(take()).await {
                break taken;
            }
        };
        Slot {
            slot: ConnectionSlot::new(index, standing, Arc::clone(&self.slots)),
            served: Arc::clone(&self.served),
            runtime: PhantomData,
        }
    }

    /// The number of connections that are open.
    pub fn open(&self) -> usize {
        self.slots.open()
    }

    /// The number of connections that have buffers, because they are not idle.
    pub fn busy(&self) -> usize {
        self.served.buffers.lent()
    }

    /// The bytes of memory that replies have which outgrew the buffers of their connections
    /// ([`Config::largest_reply`]).
    pub fn grown(&self) -> usize {
        self.slots.grown()
    }

    /// Shuts down: idle connections close, replies under way are finished and say that their
    /// connection closes. Connections that have not ended after the grace time are dropped.
    ///
    /// Accept no more before. Dropping the future drops every connection at once.
    pub async fn shut_down(&self) {
        let _cut = self.cut_on_drop();
        self.slots.enter(Phase::Closing);
        let ended = poll_fn(|cx| self.slots.all_given_back(cx));
        let _ = timeout::<R::Timer, _>(self.served.config.grace, ended).await;
    }

    /// Serves every connection of `listener`, each in a task and a slot of its own, for ever.
    pub(crate) async fn accept<L>(&self, listener: L)
    where
        L: Listen<R>,
        R: Handles<H, L::Stream>,
        H: Send + Sync + 'static,
    {
        let begin = |opening, slot: Slot<R, H>| {
            let connection = slot.serve_incoming(opening);
            R::spawn(Detached { connection });
        };
        self.accept_each(listener, begin).await;
    }

    /// Hands every connection of `listener` to `begin`, with a slot of its own, for ever.
    async fn accept_each<L>(&self, mut listener: L, begin: impl Fn(L::Opening, Slot<R, H>))
    where
        L: Listen<R>,
    {
        loop {
            match listener.accept().await {
                Ok(opening) => begin(opening, self.slot().await),
                Err(error) => {
                    self.served.accept_failed(&error);
                    self.recover(&error).await;
                }
            }
        }
    }

    /// Waits until accepting is worth another try.
    async fn recover(&self, error: &io::Error) {
        match error.kind() {
            // The peer has left before it was accepted.
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {}
            _ if is_shortage(error) && close_kept_files() => {}
            _ if is_shortage(error) => {
                let mut asked = None;
                let room = poll_fn(|cx| self.slots.make_room(&mut asked, cx));
                let _ = self.spare_silent(room).await;
            }
            _ => {
                let _ = timeout::<R::Timer, ()>(PAUSE, pending()).await;
            }
        }
    }

    /// Waits for room, but not long. After that, connections that have sent nothing meanwhile make
    /// it, too.
    async fn spare_silent<T>(&self, room: impl Future<Output = T>) -> Option<T> {
        let count = self.slots.last_count();
        let made = timeout::<R::Timer, _>(FIRST, room).await;
        if made.is_none() {
            self.slots.evict_silent_since(count);
        }
        made
    }

    /// Has all connections dropped when the outcome is.
    pub(crate) fn cut_on_drop(&self) -> impl Drop + use<R, H> {
        CutOnDrop(Arc::clone(&self.slots))
    }
}

/// The time for which a connection that has sent nothing yet is not closed to make room.
const FIRST: Duration = Duration::from_millis(500);

/// The time after which accepting is tried again, where nothing else is known to help.
const PAUSE: Duration = Duration::from_millis(50);

struct CutOnDrop(Arc<Slots>);

impl Drop for CutOnDrop {
    fn drop(&mut self) {
        self.0.enter(Phase::Cut);
    }
}

impl<R, H> Clone for Connections<R, H> {
    fn clone(&self) -> Self {
        Self {
            served: Arc::clone(&self.served),
            slots: Arc::clone(&self.slots),
            runtime: PhantomData,
        }
    }
}

impl<R, H> fmt::Debug for Connections<R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("open", &self.slots.open())
            .finish_non_exhaustive()
    }
}

/// The slot of one connection of a server.
///
/// It is given back when it is dropped, or when the connection that it serves has ended.
#[must_use = "a slot that is dropped is free again"]
pub struct Slot<R, H> {
    slot: ConnectionSlot,
    served: Arc<Served<H>>,
    runtime: PhantomData<fn() -> R>,
}

impl<R: Runtime, H: Send + Sync> Slot<R, H> {
    /// Serves one connection over any stream of the runtime, such as one of TLS or a Unix socket,
    /// until one side closes, and ends it: a stream that ends in order is closed
    /// ([`Streams::poll_close`](crate::Streams::poll_close)) and read for a while, so that the peer
    /// can read the last reply; any other is dropped.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] when the stream fails between replies, and
    /// [`TimedOut`](io::ErrorKind::TimedOut) where the server has cut it.
    pub fn serve<S>(
        self,
        stream: S,
    ) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
    where
        R: Handles<H, S>,
    {
        self.serve_incoming(ready(Ok(Incoming::new(stream))))
    }

    /// Serves a socket of the runtime as a server does: [`serve`](Self::serve), and a reply that
    /// breaks off resets the connection, the kernel copies files to it, and a peer that has gone is
    /// noticed while it has sent more than is read.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn serve_socket(
        self,
        stream: R::Stream,
    ) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
    where
        R: Handles<H, <R as Runtime>::Stream>,
    {
        self.serve_incoming(ready(Ok(Incoming::of_socket(stream))))
    }

    /// Serves a connection as a server does that has accepted it by a [`Listen`]: with what is
    /// known of it, once it is open. Opening it has the limit
    /// [`Timeouts::handshake`](crate::Timeouts::handshake), and ends when the server shuts down or
    /// needs the slot for another.
    ///
    /// # Errors
    ///
    /// As there, and that of `opening`.
    pub fn serve_incoming<S>(
        self,
        opening: impl Future<Output = io::Result<Incoming<R, S>>>,
    ) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
    where
        R: Handles<H, S>,
    {
        let Self { slot, served, .. } = self;
        let handle = slot.handle();
        // Its memory is free again once the connection is open.
        slot.hold(serve(Box::pin(opening), handle, served))
    }
}

/// Opens and serves a connection, which ends before its slot is given back.
#[expect(
    clippy::manual_async_fn,
    reason = "an argument of an async function is kept twice"
)]
fn serve<R, S, H>(
    opening: Pin<Box<impl Future<Output = io::Result<Incoming<R, S>>>>>,
    slot: SlotHandle,
    served: Arc<Served<H>>,
) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
where
    R: Handles<H, S>,
{
    async move {
        // What was opened has no name: named, it would be kept beside the connection.
        let mut conn = match open::<R, _, _>(opening, &slot, &served).await {
            Ok(incoming) => Conn::<R, S>::new(incoming, Arc::clone(&served.config), slot),
            Err(error) => return Err(ConnectionError::Io(error)),
        };
        if let Some(hook) = &served.hook {
            conn.watch(hook);
        }
        let outcome = run(&mut conn, &served.handler, &served.buffers, &served.config).await;
        conn.ended(&outcome);
        outcome
    }
}

/// A connection that is being opened: the hook is told where that fails, or is given up.
struct Opening<'s, H> {
    served: &'s Served<H>,
    is_over: bool,
}

impl<'s, H> Opening<'s, H> {
    const fn of(served: &'s Served<H>) -> Self {
        Self {
            served,
            is_over: false,
        }
    }

    fn is_over<I>(&mut self, opened: &io::Result<I>) {
        self.is_over = true;
        if let Err(error) = opened {
            self.served.accept_failed(error);
        }
    }
}

impl<H> Drop for Opening<'_, H> {
    fn drop(&mut self) {
        if !self.is_over {
            let error = io::Error::other("connection dropped");
            self.served.accept_failed(&error);
        }
    }
}

/// Polls an opening, of which a panic is a failure as any other.
fn poll_opening<I>(
    opening: Pin<&mut impl Future<Output = io::Result<I>>>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<I>> {
    let polled = catch_unwind(AssertUnwindSafe(|| opening.poll(cx)));
    polled.unwrap_or_else(|panic| {
        let panic = message(&*panic);
        Poll::Ready(Err(io::Error::other(format!("opening panicked: {panic}"))))
    })
}

/// Opens a connection, which makes room for others meanwhile as one does that has sent nothing.
async fn open<R: Runtime, H, I>(
    mut opening: Pin<Box<impl Future<Output = io::Result<I>>>>,
    slot: &SlotHandle,
    served: &Served<H>,
) -> io::Result<I> {
    let mut told = Opening::of(served);
    let mut waits = false;
    let opened = poll_fn(|cx| {
        if let Poll::Ready(opened) = poll_opening(opening.as_mut(), cx) {
            return Poll::Ready(opened);
        }
        if !waits {
            waits = true;
            slot.set_idle(false);
        }
        match slot.is_evicted() || slot.is_closing() {
            true => Poll::Ready(Err(ErrorKind::ConnectionAborted.into())),
            false => Poll::Pending,
        }
    });
    let opened = match served.config.timeouts.handshake {
        Some(length) => timeout::<R::Timer, _>(length, opened).await,
        None => Some(opened.await),
    };
    let opened = opened.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()));
    if waits && (opened.is_ok() || !slot.is_evicted()) {
        // It goes on, or ends by itself: if it was to make room, another has to.
        slot.set_busy();
    }
    told.is_over(&opened);
    opened
}

pin_project! {
    /// A connection whose end no one waits for.
    pub(crate) struct Detached<F> {
        #[pin]
        pub(crate) connection: F,
    }
}

impl<F: Future> Future for Detached<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().connection.poll(cx).map(drop)
    }
}

impl<R, H> fmt::Debug for Slot<R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
