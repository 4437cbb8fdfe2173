//! A request that another server has read, answered through it.

use core::future::Future;
use core::ops::Range;

use replywire::request::{Exchange, Requests};

use crate::closed::Closed;
use crate::connection::{Open, serve};
use crate::error::ConnectionError;
use crate::handler::Handler;
use crate::next_request::End;
use crate::settings::{Buffers, Limits};
use crate::transport::Transport;

/// Has `handler` answer the one request of [`Requests::hosted`]. Its reply leaves through
/// `transport`, the way to the host that has read the request: a head, and the bytes of the body
/// without any coding; its trailer fields by [`Transport::trailers`]. Interim replies come before.
///
/// It returns the place in `reply` of what is left to be sent: of a reply that was written whole
/// before the handler came to its end, all of it. `None`, like an error, means that the reply has
/// broken off.
///
/// The end of the content that the transport reads is a read of zero bytes. Dropping the future may
/// leave the host with half a reply.
///
/// # Errors
///
/// [`ConnectionError`] when the transport fails.
pub fn serve_hosted<'b, T, H>(
    transport: &mut T,
    handler: &H,
    request: Requests<'b>,
    reply: &'b mut [u8],
) -> impl Future<Output = Result<Option<Range<usize>>, ConnectionError<T::Error>>>
where
    T: Transport,
    H: Handler<T>,
{
    const LIMITS: &Limits = &Limits::new();

    let buffers = Buffers {
        request: &mut [],
        reply,
    };
    // A future around this one would hold the arguments twice.
    serve(transport, handler, buffers, request, LIMITS)
}

impl<'b> Open<'b> for Requests<'b> {
    const IS_BEGUN: bool = true;

    fn open(self, requests: &mut Self) {
        *requests = self;
    }

    fn framed(exchange: Exchange<'_>) -> Exchange<'_> {
        exchange.hosted()
    }
}

/// The place of what is left of a reply, unless that has broken off.
impl End for Option<Range<usize>> {
    const IDLE: Option<Self> = None;

    fn of(closed: Closed) -> Self {
        match closed {
            Closed::Broken => None,
            Closed::Peer | Closed::Server => Some(0..0),
        }
    }

    fn left(pending: &Range<usize>) -> Option<Self> {
        Some(Some(pending.clone()))
    }
}
