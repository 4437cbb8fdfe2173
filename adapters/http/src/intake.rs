//! A request's content on its way from a responder to a body.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use replywire_embedded::{ContentError, Feed, Transport};
use replywire_std::Responder;

use crate::request_body::RequestBody;
use crate::trough::Trough;

/// The most bytes of a frame.
const MOST: u64 = 16 * 1024;

/// The reader's side of a [`RequestBody`]. Once it is dropped, nobody reads.
pub(crate) struct Intake {
    trough: Option<Arc<Trough>>,
    /// The bytes of a frame.
    room: usize,
}

impl Intake {
    /// Both sides of content of `len` bytes, if it is known how many.
    pub(crate) fn new(len: Option<u64>) -> (Self, RequestBody) {
        let trough = (len != Some(0)).then(Arc::<Trough>::default);
        let body = match &trough {
            Some(trough) => RequestBody::new(Arc::clone(trough), len),
            None => RequestBody::empty(),
        };
        let room = usize::try_from(len.unwrap_or(MOST).min(MOST)).unwrap_or_default();
        (Self { trough, room }, body)
    }

    /// Tells if somebody may still read the content.
    pub(crate) fn is_open(&self) -> bool {
        self.trough
            .as_ref()
            .is_some_and(|trough| Arc::strong_count(trough) > 1)
    }

    /// Has `work` come to its end, and reads content meanwhile where it is wanted.
    pub(crate) async fn during<W: Future, T: Transport>(
        &self,
        mut work: Pin<&mut W>,
        responder: &mut Responder<'_, T>,
    ) -> W::Output {
        loop {
            let mut reading = pin!(self.read(responder));
            let done = poll_fn(|cx| match work.as_mut().poll(cx) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending => reading.as_mut().poll(cx).map(|()| None),
            });
            if let Some(done) = done.await {
                return done;
            }
        }
    }

    /// Reads some content as soon as it is wanted, and as long as it is.
    async fn read<T: Transport>(&self, responder: &mut Responder<'_, T>) {
        poll_fn(|cx| self.poll_wanted(cx)).await;
        let mut room = self.room();
        let read = {
            let mut reading = pin!(responder.read(&mut room));
            poll_fn(|cx| match reading.as_mut().poll(cx) {
                Poll::Pending if self.poll_wanted(cx).is_pending() => Poll::Ready(None),
                read => read.map(Some),
            })
            .await
        };
        if let Some(read) = read {
            self.put(room, read);
        }
    }
}

impl Feed for Intake {
    type Room = BytesMut;

    fn poll_wanted(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.trough {
            Some(trough) => trough.poll_wanted(cx),
            None => Poll::Pending,
        }
    }

    fn room(&self) -> BytesMut {
        BytesMut::zeroed(self.room)
    }

    fn put<E: embedded_io_async::Error>(
        &self,
        mut room: BytesMut,
        read: Result<usize, ContentError<E>>,
    ) {
        let Some(trough) = &self.trough else {
            return;
        };
        trough.put(match read {
            // A body may keep what it is given for long.
            Ok(len) if len < room.len() / 2 => {
                Ok(Bytes::copy_from_slice(room.get(..len).unwrap_or_default()))
            }
            Ok(len) => {
                room.truncate(len);
                Ok(room.freeze())
            }
            Err(error) => Err(kind(&error).into()),
        });
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        if let Some(trough) = self
            .trough
            .take()
            .filter(|trough| Arc::strong_count(trough) > 1)
        {
            trough.put(Err(io::ErrorKind::ConnectionAborted.into()));
        }
    }
}

fn kind<E>(error: &ContentError<E>) -> io::ErrorKind {
    match error {
        ContentError::TimedOut => io::ErrorKind::TimedOut,
        ContentError::Truncated => io::ErrorKind::UnexpectedEof,
        ContentError::Connection(_) => io::ErrorKind::ConnectionAborted,
        _ => io::ErrorKind::InvalidData,
    }
}
