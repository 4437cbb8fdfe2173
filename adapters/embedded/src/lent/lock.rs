use spin::mutex::{SpinMutex, SpinMutexGuard};

/// A place for one value, which threads may use in turn. No one waits for the lock longer than a
/// pointer takes to be moved.
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

    /// Takes the value until the outcome is dropped. It stays where it is, locked.
    pub(crate) fn hold(&self) -> Held<'_, V> {
        Held(self.0.try_lock())
    }
}

/// The value of a slot, where no one else holds it.
pub(crate) struct Held<'s, V>(Option<SpinMutexGuard<'s, Option<V>>>);

impl<V> Held<'_, V> {
    pub(crate) fn value(&mut self) -> Option<&mut V> {
        self.0.as_mut()?.as_mut()
    }

    /// The value, which does not go back.
    pub(crate) fn keep(mut self) -> Option<V> {
        self.0.as_mut()?.take()
    }
}
