use spin::mutex::SpinMutex;

/// A place for one value, which threads may use in turn. It is locked for as long as a pointer
/// takes to be moved.
pub(crate) struct Slot<V>(SpinMutex<Option<V>>);

impl<V> Slot<V> {
    pub(crate) const fn new(value: V) -> Self {
        Self(SpinMutex::new(Some(value)))
    }

    pub(crate) const fn empty() -> Self {
        Self(SpinMutex::new(None))
    }

    /// Changes the value by something short that does not use this slot.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Option<V>) -> R) -> R {
        change(&mut self.0.lock())
    }

    pub(crate) fn take(&self) -> Option<V> {
        self.0.lock().take()
    }

    pub(crate) fn put(&self, value: V) {
        *self.0.lock() = Some(value);
    }
}
