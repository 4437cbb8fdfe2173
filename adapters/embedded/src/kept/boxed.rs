use std::boxed::Box;
use std::error::Error as StdError;
use std::sync::Arc;

type Shared = Arc<dyn StdError + Send + Sync>;

/// An error, or none where the cause says all.
#[derive(Clone, Debug)]
pub(crate) struct Kept(pub(crate) Option<Shared>);

impl Kept {
    pub(crate) const fn nothing() -> Self {
        Self(None)
    }

    pub(crate) fn of<E: StdError + Send + Sync + 'static>(error: E) -> Self {
        Self(Some(Arc::new(error)))
    }

    pub(crate) fn of_boxed(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self(Some(error.into()))
    }

    pub(crate) fn error(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Some(error) => Some(&**error),
            None => None,
        }
    }
}
