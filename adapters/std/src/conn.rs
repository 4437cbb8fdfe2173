use std::any::Any;
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::BorrowedFd;
#[cfg(unix)]
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;
use replywire_embedded::{Closed, ConnectionError, Event, Idle, Phase, Transport};
use replywire_files::FileTransport;

use crate::connection_slot::SlotHandle;
use crate::deadlines::Deadlines;
use crate::incoming::{Facts, Kernel};
use crate::watch::{Hook, Watch};
use crate::{Config, Incoming, Runtime, Socket, Streams, clock};

/// A stream of the runtime `R` as the transport of a connection: with timeouts, the clock, and what
/// the kernel can do where the stream is a socket.
///
/// Where it is dropped while a reply is under way, a socket is reset.
#[derive(Debug)]
pub struct Conn<R: Runtime, S> {
    stream: S,
    kernel: Kernel<R, S>,
    facts: Facts,
    #[cfg(unix)]
    waiter: R::Waiter,
    deadlines: Deadlines<R::Timer>,
    slot: SlotHandle,
    /// The watch of the server's hook, if there is one.
    watch: Option<Box<Watch<R::Timer>>>,
    is_under_way: bool,
    /// A wait has ended because the server shuts down.
    is_told: bool,
}

impl<R: Runtime, S> Conn<R, S> {
    /// The connection that has come in.
    pub(crate) fn new(incoming: Incoming<R, S>, config: Arc<Config>, slot: SlotHandle) -> Self {
        let (stream, kernel, facts) = incoming.into_parts();
        let mut conn = Self {
            stream,
            kernel,
            facts,
            #[cfg(unix)]
            waiter: R::Waiter::default(),
            deadlines: Deadlines::new(config),
            slot,
            watch: None,
            is_under_way: false,
            is_told: false,
        };
        if let Some(socket) = conn.socket() {
            socket.prepare();
            let address = conn.facts.peer.or_else(|| socket.peer_address());
            conn.facts.peer = address;
        }
        conn
    }

    /// The stream, for what it knows of its peer, such as the certificate of a client of TLS.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The value that the listener has given to this connection ([`Incoming::value`]); `None` where
    /// it has given none, or one of another type.
    pub fn value<V: Any>(&self) -> Option<&V> {
        self.facts.value.as_ref()?.downcast_ref()
    }

    /// The socket of the stream, or below it.
    fn socket(&self) -> Option<&dyn Socket> {
        self.kernel.socket.map(|socket| socket(&self.stream))
    }

    /// The socket whose bytes are those of the stream.
    fn plain(&self) -> Option<&dyn Socket> {
        self.socket().filter(|_| self.kernel.is_plain)
    }
}

impl<R: Runtime, S> Conn<R, S> {
    /// Has `hook` told what becomes of the connection.
    pub(crate) fn watch(&mut self, hook: &Arc<Hook>) {
        self.watch = Some(Box::new(Watch::new(Arc::clone(hook), self.facts.peer)));
    }

    /// Tells the hook how the connection has ended.
    pub(crate) fn ended(&mut self, outcome: &Result<Closed, ConnectionError<io::Error>>) {
        if let Some(watch) = &mut self.watch {
            watch.ended(outcome);
        }
    }

    /// Counts the bytes that the stream has taken.
    fn wrote(&mut self, written: io::Result<usize>) -> io::Result<usize> {
        if let (Some(watch), Ok(n)) = (&mut self.watch, &written) {
            watch.wrote(*n as u64);
        }
        written
    }
}

impl<R: Streams<S>, S> Conn<R, S> {
    pub(crate) const fn slot(&self) -> &SlotHandle {
        &self.slot
    }

    /// Lets others have their turn, where this connection has had many.
    pub(crate) fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.deadlines.poll_turn(cx)
    }

    /// Reads, as long as the phase may last; after [`poll_turn`](Self::poll_turn).
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let stream = &mut self.stream;
        self.deadlines
            .poll_read(cx, |cx| R::poll_read(stream, cx, buf))
    }

    /// Tells the peer that nothing more is sent.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        match self.plain() {
            Some(socket) => socket.shut_down_write(),
            None => self.until_written(R::poll_close).await,
        }
    }

    /// Reads what the peer still sends into `scratch`, so that it can read the last reply: closing
    /// at once, with bytes of it unread, would reset the connection and could take the reply back
    /// (RFC 9112 § 9.6).
    pub(crate) async fn linger(&mut self, length: Option<Duration>, scratch: &mut [u8]) {
        let until = Deadlines::<R::Timer>::after(length);
        self.deadlines.begin_linger();
        poll_fn(move |cx| {
            let stream = &mut self.stream;
            let read = |cx: &mut Context<'_>| R::poll_read(stream, cx, &mut *scratch);
            self.deadlines.poll_linger(cx, until, read)
        })
        .await;
    }

    /// Does something that writes nothing of the caller's, as long as a write may last.
    async fn until_written(
        &mut self,
        mut poll: impl FnMut(&mut S, &mut Context<'_>) -> Poll<io::Result<()>>,
    ) -> io::Result<()> {
        poll_fn(|cx| self.poll_control(cx, &mut poll)).await
    }

    /// The same, for a task that polls it.
    pub(crate) fn poll_control(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut S, &mut Context<'_>) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        let stream = &mut self.stream;
        let done = self.deadlines.poll_write(cx, |cx| poll(stream, cx), |()| 0);
        done.map(|done| done.unwrap_or_else(timed_out))
    }

    /// Writes some of `bytes`, as long as a write may last.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = &mut self.stream;
        let write = |cx: &mut Context<'_>| R::poll_write(stream, cx, bytes);
        let written = ready!(self.deadlines.poll_write(cx, write, |n| *n));
        let written = written.unwrap_or_else(|| self.last_try(|socket| socket.try_write(bytes)));
        Poll::Ready(self.wrote(written))
    }
}

