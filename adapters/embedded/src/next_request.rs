//! The wait for the next request, in which replies leave.

use core::ops::Range;

use replywire::request::{Refusal, Refused, RequestStep, Requests};

use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::io::{ConnectionIo, flush, is_timeout};
use crate::state::State;
use crate::transport::{Phase, Transport};

pub(crate) enum Next<E> {
    End(E),
    /// A head is whole.
    Head,
    Refused(Refused),
}

/// The reason for which a connection is served no further.
pub(crate) trait End: Sized {
    /// Nothing of a further request has come, if that is one.
    const IDLE: Option<Self>;

    fn of(closed: Closed) -> Self;

    /// The caller sends what is left of the last reply, from this place in the output, if it does.
    fn left(pending: &Range<usize>) -> Option<Self> {
        let _ = pending;
        None
    }
}

impl End for Closed {
    const IDLE: Option<Self> = None;

    fn of(closed: Closed) -> Self {
        closed
    }
}

impl End for Option<Closed> {
    const IDLE: Option<Self> = Some(None);

    fn of(closed: Closed) -> Self {
        Some(closed)
    }
}

/// Drops the rest of the last request's content, and reads until there is a further head, of which
/// some has come where it has `begun`.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function keeps its arguments twice"
)]
pub(crate) fn next_request<T: Transport, E: End>(
    transport: &mut T,
    output: &mut [u8],
    requests: &mut Requests<'_>,
    state: &mut State,
    mut begun: bool,
) -> impl Future<Output = Result<Next<E>, ConnectionError<T::Error>>> {
    async move {
        loop {
            match requests.step() {
                RequestStep::Content => {
                    let (_, mut io) = ConnectionIo::new(transport, output, requests, state);
                    if !io.drain().await? {
                        return Ok(Next::End(E::of(Closed::Server)));
                    }
                    begun = !requests.is_idle();
                }
                RequestStep::Head => return Ok(Next::Head),
                RequestStep::Read(room) => {
                    // Whoever waits for replies before sending more gets them now.
                    flush(transport, output, &[], state).await?;
                    // Empty lines do not make a connection idle again.
                    if begun {
                        transport.phase(Phase::Head);
                    } else if let Some(idle) = E::IDLE {
                        return Ok(Next::End(idle));
                    } else if transport.is_closing() {
                        return Ok(Next::End(E::of(Closed::Server)));
                    } else {
                        transport.phase(Phase::Idle);
                    }
                    match transport.read(room).await {
                        // Of half a head there is nothing to answer.
                        Ok(0) => return Ok(Next::End(E::of(Closed::Peer))),
                        Ok(n) => requests.filled(n),
                        Err(error) if begun && is_timeout(&error) => {
                            return Ok(Next::Refused(Refusal::RequestTimeout.into()));
                        }
                        Err(error) => return Err(ConnectionError::Io(error)),
                    }
                    begun = true;
                }
                RequestStep::Refused(refused) => return Ok(Next::Refused(refused)),
            }
        }
    }
}
