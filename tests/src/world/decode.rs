//! Replies, read back from what a client received; it knows nothing of the library.

/// A reply, as far as it came.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    /// The status codes of interim replies before it.
    pub(super) interim: Vec<u16>,
    /// It says that the connection closes.
    pub(super) closes: bool,
    /// Decoded.
    pub(super) body: Vec<u8>,
    pub(super) is_complete: bool,
}

/// Reads the replies to these requests, and at most one more; `is_ended` says that the connection
/// ended in order after them.
pub(super) fn replies(
    mut wire: &[u8],
    is_head: impl Fn(usize) -> bool,
    is_ended: bool,
) -> Result<Vec<Seen>, String> {
    let mut all: Vec<Seen> = Vec::new();
    let mut interim = Vec::new();
    while !wire.is_empty() {
        if all.last().is_some_and(|reply| reply.closes) {
            return Err(format!(
                "after a reply that closes: \"{}\"",
                wire.escape_ascii()
            ));
        }
        let Some((head, rest)) = head(wire)? else {
            break;
        };
        if head.status < 200 && head.status != 101 {
            interim.push(head.status);
            wire = rest;
            continue;
        }
        let is_head = is_head(all.len());
        let mut reply = Seen {
            status: head.status,
            interim: std::mem::take(&mut interim),
            // No reply comes after an upgrade.
            closes: head.closes || head.status == 101,
            body: Vec::new(),
            is_complete: false,
        };
        wire = body(&head, rest, is_head, is_ended, &mut reply)?;
        let is_complete = reply.is_complete;
        all.push(reply);
        if !is_complete {
            break;
        }
    }
    Ok(all)
}

struct Head {
    status: u16,
    closes: bool,
    length: Option<usize>,
    is_chunked: bool,
}

/// Reads a head, if it is whole, and gives what comes after it.
fn head(wire: &[u8]) -> Result<Option<(Head, &[u8])>, String> {
    let wrong = |why: &str| {
        Err(format!(
            "{why}: \"{}\"",
            wire[..wire.len().min(300)].escape_ascii()
        ))
    };
    let start = &b"HTTP/1.1 "[..];
    if wire[..wire.len().min(start.len())] != start[..wire.len().min(start.len())] {
        return wrong("no status line");
    }
    let Some(end) = wire.windows(4).position(|window| window == b"\r\n\r\n") else {
        return match wire.len() {
            0..1000 => Ok(None),
            _ => wrong("a head without an end"),
        };
    };
    let Ok(text) = str::from_utf8(&wire[..end]) else {
        return wrong("no text");
    };
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok());
    let Some(status @ 100..=599) = status else {
        return wrong("no status");
    };
    let mut head = Head {
        status,
        closes: false,
        length: None,
        is_chunked: false,
    };
    for line in lines {
        match line.split_once(": ") {
            Some(("content-length", length)) if head.length.is_none() => {
                head.length = Some(length.parse().map_err(|_| format!("length {length}"))?);
            }
            Some(("transfer-encoding", "chunked")) if !head.is_chunked => head.is_chunked = true,
            Some(("connection", "close")) if !head.closes => head.closes = true,
            Some(("connection", "keep-alive")) => {}
            Some(("connection", "upgrade") | ("upgrade", "x")) if status == 101 => {}
            Some((
                "date" | "content-type" | "x-hint" | "cache-control" | "x-accel-buffering"
                | "retry-after",
                _,
            )) => {}
            _ => return wrong("a field that no reply has"),
        }
    }
    if head.is_chunked && head.length.is_some() {
        return wrong("two lengths");
    }
    Ok(Some((head, &wire[end + 4..])))
}

/// Reads a body, and gives what comes after it.
fn body<'w>(
    head: &Head,
    wire: &'w [u8],
    is_head: bool,
    is_ended: bool,
    reply: &mut Seen,
) -> Result<&'w [u8], String> {
    if is_head || matches!(head.status, 204 | 304) {
        reply.is_complete = true;
        return Ok(wire);
    }
    if head.is_chunked {
        return chunks(wire, reply);
    }
    let Some(length) = head.length else {
        if !reply.closes {
            return Err("nothing tells the end of a body".into());
        }
        reply.body = wire.to_vec();
        reply.is_complete = is_ended;
        return Ok(&[]);
    };
    let n = length.min(wire.len());
    reply.body = wire[..n].to_vec();
    reply.is_complete = n == length;
    Ok(&wire[n..])
}

fn chunks<'w>(mut wire: &'w [u8], reply: &mut Seen) -> Result<&'w [u8], String> {
    loop {
        let Some(line) = wire.windows(2).position(|window| window == b"\r\n") else {
            return Ok(&[]);
        };
        let size = str::from_utf8(&wire[..line]).ok();
        let size = size.and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size else {
            return Err(format!("no chunk: \"{}\"", wire.escape_ascii()));
        };
        let data = &wire[line + 2..];
        reply.body.extend_from_slice(&data[..size.min(data.len())]);
        let Some(end) = data.get(size..size + 2) else {
            return Ok(&[]);
        };
        if end != b"\r\n" {
            return Err(format!("no end of a chunk: \"{}\"", data.escape_ascii()));
        }
        wire = &data[size + 2..];
        if size == 0 {
            reply.is_complete = true;
            return Ok(wire);
        }
    }
}
