//! Endings with JSON elements that come one by one.

use core::convert::Infallible;
use core::future::Future;
#[cfg(feature = "serde")]
use core::future::poll_fn;
#[cfg(feature = "serde")]
use core::pin::pin;
#[cfg(feature = "serde")]
use core::task::Poll;

use replywire::Error;
use replywire::body::Elements;
use replywire::json::Dialect;
#[cfg(feature = "serde")]
use replywire::json::Python;

use super::Chain;
use crate::background::AfterReply;
use crate::begin::Begun;
#[cfg(feature = "serde")]
use crate::handler::Answered;
#[cfg(feature = "serde")]
use crate::items::Items;
use crate::json::JsonSender;
use crate::lent::Lent;
use crate::transport::Transport;
#[cfg(feature = "serde")]
use crate::unanswered::Cause;
use crate::unanswered::Unanswered;

impl<'c, T: Transport, W: AfterReply> Chain<'c, T, W> {
    /// Begins an array whose elements come one by one; see
    /// [`Response::array_stream`](replywire::Response::array_stream).
    ///
    /// The head leaves with the first elements. Dropping the sender, or a future of it, breaks the
    /// connection once something has left.
    ///
    /// ```
    /// use replywire::json::{Dialect, Python};
    /// use replywire_embedded::{Answered, Responder, Transport, Unanswered};
    ///
    /// async fn samples<T: Transport>(
    ///     responder: Responder<'_, T>,
    /// ) -> Result<Answered, Unanswered> {
    ///     let mut samples = responder.ok().array(Python).await?;
    ///     for sample in [20, 21, 21] {
    ///         samples.item(Python::by_hand(&sample)).await?;
    ///     }
    ///     samples.end().await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn array<D: Dialect>(
        self,
        dialect: D,
    ) -> impl Future<Output = Result<JsonSender<'c, T, D, W>, Unanswered>> {
        let (response, lent, work) = self.ending();
        begin(lent, work, response.array_stream(dialect))
    }

    /// Ends with an array of the values of a source, each written when it has come; of the reply to
    /// `HEAD` none is asked for. What has gathered leaves whenever the source has to wait.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// ```
    /// use replywire::body::JsonItem;
    /// use replywire_embedded::{Answer, Responder, Transport, chunks_from_fn};
    ///
    /// async fn samples<T: Transport>(responder: Responder<'_, T>) -> Answer {
    ///     let mut left = [20, 21, 21].into_iter();
    ///     // Await a sensor in it.
    ///     let samples = chunks_from_fn(async move || left.next().map(JsonItem));
    ///     responder.ok().json_array(samples).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Cause::Source`] with the error of the source;
    /// [`Cause::Json`] for a value that JSON cannot express.
    #[cfg(feature = "serde")]
    pub async fn json_array<S>(self, mut items: S) -> Result<Answered, Unanswered>
    where
        S: Items<Item: serde_core::Serialize>,
    {
        let mut array = self.array(Python).await?;
        while array.is_wanted() {
            let next = {
                let mut waiting = pin!(items.next_item());
                match poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx))).await {
                    Poll::Ready(next) => next,
                    Poll::Pending => {
                        array.flush().await?;
                        waiting.await
                    }
                }
            };
            let next = next.map_err(|error| Unanswered::caused_by(Cause::Source, error));
            match next? {
                Some(item) => array.item(Python::of(&item)).await?,
                None => break,
            }
        }
        array.end().await
    }

    /// Begins an object whose members come one by one, as [`array`](Self::array) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn object<D: Dialect>(
        self,
        dialect: D,
    ) -> impl Future<Output = Result<JsonSender<'c, T, D, W>, Unanswered>> {
        let (response, lent, work) = self.ending();
        begin(lent, work, response.object_stream(dialect))
    }
}

async fn begin<'c, T: Transport, W: AfterReply, D: Dialect>(
    lent: &'c Lent<'c, T>,
    work: W,
    written: Result<Elements<'c, D>, Error>,
) -> Result<JsonSender<'c, T, D, W>, Unanswered> {
    let error = match Begun::of::<_, Infallible>(lent, written).await {
        Ok((begun, elements)) => return Ok(JsonSender::new(begun, elements, work)),
        Err(error) => Unanswered::from(error),
    };
    // Nothing was answered, whatever the work comes to.
    let cause = error.cause();
    let _ = work.after(Err(cause.into())).await;
    Err(error)
}
