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

    /// Takes the value until the outcome is dropped.
    pub(crate) fn hold(&self) -> Held<'_, V> {
        Held {
            value: self.0.take(),
            slot: self,
        }
    }
}

/// The value of a slot, where no one else holds it.
pub(crate) struct Held<'s, V> {
    value: Option<V>,
    slot: &'s Slot<V>,
}

impl<V> Held<'_, V> {
    pub(crate) fn value(&mut self) -> Option<&mut V> {
        self.value.as_mut()
    }

    /// The value, which does not go back.
    pub(crate) fn keep(mut self) -> Option<V> {
        self.value.take()
    }
}

impl<V> Drop for Held<'_, V> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.slot.0.set(Some(value));
        }
    }
}
