//! A stream through memory that a host takes over, one frame after the other.

use alloc::vec::Vec;
use core::future::poll_fn;
use core::ops::Range;
use core::pin::pin;

use replywire::__private::{move_back, moved_stream, take_place};
use replywire::body::Stream;

use crate::begin::not_zero;
use crate::chunks::Chunks;
use crate::error::{ConnectionError, SendError};
use crate::feed::Feed;
use crate::io::ConnectionIo;
use crate::pump::{Ready, Terms, end, leave_now, wait};
use crate::transport::Transport;

/// Sends all chunks of a source, and the end. While the source waits, it has no frame.
pub(crate) async fn send<T: Transport, C: Chunks, F: Feed>(
    mut stream: Stream<'_>,
    source: &mut C,
    terms: &Terms<F>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<C::Error, T::Error>> {
    let mut frame = io.transport.frame();
    if moved_stream(&stream, &mut frame).is_none() {
        // The head is longer than that.
        leave_now(&mut stream, io).await?;
    }
    let mut moved = begin(&stream, &mut frame)?;
    let last = loop {
        if !moved.is_open() || terms.ends && io.transport.is_closing() {
            break Some(moved);
        }
        let mut next = pin!(source.next());
        let mut ready = Ready::Written;
        poll_fn(|cx| ready.write(next.as_mut().poll(cx), &mut moved)).await;
        let mut rest = match ready {
            Ready::Written => continue,
            Ready::End => break Some(moved),
            Ready::Failed(error) => return Err(error),
            Ready::Rest(rest) => rest,
            Ready::Nothing => {
                let place = cut(&mut stream, moved)?;
                leave(&mut frame, place, io).await?;
                frame = Vec::new();
                io.flush_written().await?;
                let Some(rest) = wait(next, terms, &mut stream, io).await? else {
                    break None;
                };
                frame = io.transport.frame();
                moved = begin(&stream, &mut frame)?;
                rest
            }
        };
        while !moved.write(&mut rest)? {
            let place = cut(&mut stream, moved)?;
            leave(&mut frame, place, io).await?;
            frame = io.transport.frame();
            moved = begin(&stream, &mut frame)?;
        }
    };
    if let Some(moved) = last {
        let place = cut(&mut stream, moved)?;
        leave(&mut frame, place, io).await?;
    }
    end(stream, source, io).await
}

/// The stream in a frame, with the bytes that it has yet to send.
fn begin<'f, R, W>(
    stream: &Stream<'_>,
    frame: &'f mut [u8],
) -> Result<Stream<'f>, SendError<R, W>> {
    let moved = moved_stream(stream, frame);
    moved.ok_or(ConnectionError::WriteZero.into())
}

/// Has the stream go on after a frame; the place in it of what has gathered.
fn cut<R, W>(
    stream: &mut Stream<'_>,
    mut moved: Stream<'_>,
) -> Result<Range<usize>, SendError<R, W>> {
    let place = take_place(&mut moved)?;
    match move_back(stream, &moved) {
        true => Ok(place),
        false => Err(ConnectionError::WriteZero.into()),
    }
}

/// Sends what a frame has at `place`.
async fn leave<R, T: Transport>(
    frame: &mut Vec<u8>,
    mut place: Range<usize>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<R, T::Error>> {
    let (transport, mut departs) = io.leaving();
    while !place.is_empty() {
        departs(transport);
        let written = transport.write_frame(frame, place.clone()).await;
        place.start += not_zero(written)?;
    }
    Ok(())
}
