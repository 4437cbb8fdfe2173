use std::sync::{Mutex, MutexGuard, PoisonError};

use bumpalo::Bump;
use replywire_embedded::Buffers;
use spin::mutex::SpinMutex;

use crate::Config;

/// The memory of a server, which is lent to connections that are not idle: their buffers, and that
/// of the futures that answer.
#[derive(Debug)]
pub(crate) struct BufferPool {
    request: usize,
    reply: usize,
    /// One that is free. No one waits for its lock, as there is the shelf; so most requests take
    /// one atomic operation to borrow and one to give back, half as many as with a mutex.
    spare: SpinMutex<Option<Box<Memory>>>,
    shelf: Mutex<Shelf>,
}

#[expect(
    clippy::vec_box,
    reason = "the boxes are lent, so they are not made anew"
)]
#[derive(Debug, Default)]
struct Shelf {
    free: Vec<Box<Memory>>,
    /// The number of memories that there are, wherever they are.
    made: usize,
}

/// The memory of one connection.
#[derive(Debug)]
struct Memory {
    bytes: Box<[u8]>,
    futures: Bump,
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
            spare: SpinMutex::default(),
            shelf: Mutex::default(),
        }
    }

    /// A connection that may borrow memory, and has none yet.
    pub(crate) const fn borrower(&self) -> Borrower<'_> {
        Borrower {
            memory: None,
            pool: self,
        }
    }

    fn lend(&self) -> Box<Memory> {
        let spare = self.spare.try_lock().and_then(|mut spare| spare.take());
        spare.unwrap_or_else(|| self.take_or_make())
    }

    #[cold]
    fn take_or_make(&self) -> Box<Memory> {
        let mut shelf = self.shelf();
        if let Some(memory) = shelf.free.pop() {
            return memory;
        }
        shelf.made += 1;
        drop(shelf);
        Box::new(Memory {
            bytes: vec![0; self.request + self.reply].into(),
            futures: Bump::new(),
        })
    }

    fn take_back(&self, mut memory: Box<Memory>) {
        if memory.futures.allocated_bytes() > LARGEST {
            memory.futures = Bump::new();
        }
        let further = match self.spare.try_lock() {
            Some(mut spare) if spare.is_none() => {
                *spare = Some(memory);
                None
            }
            _ => Some(memory),
        };
        if let Some(memory) = further {
            self.keep(memory);
        }
    }

    #[cold]
    fn keep(&self, memory: Box<Memory>) {
        let mut shelf = self.shelf();
        match shelf.free.len() < MOST {
            true => shelf.free.push(memory),
            false => {
                shelf.made -= 1;
                drop(shelf);
            }
        }
    }

    /// The number of connections that have memory now.
    pub(crate) fn lent(&self) -> usize {
        let spare = usize::from(self.spare.lock().is_some());
        let shelf = self.shelf();
        // One may be on its way from one place to the other.
        shelf.made.saturating_sub(shelf.free.len() + spare)
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

/// A connection that has memory of a pool, or none. What it has goes back when it is dropped.
#[derive(Debug)]
pub(crate) struct Borrower<'p> {
    memory: Option<Box<Memory>>,
    pool: &'p BufferPool,
}

impl Borrower<'_> {
    /// Tells whether it has memory.
    pub(crate) const fn has_memory(&self) -> bool {
        self.memory.is_some()
    }

    /// The buffers; it borrows memory for them where it has none.
    #[inline]
    pub(crate) fn buffers(&mut self) -> Buffers<'_> {
        let Self { memory, pool } = self;
        let memory = memory.get_or_insert_with(|| pool.lend());
        split(&mut memory.bytes, pool.request)
    }

    /// The buffers, and memory for a future that answers with them, which is free again when the
    /// borrow ends.
    pub(crate) fn parts(&mut self) -> (Buffers<'_>, &Bump) {
        let Self { memory, pool } = self;
        let memory = memory.get_or_insert_with(|| pool.lend());
        memory.futures.reset();
        let buffers = split(&mut memory.bytes, pool.request);
        (buffers, &memory.futures)
    }

    /// Gives the memory back, if it has some.
    pub(crate) fn give_back(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.pool.take_back(memory);
        }
    }
}

impl Drop for Borrower<'_> {
    fn drop(&mut self) {
        self.give_back();
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
            let mut borrower = pool.borrower();
            assert_eq!(pool.lent(), 0);
            let (_, futures) = borrower.parts();
            futures.alloc_slice_fill_copy(size, 0_u8);
            assert_eq!((pool.lent(), borrower.has_memory()), (1, true));
            drop(borrower);
            assert_eq!(pool.lent(), 0);
            let memory = pool.lend();
            assert_eq!(memory.futures.allocated_bytes() >= size, is_kept, "{size}");
            pool.take_back(memory);
        }
    }

    #[test]
    fn memory_is_given_back_once_and_borrowed_again() {
        let pool = BufferPool::new(&Config::default());
        let mut borrower = pool.borrower();
        for _ in 0..3 {
            borrower.buffers().request.fill(1);
            borrower.buffers();
            assert_eq!((pool.lent(), borrower.has_memory()), (1, true));
            borrower.give_back();
            borrower.give_back();
            assert_eq!((pool.lent(), borrower.has_memory()), (0, false));
        }
        drop(borrower);
        assert_eq!((pool.lent(), pool.shelf().made), (0, 1));
    }

    #[test]
    fn so_many_memories_are_kept_and_no_more() {
        let pool = BufferPool::new(&Config::default());
        for _ in 0..2 {
            let lent: Vec<_> = (0..MOST + 10).map(|_| pool.lend()).collect();
            assert_eq!(pool.lent(), lent.len());
            for (given_back, memory) in lent.into_iter().enumerate() {
                assert_eq!(pool.lent(), MOST + 10 - given_back);
                pool.take_back(memory);
            }
            assert_eq!((pool.lent(), pool.shelf().made), (0, MOST + 1));
        }
    }

    #[test]
    fn requests_of_a_connection_share_the_memory_of_their_futures() {
        let pool = BufferPool::new(&Config::default());
        let mut borrower = pool.borrower();
        let mut sizes = Vec::new();
        for _ in 0..100 {
            let (buffers, futures) = borrower.parts();
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