impl<R: Runtime, S> ErrorType for Conn<R, S> {
    type Error = io::Error;
}

impl<R: Streams<S>, S> Read for Conn<R, S> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| {
            ready!(self.poll_turn(cx));
            self.poll_read(cx, buf)
        })
        .await
    }
}

impl<R: Streams<S>, S> Write for Conn<R, S> {
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<usize>> {
        poll_fn(|cx| self.poll_write(cx, bytes))
    }

    fn flush(&mut self) -> impl Future<Output = io::Result<()>> {
        poll_fn(|cx| {
            ready!(self.poll_control(cx, R::poll_flush))?;
            if let Some(watch) = &mut self.watch {
                watch.flushed();
            }
            Poll::Ready(Ok(()))
        })
    }
}

impl<R: Runtime, S> Conn<R, S> {
    /// Tries to write once more, now that the peer has had its time. Runtimes wait until a socket
    /// has much room, and a slow reader makes little.
    fn last_try(
        &mut self,
        write: impl FnOnce(&dyn Socket) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let Some(socket) = self.plain() else {
            return timed_out();
        };
        match write(socket) {
            Ok(n) => {
                self.deadlines.wrote(n);
                Ok(n)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => timed_out(),
            Err(error) => Err(error),
        }
    }
}

impl<R: Streams<S>, S> Transport for Conn<R, S> {
    const OBSERVES: bool = true;

    fn phase(&mut self, phase: Phase) {
        self.deadlines.phase(phase);
    }

    #[cfg(target_os = "linux")]
    async fn write_more(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let send = |socket: BorrowedFd<'_>| replywire_files::__private::send_more(socket, bytes);
        match self.kernel(send).await {
            Some(written) => written,
            None => self.write(bytes).await,
        }
    }

    async fn write_parts(&mut self, parts: [&[u8]; 2]) -> io::Result<usize> {
        let [first, second] = parts;
        if !R::is_write_vectored(&self.stream) || first.len() > LARGEST_PART {
            return self.write_more(first).await;
        }
        let parts = [first, second.get(..LARGEST_PART).unwrap_or(second)];
        poll_fn(|cx| {
            let stream = &mut self.stream;
            let write =
                |cx: &mut Context<'_>| R::poll_write_vectored(stream, cx, &parts.map(IoSlice::new));
            let written = ready!(self.deadlines.poll_write(cx, write, |n| *n));
            let again = || self.last_try(|socket| socket.try_write(first));
            let written = written.unwrap_or_else(again);
            Poll::Ready(self.wrote(written))
        })
        .await
    }

    async fn idle(&mut self, room: &mut [u8], length: Option<Duration>) -> Idle {
        let over = Deadlines::<R::Timer>::after(length);
        poll_fn(move |cx| {
            if !self.is_told && self.slot.poll_closing(cx).is_ready() {
                self.is_told = true;
                return Poll::Ready(Idle::Closing);
            }
            let stream = &mut self.stream;
            let is_read = !room.is_empty() && !self.deadlines.is_half_closed();
            let read = is_read.then(|| R::poll_read(stream, cx, room));
            let peer = self
                .kernel
                .socket
                .map(|socket| move || socket(stream).peer());
            self.deadlines
                .poll_idle(cx, over, self.is_under_way, read, peer)
        })
        .await
    }

    fn under_way(&mut self, is_under_way: bool) {
        self.is_under_way = is_under_way;
        if let (false, Some(watch)) = (is_under_way, &mut self.watch) {
            watch.settled();
        }
    }

    fn memory(&mut self, size: usize) -> Option<Box<dyn AsMut<[u8]> + Send>> {
        match size <= self.deadlines.config().largest_reply {
            true => Some(Box::new(self.slot.memory(size)?)),
            false => None,
        }
    }

    #[inline(always)]
    fn observe(&mut self, event: Event<'_>) {
        if let Some(watch) = &mut self.watch {
            watch.event(event);
        }
    }

    fn is_closing(&self) -> bool {
        self.slot.is_closing()
    }

    fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.slot.poll_closing(cx)
    }

    fn now(&self) -> Option<HttpDate> {
        clock::now()
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.facts.peer
    }
}

impl<R: Streams<S>, S> FileTransport for Conn<R, S> {
    async fn blocking<T, F>(work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        R::blocking(work).await
    }

    #[cfg(unix)]
    async fn kernel(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> Option<io::Result<usize>> {
        let socket = self.kernel.own?(&mut self.stream);
        let written = {
            let mut write = pin!(R::write_with(socket, &mut self.waiter, &mut op));
            poll_fn(|cx| {
                self.deadlines.poll_write(
                    cx,
                    |cx| write.as_mut().poll(cx),
                    |n| n.unwrap_or_default(),
                )
            })
            .await
        };
        let written = match written {
            Some(written) => written.transpose()?,
            None => self.last_try(|socket| match socket.descriptor() {
                Some(descriptor) => op(descriptor),
                None => timed_out(),
            }),
        };
        Some(self.wrote(written))
    }
}

impl<R: Runtime, S> Drop for Conn<R, S> {
    fn drop(&mut self) {
        if let Some(socket) = self.socket().filter(|_| self.is_under_way) {
            socket.reset();
        }
    }
}

/// The most bytes of a part: Windows counts them by 32 bits.
const LARGEST_PART: usize = 1 << 30;

fn timed_out<T>() -> io::Result<T> {
    Err(io::ErrorKind::TimedOut.into())
}
