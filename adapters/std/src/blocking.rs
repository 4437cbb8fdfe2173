use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use replywire_embedded::Unanswered;

use crate::Runtime;
use crate::places::PLACES;

/// Does work that may block, on a thread of the runtime `R` for such work.
///
/// It waits for its turn where too many are at work ([`set_blocking_limit`]); whatever it waits
/// for, it keeps no task from running. A panic of the work is one of whoever awaits it.
///
/// Dropping the future before the work has begun means that it is not done. Once begun, it comes to
/// its end.
///
/// # Errors
///
/// [`BlockingError`]
///
/// [`set_blocking_limit`]: crate::set_blocking_limit
pub fn blocking<R, T, E, F>(work: F) -> BlockingWork<T, E>
where
    R: Runtime,
    T: Send + 'static,
    E: Send + 'static,
    F: FnOnce() -> Result<T, E> + Send + 'static,
{
    BlockingWork(Box::pin(async {
        let place = PLACES.place().await;
        let wanted = Arc::new(());
        let asked = Arc::downgrade(&wanted);
        let job = move || {
            let _place = place;
            // Some runtimes begin what no one waits for any more.
            let is_wanted = asked.strong_count() > 0;
            Ok(is_wanted.then(work))
        };
        match R::blocking(job).await {
            Ok(Some(done)) => done.map_err(BlockingError::Work),
            Ok(None) => Err(BlockingError::Runtime(io::ErrorKind::Interrupted.into())),
            Err(error) => Err(BlockingError::Runtime(error)),
        }
    }))
}

/// Does work as [`blocking`] does, whose failure is one of the handler: in the closure `?` takes
/// every error, and a refusal of the request.
///
/// # Errors
///
/// That of the work; with the cause [`Handler`](replywire_embedded::Cause::Handler) where the
/// runtime has no thread for it.
pub fn try_blocking<R, T, F>(work: F) -> impl Future<Output = Result<T, Unanswered>> + Send
where
    R: Runtime,
    T: Send + 'static,
    F: FnOnce() -> Result<T, Unanswered> + Send + 'static,
{
    let work = blocking::<R, _, _, _>(work);
    async {
        work.await.map_err(|error| match error {
            BlockingError::Work(failure) => failure,
            BlockingError::Runtime(error) => Unanswered::from(error),
        })
    }
}

/// Work that may block, made by [`blocking`]: its result, once it is done.
#[must_use = "work is not done before it is awaited"]
pub struct BlockingWork<T, E>(Work<T, E>);

// The type has no bounds, which compilers cannot always prove of a handler's future.
type Work<T, E> = Pin<Box<dyn Future<Output = Result<T, BlockingError<E>>> + Send>>;

impl<T, E> fmt::Debug for BlockingWork<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingWork").finish_non_exhaustive()
    }
}

impl<T, E> Future for BlockingWork<T, E> {
    type Output = Result<T, BlockingError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

/// Work that may block and that has failed, or was not done.
#[non_exhaustive]
#[derive(Debug)]
pub enum BlockingError<E> {
    /// The runtime has no thread for it, or shuts down.
    Runtime(io::Error),
    /// The work has failed, or the source of a body.
    Work(E),
}

impl<E: fmt::Display> fmt::Display for BlockingError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(_) => f.write_str("no thread for work that may block"),
            Self::Work(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for BlockingError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Runtime(error) => Some(error),
            Self::Work(error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests;
