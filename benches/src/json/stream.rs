//! A document that leaves through a buffer of `N` bytes, by a write each time it is full.

use std::hint::black_box;
use std::sync::LazyLock;

use embedded_io_async::Write as _;

use super::articles::{Article, articles};
use super::connection::{Connection, block_on};
use super::contest::{SPARE, memcpy, text};
use super::ours;
use crate::measure::{Contender, Work};

/// About 100 KB.
static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| articles(345));

pub(super) fn by_serde<const N: usize>(name: &'static str) -> Work {
    work::<N, _>(name, "serde", ours::fill_by_serde, ours::by_serde)
}

pub(super) fn by_hand<const N: usize>(name: &'static str) -> Work {
    work::<N, _>(name, "by-hand", ours::fill_by_hand, ours::by_hand)
}

fn work<const N: usize, F>(
    name: &'static str,
    front: &'static str,
    fill: fn(&'static [Article]) -> F,
    write: fn(&[Article], &mut [u8]) -> Option<usize>,
) -> Work
where
    F: FnMut(&mut [u8]) -> Option<usize> + 'static,
{
    let value = ARTICLES.as_slice();
    let want = text(value);
    let room = want.len() + SPARE;
    Work::new(name, want)
        .exact(stream::<N, _>(front, room, move || fill(black_box(value))))
        .exact(Contender::long_writer("one-shot", room, move |out| {
            write(black_box(value), out)
        }))
        .exact(stream::<N, _>("memcpy", room, move || {
            let mut rest = black_box(want);
            move |buf: &mut [u8]| {
                let (piece, tail) = rest.split_at(rest.len().min(buf.len()));
                rest = tail;
                memcpy(piece, buf)
            }
        }))
}

/// A contender that sends what `document` fills the buffer with, until that is nothing.
fn stream<const N: usize, F>(
    name: &'static str,
    room: usize,
    document: impl Fn() -> F + Copy + 'static,
) -> Contender
where
    F: FnMut(&mut [u8]) -> Option<usize>,
{
    let connection = Connection {
        received: Vec::with_capacity(room),
    };
    let again = move |(buf, connection): &mut ([u8; N], Connection)| {
        connection.received.clear();
        block_on(send(document(), black_box(buf), connection))
    };
    Contender::new(name, ([0; N], connection), again, move |state| {
        again(state).expect("a value that can be written");
        state.1.received.clone()
    })
}

async fn send(
    mut fill: impl FnMut(&mut [u8]) -> Option<usize>,
    buf: &mut [u8],
    connection: &mut Connection,
) -> Option<()> {
    loop {
        match fill(buf)? {
            0 => return Some(()),
            len => connection.write_all(buf.get(..len)?).await.ok()?,
        }
    }
}
