use embedded_io_async::{Read, Write};
use replywire::Status;
use replywire_embedded::{Answered, Cause, Request, Responder, Transport, Unanswered};

/// The protocol in which each byte comes back.
const PROTOCOL: &str = "echo";

/// Sends each byte of the connection back, where the client asks for that.
pub(crate) async fn echo<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    if !request.offers_upgrade(PROTOCOL) {
        return responder
            .status(Status::BAD_REQUEST)
            .text("no upgrade\n")
            .await;
    }
    let reply = responder.status(Status::SWITCHING_PROTOCOLS);
    let mut upgraded = reply.upgrade(request, PROTOCOL).await?;
    let mut buf = [0; 64];
    loop {
        let n = upgraded
            .read(&mut buf)
            .await
            .map_err(|_| Cause::Connection)?;
        let bytes = buf.get(..n).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(upgraded.finish().await?);
        }
        upgraded
            .write_all(bytes)
            .await
            .map_err(|_| Cause::Connection)?;
        upgraded.flush().await.map_err(|_| Cause::Connection)?;
    }
}
