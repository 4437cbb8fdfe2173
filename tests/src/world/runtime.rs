//! The runtime of the world, as a server of the library sees one.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::task::{Context, Poll};

use replywire_std::{Peer, Runtime, Socket, Streams};

use super::choices;
use super::clock::{self, Timer};
use super::connection::Side;
use super::executor;
use super::kernel;
use super::pipe::Fin;
use super::trace::note;

/// The runtime of the world.
#[derive(Debug)]
pub struct Simulated;

replywire_std::adapter!(
    runtime: Simulated,
    listener: Listener,
    stream: Stream,
    streams: Simulates
);

/// The one listener of a run.
#[derive(Debug)]
pub struct Listener(pub(super) ());

impl Drop for Listener {
    fn drop(&mut self) {
        note(|| "the listener is closed".into());
        kernel::with(|kernel| kernel.close_listener());
    }
}

/// The server's socket of a connection.
#[derive(Debug)]
pub struct Stream(pub(super) usize);

impl Drop for Stream {
    fn drop(&mut self) {
        kernel::with(|kernel| {
            kernel.open -= 1;
            let connection = &mut kernel.connections[self.0];
            let resets = connection.server.resets;
            note(|| {
                format!(
                    "[{}] closed{}",
                    self.0,
                    if resets { " with a reset" } else { "" }
                )
            });
            connection.close(Side::Server);
            connection.closed_at = Some(clock::now());
        });
    }
}

/// A stream of the world; there is one kind.
pub trait Simulates {
    fn id(&self) -> usize;
}

impl Simulates for Stream {
    fn id(&self) -> usize {
        self.0
    }
}

impl Runtime for Simulated {
    type Listener = Listener;
    type Stream = Stream;
    type Timer = Timer;
    type Waiter = ();

    async fn accept(_: &Listener) -> io::Result<(Stream, SocketAddr)> {
        let id = poll_fn(|cx| kernel::with(|kernel| kernel.poll_accept(cx))).await?;
        Ok((Stream(id), SocketAddr::from(([127, 0, 0, 1], 1))))
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        executor::spawn(task);
    }
}

impl Socket for Stream {
    fn prepare(&self) {
        kernel::on(self.0, |connection, habits| {
            connection.down.limit_sending(habits.unsent);
            connection.begun_at = Some(clock::now());
        });
    }

    fn shut_down_write(&self) -> io::Result<()> {
        note(|| format!("[{}] has sent all", self.0));
        kernel::on(self.0, |connection, _| connection.shut(Side::Server))
    }

    fn reset(&self) {
        kernel::on(self.0, |connection, _| connection.server.resets = true);
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        kernel::on(self.0, |connection, habits| {
            if let Some(kind) = connection.fault(self.0, habits) {
                return Err(kind.into());
            }
            let n = connection.write(Side::Server, bytes)?;
            note(|| format!("[{}] wrote {n} of {} by a try", self.0, bytes.len()));
            Ok(n)
        })
    }

    fn peer(&self) -> Peer {
        kernel::on(self.0, |connection, _| {
            match (connection.server.is_dead, connection.up.fin) {
                (true, _) => Peer::Gone,
                (_, Fin::Arrived) => Peer::HalfClosed,
                _ => Peer::Open,
            }
        })
    }
}

impl<S: Simulates> Streams<S> for Simulated {
    fn poll_read(stream: &mut S, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let id = stream.id();
        kernel::on(id, |connection, habits| {
            connection.poll_call(id, true, cx, habits, |connection| {
                let most = length(buf.len(), habits.short);
                let read = connection.read(Side::Server, &mut buf[..most]);
                note(|| format!("[{id}] read of {most}: {}", told(&read)));
                read
            })
        })
    }

    fn poll_write(stream: &mut S, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let id = stream.id();
        kernel::on(id, |connection, habits| {
            connection.poll_call(id, false, cx, habits, |connection| {
                let most = length(bytes.len(), habits.short);
                let written = connection.write(Side::Server, &bytes[..most]);
                note(|| format!("[{id}] write of {}: {}", bytes.len(), told(&written)));
                written
            })
        })
    }

    fn poll_write_vectored(
        stream: &mut S,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let parts: Vec<&[u8]> = parts.iter().map(|part| &**part).collect();
        Self::poll_write(stream, cx, &parts.concat())
    }

    fn is_write_vectored(stream: &S) -> bool {
        stream.id().is_multiple_of(2)
    }

    fn poll_close(stream: &mut S, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let id = stream.id();
        note(|| format!("[{id}] has sent all"));
        Poll::Ready(kernel::on(id, |connection, _| {
            connection.shut(Side::Server)
        }))
    }
}

/// The bytes that a call is about, of at most so many.
fn length(most: usize, short: usize) -> usize {
    match choices::once_in(short) {
        true => 1 + choices::below(most),
        false => most,
    }
}

fn told(result: &io::Result<usize>) -> String {
    match result {
        Ok(n) => n.to_string(),
        Err(error) => format!("{:?}", error.kind()),
    }
}
