use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// A stream whose items cannot fail, in the place of one whose items can.
#[derive(Clone, Debug)]
pub struct Unfailing<S>(pub S);

impl<S: Stream + Unpin> Stream for Unfailing<S> {
    type Item = Result<S::Item, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(cx).map(|next| next.map(Ok))
    }
}
