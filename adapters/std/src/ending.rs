use std::future::poll_fn;
use std::io;
use std::net::Shutdown;
use std::time::Duration;

use replywire_embedded::{Closed, ConnectionError};
use socket2::SockRef;

use crate::timer::timeout;
use crate::{Runtime, Streams};

/// The time that a peer has to read the last reply.
const LINGER: Duration = Duration::from_secs(2);

/// Prepares a socket for its end, which is a reset until [`end`] says otherwise: no one takes what
/// was sent of a reply for the whole, however the connection ends.
pub(crate) fn prepare<R: Runtime>(stream: &R::Stream) {
    let socket = SockRef::from(stream);
    // Replies leave whole, so there is nothing to gather.
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_linger(Some(Duration::ZERO));
}

/// Ends a connection, with a reset unless it `closed` in order.
pub(crate) async fn end<R: Streams<<R as Runtime>::Stream>>(
    mut stream: R::Stream,
    closed: Result<Closed, ConnectionError<io::Error>>,
) {
    if let Ok(Closed::Peer | Closed::Server) = closed {
        let _ = SockRef::from(&stream).set_linger(None);
    }
    if let Ok(Closed::Server) = closed {
        linger::<R>(&mut stream).await;
    }
}

/// Lets the peer read the last reply: closing at once, with bytes of it unread, would reset the
/// connection and could take the reply back (RFC 9112 § 9.6).
async fn linger<R: Streams<<R as Runtime>::Stream>>(stream: &mut R::Stream) {
    if SockRef::from(&*stream).shutdown(Shutdown::Write).is_err() {
        return;
    }
    let drained = async {
        let mut scratch = [0; 4096];
        while let Ok(1..) = poll_fn(|cx| R::poll_read(stream, cx, &mut scratch)).await {}
    };
    timeout::<R::Timer, _>(LINGER, drained).await;
}
