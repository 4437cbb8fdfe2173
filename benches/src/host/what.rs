//! What is sent, whoever sends it.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream::{Stream, iter};
use serde::Serialize;

pub(super) const TEXT: &str = "hello, world";

/// A file of some kilobytes.
pub(super) const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// A document as an API has it.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    id: u32,
    name: &'static str,
    tags: [&'static str; 3],
    is_active: bool,
    count: u64,
}

pub(super) const ITEM: Item = Item {
    id: 7,
    name: "an item with a name",
    tags: ["one", "two", "three"],
    is_active: true,
    count: 1_234_567,
};

/// The pieces of a stream, and the bytes of all together.
const PIECES: usize = 16;
static PIECE: [u8; 1024] = [b'p'; 1024];
pub(super) const PIECES_LEN: usize = PIECES * PIECE.len();

pub(super) fn pieces() -> impl Stream<Item = Result<Bytes, Infallible>> + Send + Unpin {
    iter((0..PIECES).map(|_| Ok(Bytes::from_static(&PIECE))))
}
