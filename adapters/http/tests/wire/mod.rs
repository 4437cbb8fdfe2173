//! Replies as they are on the wire.

use std::io::{BufRead, Read};

/// A reply as it was on the wire, but for the order of its fields, the time of its `date` and the
/// places where its chunks meet.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Got {
    pub(crate) status_line: String,
    pub(crate) fields: Vec<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Vec<String>,
    pub(crate) is_whole: bool,
}

impl Got {
    pub(crate) fn read(conn: &mut impl BufRead, is_head: bool) -> Self {
        let mut got = Self::default();
        let Some(status_line) = line(conn) else {
            return got;
        };
        got.status_line = status_line;
        while let Some(mut field) = line(conn).filter(|line| !line.is_empty()) {
            if field.starts_with("date: ") {
                field.truncate("date: ".len());
            }
            got.fields.push(field);
        }
        got.fields.sort();
        let value = |name: &str| got.fields.iter().find_map(|field| field.strip_prefix(name));
        let status = &got.status_line[9..12];
        if is_head || status == "204" || status == "304" {
            got.is_whole = true;
        } else if value("transfer-encoding: ").is_some() {
            loop {
                let size = line(conn).and_then(|size| usize::from_str_radix(&size, 16).ok());
                let Some(size) = size else {
                    return got;
                };
                if size == 0 {
                    break;
                }
                let mut chunk = vec![0; size + 2];
                if conn.read_exact(&mut chunk).is_err() {
                    return got;
                }
                got.body.extend_from_slice(&chunk[..size]);
            }
            while let Some(field) = line(conn).filter(|line| !line.is_empty()) {
                got.trailers.push(field);
            }
            got.is_whole = true;
        } else if let Some(len) = value("content-length: ") {
            let len: u64 = len.parse().unwrap();
            let _ = conn.take(len).read_to_end(&mut got.body);
            got.is_whole = got.body.len() as u64 == len;
        } else {
            got.is_whole = conn.read_to_end(&mut got.body).is_ok();
        }
        got
    }
}

/// The next line, without its end; `None` where the connection has ended.
pub(crate) fn line(conn: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    conn.read_until(b'\n', &mut line).ok()?;
    let line = line.strip_suffix(b"\r\n")?;
    Some(line.iter().map(|byte| char::from(*byte)).collect())
}

/// A request of these lines.
pub(crate) fn request(first: &str, fields: &[&str], content: &str) -> String {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    format!("{first} HTTP/1.1\r\nhost: a\r\n{fields}\r\n{content}")
}
