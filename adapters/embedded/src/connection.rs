//! The loop of a connection: read a head, have it answered, drop what is left of its content.

use replywire::Response;
use replywire::request::{Exchange, Method, Refused};

use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::handler::Handler;
use crate::io::ConnectionIo;
use crate::next_head::{Next, next_head};
use crate::responder::Responder;
use crate::settings::{Buffers, Limits};
use crate::state::{ReplyState, State};
use crate::transport::Transport;

/// Reads requests from `transport` and has `handler` answer them, until one side closes.
///
/// Requests may be pipelined: replies to requests that arrived together leave together. A request
/// whose framing is ambiguous is answered `400 Bad Request`, and the connection closes. Then the
/// transport is to be closed, whatever the outcome; so too when the future is dropped, which may
/// leave the peer with half a reply.
///
/// # Errors
///
/// [`ConnectionError`] when the connection fails between replies.
pub async fn serve_connection<T, H, const HEADERS: usize>(
    transport: &mut T,
    handler: &H,
    buffers: Buffers<'_>,
    limits: &Limits<HEADERS>,
) -> Result<Closed, ConnectionError<T::Error>>
where
    T: Transport,
    H: Handler<T>,
{
    let Buffers {
        request: input,
        reply: output,
    } = buffers;
    let mut state = State::NEW;
    // The bytes of the request buffer that were read and not yet taken.
    let mut unread = 0..0;
    let drain = limits.drain;
    let mut refused = loop {
        let mut io = ConnectionIo::new(transport, output, input, &mut state, drain);
        let len = match next_head(&mut io, &mut unread).await? {
            Next::Head(len) => len,
            Next::Refused(reason) => {
                let head = input.get(unread).unwrap_or_default();
                let is_head = head.starts_with(b"HEAD ");
                break Some(Refused { reason, is_head });
            }
            Next::Closed(closed) => return Ok(closed),
        };

        let base = unread.start + len;
        let from_head = input.get_mut(unread.start..).unwrap_or_default();
        let (head, rest) = from_head.split_at_mut_checked(len).unwrap_or_default();
        let request = match state.begin::<HEADERS>(head, unread.end - base, rest.len()) {
            Ok(request) => request,
            Err(refused) => break Some(refused),
        };
        let mut exchange = dated(*request.exchange(), transport);
        if transport.is_closing() {
            exchange = exchange.closing();
        }
        let request = request.with_exchange(exchange);

        let mut io = ConnectionIo::new(transport, output, rest, &mut state, drain);
        let responder = Responder::new(&mut io, exchange);
        let handled = handler.handle(&request, responder).await;

        let closes = match state.reply {
            ReplyState::None => {
                break Some(Refused {
                    reason: state.fault,
                    is_head: exchange.method() == Method::Head,
                });
            }
            ReplyState::Broken => return Ok(Closed::Broken),
            ReplyState::Whole { closes } => closes || handled.is_err(),
        };
        let mut io = ConnectionIo::new(transport, output, rest, &mut state, drain);
        if closes || !io.drain().await? {
            break None;
        }
        unread = base + state.rest.start..base + state.rest.end;
    };

    let mut io = ConnectionIo::new(transport, output, input, &mut state, drain);
    loop {
        io.flush().await?;
        let Some(refused) = refused.take() else {
            return Ok(Closed::Server);
        };
        let exchange = dated(refused.exchange(), io.transport);
        io.state.pending = match Response::refuse(&exchange, io.output, refused.reason) {
            Ok(reply) => reply.into_parts().1,
            // Without room for it, the connection closes without a word.
            Err(_) => 0..0,
        };
    }
}

/// The exchange at the transport's time, if it has one.
fn dated(exchange: Exchange, transport: &impl Transport) -> Exchange {
    match transport.now() {
        Some(now) => exchange.at(now),
        None => exchange,
    }
}
