use core::future::Future;

use replywire::body::{Content, ContentTransfer, StreamError};

use crate::begin::in_steps;
use crate::error::SendError;
use crate::handler::Answered;
use crate::lent::Lent;
pub(crate) use crate::queue::{inform, send};
use crate::transport::Transport;
use crate::unanswered::Cause;

/// Sends a reply whose content has too little room after its head, in pieces.
#[inline(always)]
pub(crate) fn content<'c, T: Transport, C: Content>(
    lent: &'c Lent<'c, T>,
    steps: ContentTransfer<'c, C>,
) -> impl Future<Output = Result<Answered, SendError<Cause, T::Error>>> {
    in_steps(lent, steps, |error| Cause::Body(StreamError::Chunk(error)))
}
