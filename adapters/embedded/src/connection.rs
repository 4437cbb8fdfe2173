//! The loop of a connection: read a head, have it answered, drop what is left of its content.

use core::ops::Range;
use core::pin::pin;

use replywire::__private::BufferSpan;
use replywire::request::{Exchange, Refusal, Refused, RequestStep, Requests};
use replywire::{Reply, Response, Status};

use crate::attend::{Handled, attended};
use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::event::Event;
use crate::handler::Handler;
use crate::io::{ConnectionIo, flush};
use crate::lent::Lent;
use crate::lines::Lines;
use crate::next_request::{End, Next, next_request};
use crate::responder::Responder;
use crate::settings::{Buffers, Limits};
use crate::state::{ReplyState, State};
use crate::transport::{Phase, Transport};
use crate::unanswered::{Cause, Unanswered};

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
pub fn serve_connection<T, H, const HEADERS: usize>(
    transport: &mut T,
    handler: &H,
    buffers: Buffers<'_>,
    limits: &Limits<HEADERS>,
) -> impl Future<Output = Result<Closed, ConnectionError<T::Error>>>
where
    T: Transport,
    H: Handler<T>,
{
    // A future around this one would hold the arguments twice.
    serve(transport, handler, buffers, 0, limits)
}

/// Serves a connection as [`serve_connection`] does, from `received` bytes on that the request
/// buffer begins with, until nothing more of a request has come: then it returns `None`, and the
/// buffers hold nothing, so that they may serve another connection meanwhile.
///
/// # Errors
///
/// [`ConnectionError`] when the connection fails between replies.
pub fn serve_until_idle<T, H, const HEADERS: usize>(
    transport: &mut T,
    handler: &H,
    buffers: &mut Buffers<'_>,
    received: usize,
    limits: &Limits<HEADERS>,
) -> impl Future<Output = Result<Option<Closed>, ConnectionError<T::Error>>>
where
    T: Transport,
    H: Handler<T>,
{
    let buffers = Buffers {
        request: buffers.request,
        reply: buffers.reply,
    };
    serve(transport, handler, buffers, received, limits)
}

