use std::any::Any;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::iter;
use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use replywire::body::IntoChunk;
use replywire_embedded::{Chunks, Items};

use crate::places::{PLACES, Place};
use crate::reads::Reads;
use crate::{BlockingError, Runtime};

/// An iterator that may block as the chunks of a body, stepped on a thread of the runtime `R` for
/// such work: items of bytes, text, events, all that is [`IntoChunk`].
///
/// One job steps the iterator until the items hold 16 KiB, by
/// [`held`](IntoChunk::held) and 64 bytes more for each, and each item can
/// be sent as soon as it is there. The next job begins when all of these were taken. So that much
/// is the most that a slow reader has in memory, but for the last item, which may be of any length.
/// A job waits for its turn where too many are at work ([`set_blocking_limit`]).
///
/// Where the reply ends early, as it does when the peer has gone, a step that is under way comes to
/// its end on its thread; then the iterator is dropped there, and not stepped again. It is dropped
/// with the reply where no job is under way. A thread that never comes back from a step is one less
/// for all others, and may keep the runtime from shutting down.
///
/// The first error breaks the body off, and the connection with it. So does a panic of the
/// iterator, which is one of the handler.
///
/// ```
/// use std::io::{self, Read};
/// use replywire_std::replywire::{Response, Status};
/// use replywire_std::{Blocking, Runtime};
/// # use replywire_embedded::Transport;
/// # use replywire_std::{Answered, Responder, Unanswered};
///
/// // The adapter of a runtime has `Blocking` for it, without the parameter.
/// fn repeated<R: Runtime>(line: &'static str) -> Blocking<R, &'static str> {
///     Blocking::iter(std::iter::repeat_n(line, 1000))
/// }
///
/// fn tail<R: Runtime>(file: std::fs::File) -> Blocking<R, Vec<u8>, io::Error> {
///     Blocking::read(file.take(1 << 20))
/// }
/// # async fn handle<R: Runtime, T: Transport>(
/// #     responder: Responder<'_, T>,
/// # ) -> Result<Answered, Unanswered> {
///
/// let sent = responder.stream(
///     |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
///     repeated::<R>("again\n"),
/// );
/// Ok(sent.await?)
/// # }
/// ```
///
/// [`set_blocking_limit`]: crate::set_blocking_limit
pub struct Blocking<R, I, E = Infallible> {
    shared: Arc<Shared<I, E>>,
    /// Makes a job, which has this place or waits for one.
    begin: Box<dyn FnMut(Option<Place>) -> Job + Send>,
    /// The job under way; none before it is wanted.
    job: Option<Job>,
    /// There was no place for a job, and one is to be waited for.
    is_next: bool,
    runtime: PhantomData<fn() -> R>,
}

// What has an iterator's type is made at once: compilers cannot always prove of the future of a
// handler that a type in it lives as long as a thread may.
type Job = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

impl<R, I, E> fmt::Debug for Blocking<R, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}

impl<R: Runtime, I: IntoChunk + Send + 'static> Blocking<R, I> {
    /// The chunks of an iterator whose items cannot fail. That of a `std::sync::mpsc::Receiver` is
    /// one.
    pub fn iter(items: impl IntoIterator<Item = I, IntoIter: Send + 'static>) -> Self {
        Self::of(items.into_iter().map(Ok))
    }

    /// The chunks that a closure gives, one a call; `None` is the end.
    pub fn from_fn(next: impl FnMut() -> Option<I> + Send + 'static) -> Self {
        Self::of(iter::from_fn(next).map(Ok))
    }
}

impl<R: Runtime> Blocking<R, Vec<u8>, io::Error> {
    /// The bytes of a reader, by calls with a buffer of 8 KiB; one that was interrupted is made
    /// again.
    pub fn read(reader: impl Read + Send + 'static) -> Self {
        Self::of(Reads::new(reader))
    }
}

impl<R, I, E> Blocking<R, I, E>
where
    R: Runtime,
    I: IntoChunk + Send + 'static,
    E: Send + 'static,
{
    /// The chunks of an iterator of results.
    pub fn try_iter(
        items: impl IntoIterator<Item = Result<I, E>, IntoIter: Send + 'static>,
    ) -> Self {
        Self::of(items.into_iter())
    }

    fn of(items: impl Iterator<Item = Result<I, E>> + Send + 'static) -> Self {
        let shared = Arc::new(Shared::new());
        let (there, items) = (Arc::clone(&shared), Arc::new(Mutex::new(Some(items))));
        let begin = move |place| -> Job {
            let (shared, items) = (Arc::clone(&there), Arc::clone(&items));
            Box::pin(async {
                let place = match place {
                    Some(place) => place,
                    None => PLACES.place().await,
                };
                let job = move || {
                    let _place = place;
                    shared.step(&items);
                    Ok(())
                };
                R::blocking(job).await
            })
        };
        Self {
            shared,
            begin: Box::new(begin),
            job: None,
            is_next: false,
            runtime: PhantomData,
        }
    }
}

