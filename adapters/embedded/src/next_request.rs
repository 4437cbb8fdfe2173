//! The wait for the next request, in which replies leave.

use replywire::request::{Refused, RequestStep, Requests};

use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::io::{ConnectionIo, flush};
use crate::state::State;
use crate::transport::{Phase, Transport};

pub(crate) enum Next {
    Closed(Closed),
    /// A head is whole.
    Head,
    Refused(Refused),
}

/// Drops the rest of the last request's content, and reads until there is a further head.
pub(crate) async fn next_request<T: Transport>(
    transport: &mut T,
    output: &mut [u8],
    requests: &mut Requests<'_>,
    state: &mut State,
) -> Result<Next, ConnectionError<T::Error>> {
    let mut begun = !requests.is_idle();
    loop {
        match requests.step() {
            RequestStep::Content => {
                let (_, mut io) = ConnectionIo::new(transport, output, requests, state);
                if !io.drain().await? {
                    return Ok(Next::Closed(Closed::Server));
                }
                begun = !requests.is_idle();
            }
            RequestStep::Head => return Ok(Next::Head),
            RequestStep::Read(room) => {
                // Whoever waits for replies before sending more gets them now.
                flush(transport, output, state).await?;
                // Empty lines do not make a connection idle again.
                if begun {
                    transport.phase(Phase::Head);
                } else if transport.is_closing() {
                    return Ok(Next::Closed(Closed::Server));
                } else {
                    transport.phase(Phase::Idle);
                }
                match transport.read(room).await.map_err(ConnectionError::Io)? {
                    // Of half a head there is nothing to answer.
                    0 => return Ok(Next::Closed(Closed::Peer)),
                    n => requests.filled(n),
                }
                begun = true;
            }
            RequestStep::Refused(refused) => return Ok(Next::Refused(refused)),
        }
    }
}
