//! The buffers of replies, which one reply after the other has.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// The most buffers that are kept while no reply has them.
const KEPT: usize = 64;

/// Buffers of one length.
pub(crate) struct Pool {
    len: usize,
    free: Mutex<Vec<Vec<u8>>>,
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
    pub(crate) fn lend(self: Arc<Self>) -> impl DerefMut<Target = [u8]> + Send {
        let kept = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let bytes = kept.unwrap_or_else(|| vec![0; self.len]);
        Lent { bytes, pool: self }
    }
}

struct Lent {
    bytes: Vec<u8>,
    pool: Arc<Pool>,
}

impl Deref for Lent {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut free = self
            .pool
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(bytes);
        }
    }
}
