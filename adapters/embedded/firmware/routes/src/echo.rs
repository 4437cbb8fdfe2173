use replywire::{Response, Status};
use replywire_embedded::{Answered, Responder, Transport, Unanswered};

/// The most bytes that are sent back.
const MOST: usize = 512;

/// Reads the request's content and sends it back.
pub(crate) async fn send<T: Transport>(
    mut responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    // A byte more tells whether there is too much.
    let mut content = [0; MOST + 1];
    let mut len = 0;
    while responder.remaining() != Some(0) {
        let room = content.get_mut(len..).unwrap_or_default();
        match responder.read(room).await? {
            0 => break,
            n => len += n,
        }
    }
    let sent = responder.send(|exchange, buf| match content.get(..len) {
        Some(content) if len <= MOST => {
            Response::to(exchange, buf, Status::OK).bytes("application/octet-stream", content)
        }
        _ => Response::to(exchange, buf, Status::CONTENT_TOO_LARGE).text("too much\n"),
    });
    Ok(sent.await?)
}
