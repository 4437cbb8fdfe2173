//! A request's content that is read while the reply to it leaves.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use crate::error::ContentError;
use crate::io::ConnectionIo;
use crate::transport::{Phase, Transport};

/// Takes content of a request, whoever it is for, while the reply to it is sent.
#[doc(hidden)]
pub trait Feed {
    /// The memory that content is read into.
    type Room: AsMut<[u8]>;

    /// Waits until content is wanted. The task is woken, too, when it no longer is.
    fn poll_wanted(&self, cx: &mut Context<'_>) -> Poll<()>;

    /// Makes room for it.
    fn room(&self) -> Self::Room;

    /// Takes the first bytes of `room`, or the reason that there are none; zero bytes are the end.
    fn put<E: embedded_io_async::Error>(
        &self,
        room: Self::Room,
        read: Result<usize, ContentError<E>>,
    );
}

/// No one wants content.
impl Feed for () {
    type Room = [u8; 0];

    fn poll_wanted(&self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    fn room(&self) -> [u8; 0] {
        []
    }

    fn put<E: embedded_io_async::Error>(&self, _: [u8; 0], _: Result<usize, ContentError<E>>) {}
}

impl<T: Transport> ConnectionIo<'_, T> {
    /// Reads content that is wanted, as long as it is, unless `work` is done before there is any:
    /// then its outcome.
    pub(crate) async fn feed<F: Feed, W: Future>(
        &mut self,
        feed: &F,
        mut work: Pin<&mut W>,
    ) -> Option<W::Output> {
        let mut room = feed.room();
        let done = {
            let mut read = pin!(self.read::<true>(room.as_mut()));
            poll_fn(|cx| match work.as_mut().poll(cx) {
                Poll::Ready(done) => Poll::Ready(Err(done)),
                Poll::Pending => match read.as_mut().poll(cx) {
                    Poll::Pending if feed.poll_wanted(cx).is_pending() => Poll::Ready(Ok(None)),
                    read => read.map(|read| Ok(Some(read))),
                },
            })
            .await
        };
        self.transport.phase(Phase::Reply);
        match done {
            Ok(Some(read)) => {
                self.state.content_failed |= read.is_err();
                feed.put(room, read);
                None
            }
            Ok(None) => None,
            Err(done) => Some(done),
        }
    }
}
