//! The source of values that come one by one, as they are.

use core::future::Future;

use crate::from_fn::{FromFn, NextFn, NextItem};

/// A source that gives the values of a body one by one, to be written as the elements of an array;
/// see [`Chain::json_array`](crate::Chain::json_array).
///
/// [`FromFn`], an async closure, is one, and on operating systems an iterator that may block.
///
/// ```
/// use core::convert::Infallible;
/// use replywire_embedded::Items;
///
/// struct Samples {
///     left: u32,
/// }
///
/// impl Items for Samples {
///     type Item = u32;
///     type Error = Infallible;
///
///     async fn next_item(&mut self) -> Result<Option<u32>, Infallible> {
///         // Await a sensor here.
///         self.left = match self.left.checked_sub(1) {
///             None => return Ok(None),
///             Some(left) => left,
///         };
///         Ok(Some(self.left))
///     }
/// }
/// ```
pub trait Items {
    /// The type of the values.
    type Item;
    /// The reason that there is no next value.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Waits for the next value; `None` is the end.
    ///
    /// The future is dropped when the peer closes the connection meanwhile.
    fn next_item(&mut self) -> impl Future<Output = Result<Option<Self::Item>, Self::Error>>;
}

impl<F: NextFn> Items for FromFn<F> {
    type Item = <F::Outcome as NextItem>::Item;
    type Error = <F::Outcome as NextItem>::Error;

    async fn next_item(&mut self) -> Result<Option<Self::Item>, Self::Error> {
        self.0.call().await.into_result()
    }
}
