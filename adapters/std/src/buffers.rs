use std::sync::{Mutex, MutexGuard, PoisonError};

use bumpalo::Bump;
use replywire_embedded::Buffers;

use crate::Config;

/// The memory of a server, which is lent to connections that are not idle: their buffers, and that
/// of the futures that answer.
#[derive(Debug)]
pub(crate) struct BufferPool {
    request: usize,
    reply: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    free: Vec<(Box<[u8]>, Bump)>,
    lent: usize,
}

/// The most memories that are kept while no one needs them; others are freed.
const MOST: usize = 64;

/// The most bytes for futures that are kept with them.
const LARGEST: usize = 16 * 1024;

impl BufferPool {
    /// A pool of no memory yet, for buffers of the configured sizes.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            request: config.buffer,
            reply: with_waiting_room(config.reply_buffer),
            shelf: Mutex::default(),
        }
    }

    /// Lends the memory of one connection.
    pub(crate) fn lend(&self) -> LentBuffers<'_> {
        let mut shelf = self.shelf();
        shelf.lent += 1;
        let free = shelf.free.pop();
        drop(shelf);
        let new = || (vec![0; self.request + self.reply].into(), Bump::new());
        let (bytes, futures) = free.unwrap_or_else(new);
        LentBuffers {
            bytes,
            futures,
            pool: self,
        }
    }

    /// The number of connections that have memory now.
    pub(crate) fn lent(&self) -> usize {
        self.shelf().lent
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // Nothing panics while it holds the lock.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The size of a reply buffer of which a chain has `room` bytes, whatever waits: three quarters.
const fn with_waiting_room(room: usize) -> usize {
    room.saturating_add(room.div_ceil(3))
}

/// The memory of one connection, which goes back to its pool when it is dropped.
#[derive(Debug)]
pub(crate) struct LentBuffers<'p> {
    bytes: Box<[u8]>,
    futures: Bump,
    pool: &'p BufferPool,
}

impl LentBuffers<'_> {
    pub(crate) fn buffers(&mut self) -> Buffers<'_> {
        split(&mut self.bytes, self.pool.request)
    }

    /// The buffers, and memory for a future that answers with them, which is free again when the
    /// borrow ends.
    pub(crate) fn parts(&mut self) -> (Buffers<'_>, &Bump) {
        self.futures.reset();
        let buffers = split(&mut self.bytes, self.pool.request);
        (buffers, &self.futures)
    }
}

impl Drop for LentBuffers<'_> {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let futures = match self.futures.allocated_bytes() {
            ..=LARGEST => std::mem::take(&mut self.futures),
            _ => Bump::new(),
        };
        let mut shelf = self.pool.shelf();
        shelf.lent -= 1;
        if shelf.free.len() < MOST {
            shelf.free.push((bytes, futures));
        }
    }
}

/// The first bytes as the request buffer, and the rest as that of replies.
fn split(bytes: &mut [u8], request: usize) -> Buffers<'_> {
    let (request, reply) = bytes.split_at_mut_checked(request).unwrap_or_default();
    Buffers { request, reply }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_for_a_chain_is_all_that_was_configured() {
        for room in 0..10_000 {
            let all = with_waiting_room(room);
            assert!(all - all / 4 >= room, "{room}");
            assert!(all <= room + room / 3 + 1, "{room}");
        }
    }

    #[test]
    fn a_connection_has_the_memory_of_the_one_before_it_unless_its_futures_were_large() {
        let pool = BufferPool::new(&Config::default());
        for (size, is_kept) in [(100, true), (LARGEST / 4, true), (2 * LARGEST, false)] {
            let mut lent = pool.lend();
            assert_eq!(pool.lent(), 1);
            let (_, futures) = lent.parts();
            futures.alloc_slice_fill_copy(size, 0_u8);
            drop(lent);
            assert_eq!(pool.lent(), 0);
            let lent = pool.lend();
            assert_eq!(lent.futures.allocated_bytes() >= size, is_kept, "{size}");
        }
    }

    #[test]
    fn requests_of_a_connection_share_the_memory_of_their_futures() {
        let pool = BufferPool::new(&Config::default());
        let mut lent = pool.lend();
        let mut sizes = Vec::new();
        for _ in 0..100 {
            let (buffers, futures) = lent.parts();
            assert_eq!(
                (buffers.request.len(), buffers.reply.len()),
                (pool.request, pool.reply)
            );
            futures.alloc_slice_fill_copy(1000, 0_u8);
            sizes.push(futures.allocated_bytes());
        }
        assert!(sizes.iter().all(|size| *size < 4000), "{sizes:?}");
    }
}
