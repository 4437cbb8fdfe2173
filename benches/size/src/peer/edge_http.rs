//! `edge-http`, with JSON by `serde-json-core`. Its headers are texts, so the caller spells the
//! numbers too; it checks none of them, and adds `Connection: Keep-Alive`.

use edge_http::io::server::Connection;
use edge_http::{ConnectionType, ResponseHeaders};
use embedded_io_async::{Read, Write};

use crate::peer::cookie;
use crate::{Answer, Uart};

/// Answers every request.
pub async fn serve(uart: &mut Uart, answer: &Answer<'_>, buf: &mut [u8]) {
    while let Ok(mut connection) = Connection::<_, 16>::new(buf, &mut *uart).await {
        if respond(&mut connection, answer).await.is_none()
            || connection.complete().await.is_err()
            || connection.needs_close()
        {
            return;
        }
    }
}

/// Answers every request with no content.
pub async fn serve_empty(uart: &mut Uart, buf: &mut [u8]) {
    while let Ok(mut connection) = Connection::<_, 16>::new(buf, &mut *uart).await {
        let headers = [("Content-Length", "0")];
        let responded = connection
            .initiate_response(200, Some("OK"), &headers)
            .await;
        if responded.is_err() || connection.complete().await.is_err() || connection.needs_close() {
            return;
        }
    }
}

async fn respond<T: Read + Write>(
    connection: &mut Connection<'_, T, 16>,
    answer: &Answer<'_>,
) -> Option<()> {
    let mut text = [0; 256];
    let len = serde_json_core::to_slice(&answer.reading, &mut text).ok()?;
    let cookie = cookie(answer)?;
    let (mut request, mut length) = (itoa::Buffer::new(), itoa::Buffer::new());
    let headers = [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Request-Id", request.format(answer.request)),
        ("Set-Cookie", &cookie),
        ("Content-Type", "application/json"),
        ("Content-Length", length.format(len)),
    ];
    let responded = connection
        .initiate_response(200, Some("OK"), &headers)
        .await;
    responded.ok()?;
    connection.write_all(text.get(..len)?).await.ok()
}

/// Sends the reply alone.
pub async fn reply(uart: &mut Uart, answer: &Answer<'_>) -> Option<()> {
    let mut text = [0; 256];
    let len = serde_json_core::to_slice(&answer.reading, &mut text).ok()?;
    let cookie = cookie(answer)?;
    let (mut request, mut length) = (itoa::Buffer::new(), itoa::Buffer::new());
    let mut headers = ResponseHeaders::<16>::new();
    headers.code = 200;
    headers.reason = Some("OK");
    headers
        .headers
        .set("Cache-Control", "no-store")
        .set("X-Content-Type-Options", "nosniff")
        .set("Access-Control-Allow-Origin", "*")
        .set("X-Request-Id", request.format(answer.request))
        .set("Set-Cookie", &cookie)
        .set("Content-Type", "application/json")
        .set("Content-Length", length.format(len));
    headers
        .send(ConnectionType::KeepAlive, true, &mut *uart)
        .await
        .ok()?;
    uart.write_all(text.get(..len)?).await.ok()
}
