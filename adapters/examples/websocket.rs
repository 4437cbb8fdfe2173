//! A WebSocket that sends each message back.

use replywire_tokio::{Answer, Request, Responder, WebSocket};
use tokio::io::{AsyncRead, AsyncWrite};

/// The most bytes of a message.
const LONGEST: usize = 1 << 20;

/// Sends each message back, until one side ends. A browser with a page of elsewhere is refused.
pub(crate) async fn echo<S: AsyncRead + AsyncWrite + Send + Unpin>(
    request: &Request<'_>,
    responder: Responder<'_, S>,
) -> Answer {
    let mut socket = WebSocket::accept(request, responder, LONGEST).await?;
    while let Some(message) = socket.next().await? {
        socket.send(message).await?;
    }
    Ok(socket.finish().await?)
}
