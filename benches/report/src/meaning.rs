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

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

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
    same(sent, &EMPTY.repeat(2))
}

/// A reply that says all that ours does, its names in any case and its lines in any order; it may
/// leave out the reason phrase and say more.
pub(super) fn reply_of_peer(sent: &[u8]) -> Result<(), String> {
    say(sent, REPLY, 1)
}

pub(super) fn replies_of_peer(sent: &[u8]) -> Result<(), String> {
    say(sent, REPLY, 2)
}

pub(super) fn empty_replies_of_peer(sent: &[u8]) -> Result<(), String> {
    say(sent, EMPTY, 2)
}

fn say(sent: &[u8], want: &str, times: usize) -> Result<(), String> {
    let sent = String::from_utf8_lossy(sent);
    let (want_head, body) = want.split_once("\r\n\r\n").unwrap_or_default();
    let mut rest = sent.as_ref();
    let mut said = 0;
    while let Some((head, behind)) = rest.split_once("\r\n\r\n") {
        let head = spelled(head);
        let says_all = spelled(want_head).iter().all(|line| head.contains(line));
        match behind.strip_prefix(body) {
            Some(behind) if says_all => rest = behind,
            _ => break,
        }
        said += 1;
    }
    match said == times && rest.is_empty() {
        true => Ok(()),
        false => Err(format!("sent {sent:?}")),
    }
}

/// The lines of a head in one form.
fn spelled(head: &str) -> Vec<String> {
    let line = |line: &str| match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
        None => line.trim_end_matches("OK").to_owned(),
    };
    head.split("\r\n").map(line).collect()
}

fn same(sent: &[u8], want: &str) -> Result<(), String> {
    match sent == want.as_bytes() {
        true => Ok(()),
        false => Err(format!("sent {:?}", String::from_utf8_lossy(sent))),
    }
}
