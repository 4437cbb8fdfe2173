use core::error::Error as StdError;

use replywire::Error;
use replywire::request::{DecodeError, ParseError, PathError, Refusal};

use crate::error::{ConnectionError, ContentError, SendError};
use crate::unanswered::{Cause, Unanswered};

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self::of_cause(Cause::Reply(error))
    }
}

impl From<Refusal> for Unanswered {
    fn from(refusal: Refusal) -> Self {
        Self::of_cause(Cause::Refused(refusal))
    }
}

impl From<DecodeError> for Unanswered {
    fn from(error: DecodeError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<PathError> for Unanswered {
    fn from(error: PathError) -> Self {
        Refusal::from(error).into()
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

impl<E: StdError + Send + Sync + 'static> From<ParseError<E>> for Unanswered {
    fn from(error: ParseError<E>) -> Self {
        Refusal::from(error).into()
    }
}