/// The requests to begin with.
pub(crate) trait Open<'b> {
    /// The first one is at hand, and there is no other.
    const IS_BEGUN: bool;

    /// Adds them to those of an empty buffer. They are not returned: small targets would move them.
    fn open(self, requests: &mut Requests<'b>);

    /// The exchange of a page about a request that was refused, framed by who sends it.
    fn framed(exchange: Exchange<'_>) -> Exchange<'_>;
}

/// The bytes that were read of a connection.
impl<'b> Open<'b> for usize {
    const IS_BEGUN: bool = false;

    #[inline(always)]
    fn open(self, requests: &mut Requests<'b>) {
        requests.filled(self);
    }

    #[inline(always)]
    fn framed(exchange: Exchange<'_>) -> Exchange<'_> {
        exchange
    }
}

/// Serves a connection, from what was read of it on, until there is an [`End`] of the kind `E`.
///
/// An async function would keep its arguments twice.
pub(crate) fn serve<'b, T, H, O, E, const HEADERS: usize>(
    transport: &mut T,
    handler: &H,
    buffers: Buffers<'b>,
    received: O,
    limits: &Limits<HEADERS>,
) -> impl Future<Output = Result<E, ConnectionError<T::Error>>>
where
    T: Transport,
    H: Handler<T>,
    O: Open<'b>,
    E: End,
{
    let Buffers {
        request,
        reply: output,
    } = buffers;
    async move {
        let mut state = State::new(limits.drain);
        let mut requests = Requests::new(request);
        received.open(&mut requests);
        let (mut refused, output, lines) = loop {
            // The reply to a request of a host closes the connection, so there is no second one.
            if !O::IS_BEGUN {
                // A server that has read the first bytes of a request most often has all of its
                // head, and nothing of a further one: then it waits for neither.
                let begun = !requests.is_idle();
                let next = match E::IDLE {
                    Some(idle) if !begun => {
                        flush(transport, output, &[], &mut state).await?;
                        Next::End(idle)
                    }
                    Some(_) if is_at_hand(&mut requests) => Next::Head,
                    _ => next_request(transport, output, &mut requests, &mut state, begun).await?,
                };
                let refused = match next {
                    Next::End(end) => return Ok(end),
                    Next::Head => begin::<_, HEADERS>(&mut requests, transport, &mut state).err(),
                    Next::Refused(refused) => Some(refused),
                };
                if let Some(refused) = refused {
                    let refused = refuse(transport, &mut state, refused);
                    break (refused, output, Lines::UNASKED);
                }
            }
            if !state.make_room(output) {
                flush(transport, output, &[], &mut state).await?;
            }
            transport.phase(Phase::Handler);
            let (request, content) = requests.request();
            transport.observe(Event::Request(&request));
            let whole = output.len();
            let (output, lines) =
                Lines::ask(handler, Some(&request), &mut *output, state.pending.end);
            let lines = match lines {
                Ok(lines) => lines,
                Err(failure) => {
                    failed(transport, &mut state, failure);
                    let method = request.exchange().method();
                    let refused = Refused::new(Refusal::HandlerFailed, method);
                    break (Some(refused), output, Lines::NONE);
                }
            };
            if Lines::SHORTEN && output.len() < whole && !state.make_room(output) {
                flush(transport, output, &[], &mut state).await?;
            }
            let told = lines.tell(request.exchange());
            let exchange = told.exchange();
            let mut io = ConnectionIo {
                transport: &mut *transport,
                output: &mut *output,
                room: &mut [],
                exchange,
                content,
                state: &mut state,
            };
            let lent = Lent::new(&mut io);
            let responder = Responder {
                lent: &lent,
                exchange,
            };
            let (handled, failure) = {
                let handling = pin!(handler.handle(&request, responder));
                attended(handling, &lent).await
            };
            state.close_gap(output);
            if handled != Handled::Answered
                && let Some(Cause::Refused(refusal)) = failure.as_ref().map(Unanswered::cause)
            {
                state.fault = refusal;
            }
            if T::OBSERVES && handled != Handled::Answered {
                // One that the connection has told says more than what the handler makes of it.
                let closed = || failure.unwrap_or(Cause::Closed.into());
                state.failure.get_or_insert_with(closed);
                let (request, _) = requests.request();
                if let Some(failure) = state.failure_of(request.exchange().method()) {
                    transport.observe(Event::Failed(failure));
                }
            }
            match state.reply {
                // It may have sent more, and still read.
                ReplyState::None if handled == Handled::Gone => {
                    transport.observe(Event::End);
                    return Ok(E::of(Closed::Server));
                }
                ReplyState::None | ReplyState::GivenUp => {
                    if T::OBSERVES && handled == Handled::Unanswered && state.is_refused() {
                        let goes_on = {
                            let (_, mut io) =
                                ConnectionIo::new(transport, output, &mut requests, &mut state);
                            io.final_exchange().keep_alive()
                        };
                        let (request, _) = requests.request();
                        let told = lines.tell(request.exchange());
                        let exchange = told.exchange();
                        let page = match goes_on {
                            true => put_page(transport, handler, &mut state, exchange, output),
                            false => None,
                        };
                        if let Some(closes) = page {
                            state.close_gap(output);
                            state.failure = None;
                            transport.observe(Event::End);
                            if closes {
                                break (None, output, lines);
                            }
                            continue;
                        }
                    }
                    let (request, _) = requests.request();
                    let method = request.exchange().method();
                    break (Some(Refused::new(state.fault, method)), output, lines);
                }
                ReplyState::Broken | ReplyState::UnderWay => {
                    transport.observe(Event::End);
                    return Ok(E::of(Closed::Broken));
                }
                ReplyState::Whole { closes } => {
                    transport.observe(Event::End);
                    if closes || handled != Handled::Answered {
                        break (None, output, lines);
                    }
                }
            }
        };

        loop {
            if refused.is_none()
                && let Some(end) = E::left(&state.pending)
            {
                return Ok(end);
            }
            flush(transport, output, &[], &mut state).await?;
            let Some(mut refused) = refused.take() else {
                return Ok(E::of(Closed::Server));
            };
            let (output, lines) = lines.or_ask(handler, &mut *output);
            let lines = lines.unwrap_or_else(|failure| {
                failed(transport, &mut state, failure);
                refused.reason = Refusal::HandlerFailed;
                Lines::NONE
            });
            let exchange = O::framed(dated(refused.exchange(), transport));
            let told = lines.tell(&exchange);
            let exchange = told.exchange();
            let failure = state.failure.take().unwrap_or_default();
            state.pending = match page(handler, refused.reason, &failure, exchange, output) {
                Some(page) => {
                    page.tell(transport);
                    page.place
                }
                // Without room for it, the connection closes without a word.
                None => 0..0,
            };
            transport.observe(Event::End);
        }
    }
}

/// Has the page for a request that its handler has refused wait after the replies that do, and
/// tells whether the connection closes after it; `None` where there is no room for it.
fn put_page<'b, T: Transport>(
    transport: &mut T,
    handler: &impl Handler<T>,
    state: &mut State,
    exchange: &Exchange<'b>,
    output: &'b mut [u8],
) -> Option<bool> {
    let failure = state.failure.as_ref()?;
    let (reason, start) = (state.fault, state.pending.end);
    let room = output.get_mut(start..).unwrap_or_default();
    let page = page(handler, reason, failure, exchange, room)?;
    page.tell(transport);
    state.add(start + page.place.start..start + page.place.end);
    Some(page.closes)
}