impl<R, I: IntoChunk, E> Blocking<R, I, E> {
    /// Waits for the next item, for a body that is written of items as they are, such as the
    /// elements of an array; `None` is the end.
    ///
    /// Nothing is lost when the future is dropped.
    ///
    /// # Errors
    ///
    /// [`BlockingError`] with the error of the iterator, after which there is nothing.
    ///
    /// ```
    /// # use replywire_embedded::Transport;
    /// # use replywire_std::{Answer, Blocking, Responder, Runtime};
    /// use replywire_std::replywire::json::Python;
    ///
    /// # async fn handle<R: Runtime, T: Transport>(responder: Responder<'_, T>) -> Answer {
    /// let mut rows = Blocking::<R, _>::iter(["one", "two"]);
    /// let mut array = responder.ok().array(Python).await?;
    /// while let Some(row) = rows.next_item().await? {
    ///     array.item(Python::by_hand(row)).await?;
    /// }
    /// array.end().await
    /// # }
    /// ```
    pub async fn next_item(&mut self) -> Result<Option<I>, BlockingError<E>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<I>, BlockingError<E>>> {
        loop {
            let mut state = self.shared.lock();
            if let Some(item) = state.ready.pop_front() {
                let item = item.map_err(BlockingError::Work);
                return Poll::Ready(item.map(Some));
            }
            match state.end.replace(End::Over) {
                None => state.end = None,
                Some(End::Over) => return Poll::Ready(Ok(None)),
                Some(End::Panic(panic)) => {
                    drop(state);
                    resume_unwind(panic)
                }
            }
            state.waker = Some(cx.waker().clone());
            drop(state);
            let job = match &mut self.job {
                Some(job) => job,
                none => {
                    let place = PLACES.place_now();
                    if place.is_none() && !mem::replace(&mut self.is_next, true) {
                        // What waits for the peer first would keep a place from others meanwhile.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    self.is_next = false;
                    none.insert((self.begin)(place))
                }
            };
            match job.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(done) => {
                    self.job = None;
                    if let Err(error) = done {
                        self.shared.lock().end = Some(End::Over);
                        return Poll::Ready(Err(BlockingError::Runtime(error)));
                    }
                }
            }
        }
    }
}

impl<R, I, E> Chunks for Blocking<R, I, E>
where
    I: IntoChunk,
    E: Error + Send + Sync + 'static,
{
    type Chunk<'c> = I::Chunk;
    type Error = BlockingError<E>;

    async fn next(&mut self) -> Result<Option<I::Chunk>, BlockingError<E>> {
        Ok(self.next_item().await?.map(IntoChunk::into_chunk))
    }
}

impl<R, I, E> Items for Blocking<R, I, E>
where
    I: IntoChunk,
    E: Error + Send + Sync + 'static,
{
    type Item = I;
    type Error = BlockingError<E>;

    async fn next_item(&mut self) -> Result<Option<I>, BlockingError<E>> {
        Self::next_item(self).await
    }
}

impl<R, I, E> Drop for Blocking<R, I, E> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_dropped = true;
        let left = (mem::take(&mut state.ready), state.end.take());
        drop(state);
        drop(left);
    }
}

/// The part of a source that its job and its reply have in common.
struct Shared<I, E>(Mutex<State<I, E>>);

struct State<I, E> {
    /// The items that are there, in order; an error is the last.
    ready: VecDeque<Result<I, E>>,
    /// The end, once there is one, behind the items.
    end: Option<End>,
    /// Woken when there is something.
    waker: Option<Waker>,
    /// No one takes items any more.
    is_dropped: bool,
}

enum End {
    /// Nothing follows.
    Over,
    Panic(Box<dyn Any + Send>),
}

impl<I, E> Shared<I, E> {
    const fn new() -> Self {
        Self(Mutex::new(State {
            ready: VecDeque::new(),
            end: None,
            waker: None,
            is_dropped: false,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State<I, E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of the next item, or of the end; false where nothing more is wanted.
    fn tell(&self, next: Result<Result<I, E>, End>) -> bool {
        let mut state = self.lock();
        let waker = state.waker.take();
        // What is not wanted is dropped without the lock.
        let (unwanted, is_wanted) = match next {
            next if state.is_dropped => (Some(next), false),
            Ok(item) => {
                state.ready.push_back(item);
                (None, true)
            }
            Err(end) => {
                state.end = Some(end);
                (None, false)
            }
        };
        drop(state);
        drop(unwanted);
        if let Some(waker) = waker {
            waker.wake();
        }
        is_wanted
    }
}

impl<I: IntoChunk, E> Shared<I, E> {
    /// Steps the iterator as far as it may be ahead; the job of a thread. It is put back for the
    /// next job, unless it has ended or no one takes its items any more.
    fn step<S: Iterator<Item = Result<I, E>>>(&self, place: &Mutex<Option<S>>) {
        let lock = || place.lock().unwrap_or_else(PoisonError::into_inner);
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            let items = lock().take();
            let Some(mut items) = items.filter(|_| !self.lock().is_dropped) else {
                return false;
            };
            let mut held = 0_usize;
            while held < AHEAD {
                let Some(item) = items.next() else {
                    return true;
                };
                let length = item.as_ref().map_or(0, IntoChunk::held);
                held = held.saturating_add(length).saturating_add(64);
                let is_last = item.is_err();
                let is_wanted = self.tell(Ok(item));
                if is_last || !is_wanted {
                    return is_last;
                }
            }
            *lock() = Some(items);
            false
        }));
        match stepped {
            Ok(false) => {}
            Ok(true) => drop(self.tell(Err(End::Over))),
            Err(panic) => drop(self.tell(Err(End::Panic(panic)))),
        }
    }
}

/// The number of bytes that the items of one job hold before it ends.
const AHEAD: usize = 16 << 10;

#[cfg(test)]
mod tests;
