//! What is asked for.

use serde_json::Value;

use super::shop::{COUNTS, Files, SHOP};
use crate::server::Options;

/// The text of the shortest reply.
pub(super) const HELLO: &str = "Hello, World!";

/// A row of the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Work {
    KeepAlive,
    Pipelined,
    Mixed,
    Json,
    Static,
    Upload,
}

/// All of them, in the order of the report.
pub(super) const WORKS: [Work; 6] = [
    Work::KeepAlive,
    Work::Pipelined,
    Work::Mixed,
    Work::Json,
    Work::Static,
    Work::Upload,
];

/// Requests that leave together, and what they ask for.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) bytes: Vec<u8>,
    /// How many requests these are, all of the same kind.
    pub(super) depth: u64,
    pub(super) want: Want,
}

/// A body that is right.
#[derive(Debug)]
pub(super) enum Want {
    Bytes(Vec<u8>),
    Json(Value),
}

impl Want {
    pub(super) fn is(&self, body: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) => bytes == body,
            Self::Json(value) => {
                serde_json::from_slice(body).is_ok_and(|body: Value| body == *value)
            }
        }
    }
}

impl Work {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::KeepAlive => "keep-alive",
            Self::Pipelined => "pipelined",
            Self::Mixed => "mixed",
            Self::Json => "json",
            Self::Static => "static",
            Self::Upload => "upload",
        }
    }

    pub(super) const fn connections(self, options: Options) -> usize {
        match self {
            _ if options.test => 4,
            Self::KeepAlive | Self::Pipelined | Self::Json => 64,
            Self::Mixed => 512,
            Self::Static => 256,
            Self::Upload => 16,
        }
    }

    /// What is asked for, in turn.
    pub(super) fn asks(self, files: &Files, options: Options) -> Vec<Ask> {
        match self {
            Self::KeepAlive => vec![hello(1)],
            Self::Pipelined => vec![hello(16)],
            Self::Mixed => vec![
                sum("GET", "", b"", 55),
                sum("POST", "content-length: 2\r\n", b"20", 75),
                sum(
                    "POST",
                    "transfer-encoding: chunked\r\n",
                    b"2\r\n20\r\n0\r\n\r\n",
                    75,
                ),
            ],
            Self::Json => COUNTS.map(json).into(),
            Self::Static => files
                .siblings()
                .map(|(path, sibling)| Ask {
                    bytes: get(&path, "accept-encoding: br;q=1, gzip;q=0.8\r\n"),
                    depth: 1,
                    want: Want::Bytes(sibling.to_vec()),
                })
                .collect(),
            Self::Upload if options.test => [1000, 200_000].map(upload).into(),
            Self::Upload => [500_000, 2_000_000, 10_000_000, 20_000_000]
                .map(upload)
                .into(),
        }
    }
}

fn get(path: &str, lines: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost:8080\r\n{lines}\r\n").into_bytes()
}

fn hello(depth: usize) -> Ask {
    Ask {
        bytes: get("/hello", "").repeat(depth),
        depth: depth as u64,
        want: Want::Bytes(HELLO.into()),
    }
}

fn sum(method: &str, framing: &str, content: &[u8], sum: i64) -> Ask {
    let head = format!("{method} /sum?a=13&b=42 HTTP/1.1\r\nhost: localhost:8080\r\n{framing}\r\n");
    Ask {
        bytes: [head.as_bytes(), content].concat(),
        depth: 1,
        want: Want::Bytes(sum.to_string().into()),
    }
}

fn json(count: usize) -> Ask {
    let document = SHOP.document(count).expect("so many products");
    Ask {
        bytes: get(&format!("/json/{count}"), ""),
        depth: 1,
        want: Want::Json(serde_json::to_value(document).expect("a document")),
    }
}

fn upload(len: usize) -> Ask {
    let head = format!(
        "POST /upload HTTP/1.1\r\nhost: localhost:8080\r\n\
         content-type: application/octet-stream\r\ncontent-length: {len}\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + len, b'x');
    Ask {
        bytes,
        depth: 1,
        want: Want::Bytes(len.to_string().into()),
    }
}
