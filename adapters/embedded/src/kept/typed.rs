use core::error::Error as StdError;

/// No error: the cause is all there is room for.
#[derive(Clone, Debug)]
pub(crate) struct Kept;

impl Kept {
    pub(crate) const fn nothing() -> Self {
        Self
    }

    pub(crate) fn of<E>(_: E) -> Self {
        Self
    }

    pub(crate) const fn error(&self) -> Option<&(dyn StdError + 'static)> {
        None
    }
}
