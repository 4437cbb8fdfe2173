use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use replywire::body::IntoChunk;
use replywire_embedded::{FromFuture, Handover, Outcome};

/// The chunks of a body that an async block sends, made by [`chunks`] and [`try_chunks`].
pub type Generated<I, F> = FromFuture<Arc<Handover<I>>, Box<F>>;

/// Sends the chunks of a body from within an async block.
pub type Sender<I> = replywire_embedded::Sender<Arc<Handover<I>>>;

/// Makes the chunks of a body of an async block, which sends them one by one: bytes, text, events,
/// all that is [`IntoChunk`]. The body ends with the block.
///
/// The block is polled within the reply, as no task of its own: it goes on when its last chunk was
/// taken and another is wanted, so it is never ahead of its peer by more than the buffer of the
/// reply. It is dropped with the reply, at an `await`, and so when the peer has gone.
///
/// ```
/// use replywire_std::chunks;
/// use replywire_std::replywire::{Response, Status};
/// # use embedded_io_async::{Read, Write};
/// # use replywire_embedded::Transport;
/// # use replywire_std::{Answered, Responder, Unanswered};
/// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
/// let countdown = chunks(|mut sender| async move {
///     for left in (1..=3).rev() {
///         // Await a timer or a channel here.
///         sender.send(format!("{left}\n")).await;
///     }
/// });
/// let sent = responder
///     .stream(|exchange, buf| Response::to(exchange, buf, Status::OK).stream(), countdown);
/// Ok(sent.await?)
/// # }
/// ```
pub fn chunks<I, F>(block: impl FnOnce(Sender<I>) -> F) -> Generated<I, F>
where
    I: IntoChunk,
    F: Future<Output = ()>,
{
    generated(block)
}

/// Makes the chunks of a body like [`chunks`], of an async block that may fail: its error breaks
/// the body off, and the connection with it.
///
/// ```
/// use std::io;
/// use replywire_std::{Generated, try_chunks};
///
/// # fn chunks() -> Generated<Vec<u8>, impl Future<Output = io::Result<()>>> {
/// try_chunks(|mut sender| async move {
///     sender.send(b"half".to_vec()).await;
///     Err(io::ErrorKind::UnexpectedEof.into())
/// })
/// # }
/// # chunks();
/// ```
pub fn try_chunks<I, E, F>(block: impl FnOnce(Sender<I>) -> F) -> Generated<I, F>
where
    I: IntoChunk,
    E: Error + Send + Sync + 'static,
    F: Future<Output = Result<(), E>>,
{
    generated(block)
}

fn generated<I, F>(block: impl FnOnce(Sender<I>) -> F) -> Generated<I, F>
where
    I: IntoChunk,
    F: Future<Output: Outcome>,
{
    let (sender, receiver) = Handover::share(Arc::new(Handover::new()));
    FromFuture::new(receiver, Box::pin(block(sender)))
}
