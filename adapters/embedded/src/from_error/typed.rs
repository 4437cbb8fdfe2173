use core::error::Error as StdError;

use replywire::Error;

use crate::error::{ConnectionError, ContentError, SendError};
use crate::unanswered::{Cause, Unanswered};

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self::of_cause(Cause::Reply(error))
    }
}

// The bounds are those of the other file, so that what compiles with one compiles with both.
impl<E: StdError + Send + Sync + 'static> From<ConnectionError<E>> for Unanswered {
    fn from(error: ConnectionError<E>) -> Self {
        Self::caused_by(Cause::Connection, error)
    }
}

impl<R, W> From<SendError<R, W>> for Unanswered
where
    R: StdError + Send + Sync + 'static,
    W: StdError + Send + Sync + 'static,
{
    fn from(error: SendError<R, W>) -> Self {
        Self::of_source(error)
    }
}

impl<E: StdError + Send + Sync + 'static> From<ContentError<E>> for Unanswered {
    fn from(error: ContentError<E>) -> Self {
        Self::caused_by(Cause::Content, error)
    }
}
