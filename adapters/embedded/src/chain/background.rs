//! Work that is done after a reply.

use super::Chain;
use crate::background::Work;

impl<'c, T> Chain<'c, T> {
    /// Has `work` done when the reply has left whole, and before the connection is used again.
    ///
    /// The reply leaves at once. Several works are one future that awaits them in order; with `?`
    /// the first failure stops the rest. The work is not done where the reply was not sent whole.
    /// After a failure of the work the connection closes, with
    /// [`Cause::Background`](crate::Cause::Background).
    ///
    /// ```
    /// # use core::convert::Infallible;
    /// # use replywire::Status;
    /// # use replywire_embedded::{Answer, Responder, Transport};
    /// # async fn send_mail() -> Result<(), Infallible> { Ok(()) }
    /// # async fn write_log() -> Result<(), Infallible> { Ok(()) }
    /// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Answer {
    /// let work = async {
    ///     send_mail().await?;
    ///     write_log().await
    /// };
    /// responder.status(Status::ACCEPTED).background(work).text("queued").await
    /// # }
    /// ```
    ///
    /// Work belongs to a reply that is not sent yet, so it cannot come before one:
    ///
    /// ```compile_fail,E0599
    /// # use core::convert::Infallible;
    /// # use replywire_embedded::{Answer, Responder, Transport};
    /// # async fn send_mail() -> Result<(), Infallible> { Ok(()) }
    /// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Answer {
    /// responder.background(send_mail()).ok().text("queued").await
    /// # }
    /// ```
    #[doc(alias("BackgroundTask", "BackgroundTasks"))]
    pub fn background<F>(self, work: F) -> Chain<'c, T, Work<F>> {
        self.with(work, false)
    }

    /// Has `work` done after the reply as [`background`](Self::background) does, and also where the
    /// reply was not sent whole. Of [elements](Self::array) it is done at their end alone: a sender
    /// that is dropped before drops it. Where no reply is sent, the error page waits for the work.
    pub fn background_always<F>(self, work: F) -> Chain<'c, T, Work<F>> {
        self.with(work, true)
    }

    fn with<F>(self, work: F, always: bool) -> Chain<'c, T, Work<F>> {
        let Self { response, lent, .. } = self;
        let work = Work { work, always };
        Chain {
            response,
            lent,
            work,
        }
    }
}
