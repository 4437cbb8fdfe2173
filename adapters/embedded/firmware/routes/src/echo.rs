use replywire::{Response, Status};
use replywire_embedded::{Responder, Sent, Transport, Unsent};

/// How much is sent back at most.
const MOST: usize = 512;

/// Reads the request's content and sends it back.
pub(crate) async fn send<T: Transport>(mut responder: Responder<'_, T>) -> Result<Sent, Unsent> {
    let mut content = [0; MOST];
    let mut len = 0;
    let status = loop {
        if responder.remaining() == Some(0) {
            break Status::OK;
        }
        let Some(room) = content.get_mut(len..).filter(|room| !room.is_empty()) else {
            break Status::CONTENT_TOO_LARGE;
        };
        match responder.read(room).await? {
            0 => break Status::OK,
            n => len += n,
        }
    };
    let content = content.get(..len).unwrap_or_default();
    let sent = responder.send(|exchange, buf| {
        let response = Response::to(exchange, buf, status);
        match status {
            Status::OK => response.bytes("application/octet-stream", content),
            _ => response.text("too much\n"),
        }
    });
    Ok(sent.await?)
}
