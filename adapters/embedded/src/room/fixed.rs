use core::future::Future;

use replywire::body::Stream;

use crate::chunks::Chunks;
use crate::error::SendError;
use crate::feed::Feed;
use crate::io::ConnectionIo;
use crate::pump::{Pace, Terms, end, pump};
use crate::transport::Transport;

/// Sends all chunks of a source, and the end.
pub(crate) async fn send<T: Transport, C: Chunks, F: Feed>(
    mut stream: Stream<'_>,
    source: &mut C,
    feed: F,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<C::Error, T::Error>> {
    let terms = &Terms::of(source, feed);
    pump(&mut stream, source, io, terms, &mut Same).await?;
    end(stream, source, io).await
}

/// The pace at which nothing changes.
struct Same;

impl Pace for Same {
    fn leave<F: Future>(&mut self, sent: F) -> impl Future<Output = F::Output> {
        sent
    }
}
