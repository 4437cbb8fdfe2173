//! What the programs have to send.

/// What a program of JSON sends.
const TEXT: &str = concat!(
    r#"{"id":4021337100,"name":"roof, north side","on":true,"level":87,"rssi":-67,"#,
    r#""pos":{"x":-120345,"y":998877},"samples":[0,17,4095,65535]}"#,
);

/// What a program of a reply sends.
const REPLY: &str = concat!(
    "HTTP/1.1 200 OK\r\n",
    "cache-control: no-store\r\n",
    "x-content-type-options: nosniff\r\n",
    "access-control-allow-origin: *\r\n",
    "x-request-id: 4021337\r\n",
    "set-cookie: sid=31d4d96e407aad42b7c9e08f; Max-Age=3600\r\n",
    "content-type: application/json\r\n",
    "content-length: 180\r\n",
    "\r\n",
    r#"{"id":4021337100,"name":"roof, north side","firmware":"2.14.3","uptime":864613,"#,
    r#""on":true,"level":87,"rssi":-67,"illuminance":10240,"pressure":101325,"#,
    r#""state":"measuring, door open"}"#,
);

/// A program that is empty sends whatever is in its buffer.
pub(super) fn any(_: &[u8]) -> Result<(), String> {
    Ok(())
}

pub(super) fn text(sent: &[u8]) -> Result<(), String> {
    same(sent, TEXT)
}

pub(super) fn reply(sent: &[u8]) -> Result<(), String> {
    same(sent, REPLY)
}

/// A server answers two requests.
pub(super) fn replies(sent: &[u8]) -> Result<(), String> {
    same(sent, &REPLY.repeat(2))
}

pub(super) fn empty_replies(sent: &[u8]) -> Result<(), String> {
    same(
        sent,
        &"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".repeat(2),
    )
}

fn same(sent: &[u8], want: &str) -> Result<(), String> {
    match sent == want.as_bytes() {
        true => Ok(()),
        false => Err(format!("sent {:?}", String::from_utf8_lossy(sent))),
    }
}
