use core::fmt;
use core::future::Future;

use crate::{Answered, Unanswered};

/// The fate of background work whose reply could not be sent whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AfterFailure {
    /// The work is done all the same.
    Run,
    /// The work is not done.
    Skip,
}

/// A reply that was not sent whole, or work after it that has failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BackgroundError<S, E> {
    /// The reply was not sent whole; [`AfterFailure`] decides whether the work still ran.
    Send(S),
    /// The reply was sent, and the work has failed.
    Work(E),
}

impl<S: fmt::Display, E: fmt::Display> fmt::Display for BackgroundError<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => error.fmt(f),
            Self::Work(error) => write!(f, "background work: {error}"),
        }
    }
}

impl<S, E> core::error::Error for BackgroundError<S, E>
where
    S: core::error::Error + 'static,
    E: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Send(error) => Some(error),
            Self::Work(error) => Some(error),
        }
    }
}

impl<S, E> From<BackgroundError<S, E>> for Unanswered {
    fn from(_: BackgroundError<S, E>) -> Self {
        Self::new()
    }
}

/// Does `work` when the reply is sent, and before the connection is used again.
///
/// The reply has to leave at once: take [`Responder::send_now`](crate::Responder::send_now) in
/// place of `send`; all other replies do. Several works are one future that awaits them in order;
/// with `?` the first failure stops the rest. The connection closes after a failure.
///
/// ```
/// # use core::convert::Infallible;
/// # use replywire::{Response, Status};
/// # use replywire_embedded::{
/// #     AfterFailure, Answered, Responder, Transport, Unanswered, background,
/// # };
/// # async fn send_mail() -> Result<(), Infallible> { Ok(()) }
/// # async fn write_log() -> Result<(), Infallible> { Ok(()) }
/// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
/// let sent = responder
///     .send_now(|exchange, buf| Response::to(exchange, buf, Status::ACCEPTED).text("queued"))
///     .await;
/// let work = async {
///     send_mail().await?;
///     write_log().await
/// };
/// Ok(background(sent, AfterFailure::Skip, work).await?)
/// # }
/// ```
///
/// # Errors
///
/// [`BackgroundError`]
pub async fn background<S, E>(
    sent: Result<Answered, S>,
    after_failure: AfterFailure,
    work: impl Future<Output = Result<(), E>>,
) -> Result<Answered, BackgroundError<S, E>> {
    match (sent, after_failure) {
        (Ok(sent), _) => match work.await {
            Ok(()) => Ok(sent),
            Err(error) => Err(BackgroundError::Work(error)),
        },
        (Err(error), AfterFailure::Skip) => Err(BackgroundError::Send(error)),
        (Err(error), AfterFailure::Run) => {
            let _ = work.await;
            Err(BackgroundError::Send(error))
        }
    }
}
