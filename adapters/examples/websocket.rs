//! A WebSocket that sends each message back, by the crate `tokio-tungstenite`; the handshake is by
//! the feature `web-socket`.

use futures_util::{SinkExt, StreamExt};
use replywire_tokio::{Answer, Request, Responder, UpgradedStream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode,
};

/// The most bytes of a message, and of a frame of it.
const LONGEST: usize = 1 << 20;

/// Sends each message back, until one side ends. A browser with a page of elsewhere is refused.
pub(crate) async fn echo<S: AsyncRead + AsyncWrite + Send + Unpin>(
    request: &Request<'_>,
    responder: Responder<'_, S>,
) -> Answer {
    request.expect_same_origin()?;
    let mut stream = UpgradedStream::from(responder.web_socket(request).await?);
    let mut closing = stream.closing();
    let config = WebSocketConfig::default()
        .max_frame_size(Some(LONGEST))
        .max_message_size(Some(LONGEST));
    let socket = WebSocketStream::from_raw_socket(&mut stream, Role::Server, Some(config));
    let mut socket = socket.await;
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
                socket.send(message).await?;
            }
            // Pings are answered by the crate.
            Some(Ok(_)) => {}
            Some(Err(error)) => Err(error)?,
            None => break,
        }
    }
    Ok(stream.finish().await?)
}
