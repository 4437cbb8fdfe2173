use std::future::{Future, poll_fn};
use std::io;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use replywire_embedded::{Closed, ConnectionError, Limits, Phase, Transport, serve_until_idle};

use crate::buffers::{Borrower, BufferPool};
use crate::handler::Bridge;
use crate::{Config, Conn, Handles, Streams};

/// The most header fields of a request.
const HEADERS: usize = 64;

/// Has the handler answer the requests of one connection, and ends it.
///
/// What is not needed by an idle connection is made for a request and dropped after it: buffers,
/// and the future of the handler.
///
/// # Errors
///
/// [`ConnectionError`] when the connection fails between replies.
#[expect(
    clippy::manual_async_fn,
    reason = "an argument of an async function is kept twice"
)]
pub(crate) fn run<R, S, H>(
    conn: &mut Conn<R, S>,
    handler: &H,
    pool: &BufferPool,
    config: &Config,
) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
where
    R: Handles<H, S>,
{
    async move {
        const LIMITS: &Limits<HEADERS> = &Limits::new().headers();

        let mut borrower = pool.borrower();
        let ended = loop {
            conn.phase(Phase::Idle);
            conn.slot().set_idle(borrower.has_memory());
            let next = poll_fn(|cx| poll_next(conn, &mut borrower, cx)).await;
            let received = match next.map_err(ConnectionError::Io)? {
                Next::Received(received) => received,
                Next::Ended(ended) => break ended,
            };
            let answering = {
                let conn = &mut *conn;
                let (mut buffers, memory) = borrower.parts();
                // A block of its own is small until it is polled, so little of it is moved. It has
                // what it needs, so that the connection is small while it is idle.
                let answering = async move {
                    let handler = Bridge::<R, H>::new(handler);
                    serve_until_idle(conn, &handler, &mut buffers, received, LIMITS).await
                };
                bumpalo::boxed::Box::pin_in(answering, memory)
            };
            match answering.await? {
                None => {}
                Some(Closed::Server) => break Ended::After(config.timeouts.linger),
                Some(Closed::Peer) => break Ended::AtOnce(Closed::Peer),
                Some(closed) => return Ok(closed),
            }
        };
        drop(borrower);
        Ok(Box::pin(end(conn, pool, ended)).await)
    }
}

/// The end of a connection in order.
enum Ended {
    /// After the peer had so much time to read what it was sent, while it still sends.
    After(Option<Duration>),
    AtOnce(Closed),
}

enum Next {
    Ended(Ended),
    /// So many bytes, into the buffer that the connection has now.
    Received(usize),
}

/// The time that the peer of an idle connection has to end its half, too, so that a request which
/// crosses the end of the connection does not take the last reply from it.
const CROSSING: Option<Duration> = Some(Duration::from_secs(1));

/// Waits for the first bytes of a request. The memory of the last one, if there was any, is kept
/// only where another follows at once.
fn poll_next<R: Streams<S>, S>(
    conn: &mut Conn<R, S>,
    borrower: &mut Borrower<'_>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<Next>> {
    // What has arrived is looked for before the connection is ended.
    ready!(conn.poll_turn(cx));
    let read = conn.poll_read(cx, borrower.buffers().request);
    if let Poll::Ready(Ok(received @ 1..)) = read {
        conn.slot().set_busy();
        return Poll::Ready(Ok(Next::Received(received)));
    }
    // Only a try that succeeds keeps the memory.
    borrower.give_back();
    let ended = match read {
        Poll::Ready(Ok(_)) => Ended::AtOnce(Closed::Peer),
        Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::TimedOut => {
            Ended::After(CROSSING)
        }
        // A peer may end TLS without saying so first, RFC 9112 § 9.8; there is nothing that it
        // could have cut.
        Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Ended::AtOnce(Closed::Peer)
        }
        Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
        Poll::Pending if conn.slot().is_evicted() => match conn.slot().leave_room() {
            true => Ended::After(CROSSING),
            false => Ended::AtOnce(Closed::Server),
        },
        Poll::Pending if conn.slot().is_closing() => Ended::After(CROSSING),
        Poll::Pending => return Poll::Pending,
    };
    if !conn.slot().is_evicted() {
        // It ends by itself: another makes room.
        conn.slot().set_busy();
    }
    Poll::Ready(Ok(Next::Ended(ended)))
}

/// Ends a connection in order, and returns which side did.
async fn end<R: Streams<S>, S>(conn: &mut Conn<R, S>, pool: &BufferPool, ended: Ended) -> Closed {
    let closed = conn.close().await;
    match ended {
        Ended::AtOnce(closed) => closed,
        Ended::After(length) => {
            if closed.is_ok() {
                let mut scratch = pool.borrower();
                conn.linger(length, scratch.buffers().request).await;
            }
            Closed::Server
        }
    }
}
