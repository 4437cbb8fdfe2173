//! Endings with JSON elements that come one by one.

use core::convert::Infallible;
use core::future::Future;

use replywire::Error;
use replywire::body::Elements;
use replywire::json::Dialect;

use super::Chain;
use crate::background::AfterReply;
use crate::begin::Begun;
use crate::json::JsonSender;
use crate::lent::Lent;
use crate::transport::Transport;
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
