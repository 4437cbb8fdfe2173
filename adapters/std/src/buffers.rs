use std::sync::{Mutex, MutexGuard, PoisonError};

use replywire_embedded::Buffers;

use crate::Config;

/// The buffers of a server, which are lent to connections that are not idle.
#[derive(Debug)]
pub(crate) struct BufferPool {
    request: usize,
    reply: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    free: Vec<Box<[u8]>>,
    lent: usize,
}

/// The most buffers that are kept while no one needs them; others are freed.
const MOST: usize = 64;

impl BufferPool {
    /// A pool of no buffers yet, of the configured sizes.
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
        let bytes = free.unwrap_or_else(|| vec![0; self.request + self.reply].into());
        LentBuffers { bytes, pool: self }
    }

    /// The number of connections that have buffers now.
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
    pool: &'p BufferPool,
}

impl LentBuffers<'_> {
    pub(crate) fn buffers(&mut self) -> Buffers<'_> {
        let (request, reply) = self
            .bytes
            .split_at_mut_checked(self.pool.request)
            .unwrap_or_default();
        Buffers { request, reply }
    }
}

impl Drop for LentBuffers<'_> {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut shelf = self.pool.shelf();
        shelf.lent -= 1;
        if shelf.free.len() < MOST {
            shelf.free.push(bytes);
        }
    }
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
}
