//! The buffers of replies, which one reply after the other has.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::memory::Memory;

/// The most buffers that are kept while no reply has them.
const KEPT: usize = 64;

/// Buffers of one length.
pub(crate) struct Pool {
    len: usize,
    free: Mutex<Vec<Buffers>>,
}

impl Pool {
    pub(crate) const fn new(len: usize) -> Self {
        let free = Mutex::new(Vec::new());
        Self { len, free }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Lends a buffer, until the outcome is dropped.
    pub(crate) fn lend(self: Arc<Self>) -> Lent {
        let kept = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let buffers = kept.unwrap_or_else(|| Buffers {
            bytes: vec![0; self.len],
            memory: Memory::default(),
        });
        Lent {
            buffers,
            pool: self,
        }
    }
}

/// What a reply is written with.
#[derive(Default)]
struct Buffers {
    bytes: Vec<u8>,
    memory: Memory,
}

pub(crate) struct Lent {
    buffers: Buffers,
    pool: Arc<Pool>,
}

impl Lent {
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        &mut self.buffers.bytes
    }

    /// The memory for what leaves, until it is put back.
    pub(crate) fn take_memory(&mut self) -> Memory {
        mem::take(&mut self.buffers.memory)
    }

    pub(crate) fn put_memory(&mut self, memory: Memory) {
        self.buffers.memory = memory;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let buffers = mem::take(&mut self.buffers);
        let mut free = self
            .pool
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(buffers);
        }
    }
}
