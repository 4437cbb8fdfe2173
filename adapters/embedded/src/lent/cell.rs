use core::cell::Cell;

/// A place for one value, which one thread uses: a program without an operating system has no other
/// thread to send a connection to, and is spared the lock.
pub(crate) struct Slot<V>(Cell<Option<V>>);

impl<V> Slot<V> {
    pub(crate) const fn new(value: V) -> Self {
        Self(Cell::new(Some(value)))
    }

    pub(crate) const fn empty() -> Self {
        Self(Cell::new(None))
    }

    /// Changes the value by something that does not use this slot.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Option<V>) -> R) -> R {
        let mut value = self.0.take();
        let result = change(&mut value);
        self.0.set(value);
        result
    }

    pub(crate) fn take(&self) -> Option<V> {
        self.0.take()
    }

    pub(crate) fn put(&self, value: V) {
        self.0.set(Some(value));
    }
}