/// A reply of the connection's own, or of the handler's in its place.
struct Page {
    status: Status,
    /// The place in the output that it was written to.
    place: Range<usize>,
    closes: bool,
}

impl Page {
    /// The page that was written at the start of the output.
    fn of(reply: Reply<'_>) -> Self {
        Self {
            status: reply.status(),
            closes: reply.closes(),
            place: reply.into_parts().1,
        }
    }

    fn tell(&self, transport: &mut impl Transport) {
        let (status, len) = (self.status, Some(self.place.len()));
        transport.observe(Event::Reply { status, len });
    }
}

/// Tells that a head was refused, and goes on to the page about it.
fn refuse<T: Transport>(transport: &mut T, state: &mut State, refused: Refused) -> Option<Refused> {
    if T::OBSERVES {
        transport.observe(Event::Refused(refused));
        failed(transport, state, Cause::Refused(refused.reason).into());
    }
    Some(refused)
}

/// Tells why there is no reply of the handler's.
fn failed<T: Transport>(transport: &mut T, state: &mut State, failure: Unanswered) {
    if T::OBSERVES {
        transport.observe(Event::Failed(state.failure.insert(failure)));
    }
}

/// The page about a request in `output`: the handler's own where it has a right one, else the
/// default, if that has room.
fn page<'b, T: Transport>(
    handler: &impl Handler<T>,
    reason: Refusal,
    failure: &Unanswered,
    exchange: &Exchange<'b>,
    output: &'b mut [u8],
) -> Option<Page> {
    if let Some(page) = own_page(handler, reason, failure, exchange, output) {
        return Some(page);
    }
    let mut default = |reason| {
        let page = Response::refuse(exchange, &mut *output, reason);
        page.ok().map(Page::of)
    };
    default(reason).or_else(|| default(reason.without_lines()?))
}

/// The handler's own page in `output`, where it has a right one.
fn own_page<'b, T: Transport>(
    handler: &impl Handler<T>,
    reason: Refusal,
    failure: &Unanswered,
    exchange: &Exchange<'b>,
    output: &'b mut [u8],
) -> Option<Page> {
    let span = BufferSpan::of(output);
    let reply = handler
        .error_page(reason, failure, exchange, output)?
        .ok()?;
    reply.check(exchange).ok()?;
    Some(Page {
        status: reply.status(),
        place: span.find(&reply).ok()?,
        closes: reply.closes(),
    })
}

/// Tells if the next head is whole.
fn is_at_hand(requests: &mut Requests<'_>) -> bool {
    matches!(requests.step(), RequestStep::Head)
}

/// Begins with the next request, of which the whole head has come.
fn begin<T: Transport, const HEADERS: usize>(
    requests: &mut Requests<'_>,
    transport: &T,
    state: &mut State,
) -> Result<(), Refused> {
    let exchange = requests.begin::<HEADERS>()?;
    if let Some(now) = transport.now() {
        *exchange = exchange.at(now);
    }
    if transport.is_closing() {
        *exchange = exchange.closing();
    }
    state.begin();
    Ok(())
}

/// The exchange at the transport's time, if it has one.
fn dated<'t>(exchange: Exchange<'t>, transport: &impl Transport) -> Exchange<'t> {
    match transport.now() {
        Some(now) => exchange.at(now),
        None => exchange,
    }
}
