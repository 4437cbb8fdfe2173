//! The server of a run, which accepts by itself or is lent what was accepted.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Poll, Waker};

use replywire_std::{Config, Connections, Handshake, Runtime, Server};

use super::app::App;
use super::clock;
use super::executor;
use super::kernel;
use super::observed;
use super::openings;
use super::runtime::{Incoming, Listener, Simulated, Stream};
use super::trace::note;

/// The word that the server is to shut down, and who waits for it.
#[derive(Debug, Default)]
struct Shutdown {
    is_said: bool,
    waker: Option<Waker>,
}

thread_local!(static SHUTDOWN: RefCell<Shutdown> = RefCell::default());

pub(super) fn begin() {
    SHUTDOWN.take();
}

/// Has the server shut down.
pub(super) fn tell() {
    let waker = SHUTDOWN.with_borrow_mut(|shutdown| {
        shutdown.is_said = true;
        shutdown.waker.take()
    });
    waker.into_iter().for_each(Waker::wake);
}

async fn shutdown() {
    poll_fn(|cx| {
        SHUTDOWN.with_borrow_mut(|shutdown| match shutdown.is_said {
            true => Poll::Ready(()),
            false => {
                shutdown.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        })
    })
    .await;
}

/// A server that accepts by itself.
pub(super) async fn serve(config: Config) {
    let server = Server::<Simulated, _>::new(App)
        .config(config)
        .observe(observed::hook());
    let open = |incoming: Incoming| openings::open(incoming, |_| ());
    let listener = Handshake::new(Listener(()), open);
    server.serve_until(listener, shutdown()).await;
    note(|| "the server has ended".into());
}

/// The connections of a server whose accept loop is the run's own.
pub(super) type Lent = Connections<Simulated, App>;

/// The connections of such a server.
pub(super) fn lent(config: Config) -> Lent {
    Server::<Simulated, _>::new(App)
        .config(config)
        .observe(observed::hook())
        .connections()
}

/// Accepts for `connections`, over streams that are no sockets for the server.
pub(super) async fn serve_lent(connections: Lent) {
    let listener = Listener(());
    let accept = async {
        loop {
            let Ok((stream, _)) = Simulated::accept(&listener).await else {
                // The errors of this loop are no one else's.
                kernel::with(|kernel| kernel.accept_errors.clear());
                clock::sleep(50).await;
                continue;
            };
            let slot = connections.slot().await;
            kernel::on(stream.0, |connection, _| connection.is_wrapped = true);
            let opening = openings::open(Incoming::new(stream), begun);
            executor::spawn(async move { drop(slot.serve_incoming(opening).await) });
        }
    };
    let mut accept = pin!(accept);
    let mut shutdown = pin!(shutdown());
    poll_fn(|cx| match shutdown.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => accept.as_mut().poll(cx),
    })
    .await;
    connections.shut_down().await;
    note(|| "the server has ended".into());
}

fn begun(stream: &Stream) {
    kernel::on(stream.0, |connection, _| {
        connection.begun_at = Some(clock::now());
    });
}
