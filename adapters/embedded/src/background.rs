//! Work that goes on after a reply.

use core::future::Future;

use crate::{Answered, Cause, Unanswered};

/// Work that goes on after a reply, or none.
///
/// [`NoWork`] and [`Work`] are all there is.
pub trait AfterReply: sealed::Sealed {
    #[doc(hidden)]
    const IS_WORK: bool;

    #[doc(hidden)]
    fn after(
        self,
        sent: Result<Answered, Unanswered>,
    ) -> impl Future<Output = Result<Answered, Unanswered>>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::NoWork {}
    impl<F> Sealed for super::Work<F> {}
}

/// No work after a reply.
#[derive(Debug)]
pub struct NoWork;

/// A future that is work after a reply; [`Chain::background`](crate::Chain::background) makes it.
#[derive(Debug)]
pub struct Work<F> {
    pub(crate) work: F,
    pub(crate) always: bool,
}

impl AfterReply for NoWork {
    const IS_WORK: bool = false;

    async fn after(self, sent: Result<Answered, Unanswered>) -> Result<Answered, Unanswered> {
        sent
    }
}

impl<E, F> AfterReply for Work<F>
where
    E: core::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<(), E>>,
{
    const IS_WORK: bool = true;

    async fn after(self, sent: Result<Answered, Unanswered>) -> Result<Answered, Unanswered> {
        if sent.is_err() && !self.always {
            return sent;
        }
        match (self.work.await, sent) {
            (Err(error), Ok(_)) => Err(Unanswered::caused_by(Cause::Background, error)),
            (_, sent) => sent,
        }
    }
}
