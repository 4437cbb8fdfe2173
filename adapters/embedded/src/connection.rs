//! The loop of a connection: read a head, have it answered, drop what is left of its content.

use replywire::Response;
use replywire::request::{Exchange, Method, Refused, Requests};

use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::handler::Handler;
use crate::io::{ConnectionIo, flush};
use crate::next_request::{Next, next_request};
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
    let mut state = State::new(limits.drain);
    let mut requests = Requests::new(input);
    let mut refused = loop {
        match next_request(transport, output, &mut requests, &mut state).await? {
            Next::Closed(closed) => return Ok(closed),
            Next::Head => {}
            Next::Refused(refused) => break Some(refused),
        }
        match requests.begin::<HEADERS>() {
            Ok(exchange) => {
                *exchange = dated(*exchange, transport);
                if transport.is_closing() {
                    *exchange = exchange.closing();
                }
                state.begin();
            }
            Err(refused) => break Some(refused),
        }
        let (request, mut io) = ConnectionIo::new(transport, output, &mut requests, &mut state);
        let responder = Responder::new(&mut io);
        let handled = handler.handle(&request, responder).await;
        match state.reply {
            ReplyState::None => {
                let (request, _) = requests.request();
                break Some(Refused {
                    reason: state.fault,
                    is_head: request.exchange().method() == Method::Head,
                });
            }
            ReplyState::Broken => return Ok(Closed::Broken),
            ReplyState::Whole { closes } if closes || handled.is_err() => break None,
            ReplyState::Whole { .. } => {}
        }
    };

    loop {
        flush(transport, output, &mut state).await?;
        let Some(refused) = refused.take() else {
            return Ok(Closed::Server);
        };
        let exchange = dated(refused.exchange(), transport);
        state.pending = match Response::refuse(&exchange, output, refused.reason) {
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
