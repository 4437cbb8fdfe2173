//! Values that are kept for further replies.

use std::sync::{Mutex, PoisonError};

/// The most that is kept while no reply has it.
const KEPT: usize = 64;

/// Values that are costly to make, while nobody has them.
pub(crate) struct Pool<T> {
    free: Mutex<Vec<T>>,
}

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        let free = Mutex::new(Vec::new());
        Self { free }
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    pub(crate) fn put(&self, value: T) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(value);
            return;
        }
        // Dropping it may take long.
        drop(free);
        drop(value);
    }
}
