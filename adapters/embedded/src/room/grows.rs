use alloc::boxed::Box;
use core::future::{Future, poll_fn};
use core::pin::pin;

use replywire::__private::{move_back, moved_stream, stream_buffer_len};
use replywire::body::Stream;

use crate::chunks::Chunks;
use crate::error::{ConnectionError, SendError};
use crate::feed::Feed;
use crate::io::ConnectionIo;
use crate::pump::{Pace, Pumped, Ready, Terms, end, leave_now, pump, put, wait};
#[cfg(feature = "hosted")]
use crate::room::frames;
use crate::transport::Transport;

/// The room of a busy stream. It leaves as one packet over the loopback device, which carries just
/// less than 64 KiB; as much as 64 KiB takes two.
const ROOM: usize = 60 * 1024;
/// A stream is busy once its buffer was filled so often while neither side waited.
const BUSY: u8 = 2;

/// Sends all chunks of a source, and the end.
pub(crate) async fn send<T: Transport, C: Chunks, F: Feed>(
    mut stream: Stream<'_>,
    source: &mut C,
    feed: F,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<C::Error, T::Error>> {
    let terms = &Terms::of(source, feed);
    #[cfg(feature = "hosted")]
    if T::FRAME > 0 {
        return frames::send(stream, source, terms, io).await;
    }
    let mut pace = match stream_buffer_len(&stream) < ROOM {
        true => Filled::Times(0),
        false => Filled::Ever,
    };
    loop {
        if let Pumped::Ended = pump(&mut stream, source, io, terms, &mut pace).await? {
            return end(stream, source, io).await;
        }
        pace = match io.transport.memory(ROOM) {
            Some(memory) => match roomy(memory, &mut stream, source, io, terms).await? {
                After::Ended => return Ok(()),
                After::SourceEnded => return end(stream, source, io).await,
                After::Quiet => Filled::Times(0),
            },
            // It is not asked for again.
            None => Filled::Ever,
        };
    }
}

/// The outcome of a stream that had more room.
enum After {
    /// It has ended.
    Ended,
    /// Its source has ended, and the stream has to.
    SourceEnded,
    /// It goes on through its own buffer.
    Quiet,
}

/// Sends chunks through memory of their own, until the source has to wait; the memory is given back
/// before that.
async fn roomy<T: Transport, C: Chunks, F: Feed>(
    mut memory: Box<dyn AsMut<[u8]> + Send>,
    stream: &mut Stream<'_>,
    source: &mut C,
    io: &mut ConnectionIo<'_, T>,
    terms: &Terms<F>,
) -> Result<After, SendError<C::Error, T::Error>> {
    let Some(mut moved) = moved_stream(stream, (*memory).as_mut()) else {
        return Ok(After::Quiet);
    };
    while moved.is_open() && !(terms.ends && io.transport.is_closing()) {
        let mut next = pin!(source.next());
        let mut ready = Ready::Written;
        poll_fn(|cx| ready.write(next.as_mut().poll(cx), &mut moved)).await;
        match ready {
            Ready::Written => {}
            Ready::End => break,
            Ready::Failed(error) => return Err(error),
            Ready::Rest(rest) => put(rest, &mut moved, io, &mut Filled::Ever).await?,
            Ready::Nothing => {
                leave_now(&mut moved, io).await?;
                if !move_back(stream, &moved) {
                    return Err(ConnectionError::WriteZero.into());
                }
                drop(memory);
                return match wait(next, terms, stream, io).await? {
                    Some(rest) => {
                        put(rest, stream, io, &mut Filled::Ever).await?;
                        Ok(After::Quiet)
                    }
                    None => Ok(After::SourceEnded),
                };
            }
        }
    }
    end(moved, source, io).await?;
    Ok(After::Ended)
}

/// The number of times that the buffer was filled while neither side waited.
enum Filled {
    Times(u8),
    /// It does not matter.
    Ever,
}

impl Pace for Filled {
    async fn leave<F: Future>(&mut self, sent: F) -> F::Output {
        let Self::Times(times) = self else {
            return sent.await;
        };
        let mut sent = pin!(sent);
        let mut has_waited = false;
        let sent = poll_fn(|cx| {
            let sent = sent.as_mut().poll(cx);
            has_waited |= sent.is_pending();
            sent
        });
        let sent = sent.await;
        *times = match has_waited {
            true => 0,
            false => times.saturating_add(1),
        };
        sent
    }

    fn waits(&mut self) {
        if let Self::Times(times) = self {
            *times = 0;
        }
    }

    fn is_busy(&self) -> bool {
        matches!(self, Self::Times(BUSY..))
    }
}
