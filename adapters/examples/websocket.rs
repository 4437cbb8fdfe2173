//! A WebSocket that sends each message back, by the crate `tokio-tungstenite`.

use futures_util::{SinkExt, StreamExt};
use replywire_tokio::{Answer, Request, Responder, Unanswered, UpgradedStream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, frame::coding::CloseCode};

/// Sends each message back, until one side ends.
pub(crate) async fn echo<S: AsyncRead + AsyncWrite + Send + Unpin>(
    request: &Request<'_>,
    responder: Responder<'_, S>,
) -> Answer {
    let mut stream = UpgradedStream::from(responder.web_socket(request).await?);
    let mut closing = stream.closing();
    let mut socket = WebSocketStream::from_raw_socket(&mut stream, Role::Server, None).await;
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            // The server shuts down: the client is told, and answers with the end.
            () = &mut closing => {
                let away = CloseFrame {
                    code: CloseCode::Away,
                    reason: "".into(),
                };
                if socket.close(Some(away)).await.is_ok() {
                    while let Some(Ok(_)) = socket.next().await {}
                }
                break;
            }
        };
        match message {
            Some(Ok(message)) if message.is_text() || message.is_binary() => {
                socket.send(message).await.map_err(|_| Unanswered::new())?;
            }
            // Pings are answered by the crate.
            Some(Ok(_)) => {}
            Some(Err(_)) => return Err(Unanswered::new()),
            None => break,
        }
    }
    Ok(stream.finish().await?)
}
