//! JSON that is written while it leaves: documents, and elements that come one by one.

use core::convert::Infallible;
use core::fmt;

use replywire::Error;
use replywire::body::{Elements, JsonTransfer};
use replywire::json::{Dialect, Document};
use replywire::request::Exchange;

use crate::background::{AfterReply, NoWork};
use crate::begin::Begun;
use crate::error::SendError;
use crate::handler::Answered;
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

impl<'c, T: Transport> Responder<'c, T> {
    /// Sends a reply whose body is a JSON document that is written while it leaves, by way of the
    /// transfer that `write` makes: of any length, through the connection's buffer. `write` may run
    /// more than once, and writes the same each time.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, which is also the error of the value as far
    /// as it was written there, or of [`JsonTransfer::check`]; [`SendError::Json`] with the error
    /// of the rest; the others when the connection fails.
    pub async fn document<F, V>(self, write: F) -> Result<Answered, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<JsonTransfer<'b, V>, Error>,
        V: Document,
    {
        let (begun, mut transfer) = self.begin(write).await?;
        begun.send(&mut transfer, SendError::Json).await?;
        begun.finish().await
    }

    /// Begins a reply whose body is an array or an object of elements that come one by one, which
    /// `write` makes. It may run more than once, and writes the same each time.
    ///
    /// The head leaves with the first elements. Dropping the sender, or a future of it, breaks the
    /// connection once something has left.
    ///
    /// ```
    /// use replywire::json::Python;
    /// use replywire::{Response, Status};
    /// use replywire_embedded::{Answered, Responder, Transport, Unanswered};
    ///
    /// async fn samples<T: Transport>(
    ///     responder: Responder<'_, T>,
    /// ) -> Result<Answered, Unanswered> {
    ///     let mut samples = responder
    ///         .elements(|exchange, buf| {
    ///             Response::to(exchange, buf, Status::OK).array_stream(Python)
    ///         })
    ///         .await?;
    ///     for sample in [20, 21, 21] {
    ///         samples.item(Python::by_hand(&sample)).await?;
    ///     }
    ///     samples.end().await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub async fn elements<F, D>(
        self,
        write: F,
    ) -> Result<JsonSender<'c, T, D>, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Elements<'b, D>, Error>,
        D: Dialect,
    {
        let (begun, elements) = self.begin(write).await?;
        Ok(JsonSender::new(begun, elements, NoWork))
    }
}

/// Sends the elements of an array or an object one by one; [`Chain::array`](crate::Chain::array)
/// and [`Chain::object`](crate::Chain::object) make it.
///
/// Elements gather in the connection's buffer and leave when it is full, by
/// [`flush`](Self::flush), or at the [`end`](Self::end).
#[must_use = "elements are sent one by one, and ended"]
pub struct JsonSender<'c, T: Transport, D, W = NoWork> {
    begun: Begun<'c, T>,
    elements: Elements<'c, D>,
    work: W,
}

impl<T: Transport, D, W> fmt::Debug for JsonSender<'_, T, D, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSender")
            .field("elements", &self.elements)
            .finish_non_exhaustive()
    }
}

impl<'c, T: Transport, D: Dialect, W: AfterReply> JsonSender<'c, T, D, W> {
    pub(crate) const fn new(begun: Begun<'c, T>, elements: Elements<'c, D>, work: W) -> Self {
        Self {
            begun,
            elements,
            work,
        }
    }

    /// Tells if elements are sent at all: not in the reply to `HEAD`, for which none need be made.
    pub const fn is_wanted(&self) -> bool {
        self.elements.is_wanted()
    }

    /// Adds an element to an array.
    ///
    /// # Errors
    ///
    /// [`SendError::Json`] with the error of the value, or the connection's, after which the
    /// connection is closed; with [`JsonError::Element`] in an object, after which it goes on.
    ///
    /// [`JsonError::Element`]: replywire::json::JsonError::Element
    pub async fn item<V>(&mut self, value: V) -> Result<(), SendError<Infallible, T::Error>>
    where
        V: Document<Dialect = D>,
    {
        let mut piece = self.elements.item(value).map_err(SendError::Json)?;
        self.begun.send(&mut piece, SendError::Json).await
    }

    /// Adds a member to an object.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), but [`JsonError::Element`] in an array.
    ///
    /// [`JsonError::Element`]: replywire::json::JsonError::Element
    pub async fn member<V>(
        &mut self,
        name: &str,
        value: V,
    ) -> Result<(), SendError<Infallible, T::Error>>
    where
        V: Document<Dialect = D>,
    {
        let mut piece = self.elements.member(name, value).map_err(SendError::Json)?;
        self.begun.send(&mut piece, SendError::Json).await
    }

    /// Sends what has gathered, for a client that waits for it.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item).
    pub async fn flush(&mut self) -> Result<(), SendError<Infallible, T::Error>> {
        let mut piece = self.elements.flush().map_err(SendError::Json)?;
        self.begun.send(&mut piece, SendError::Json).await?;
        self.begun.flush().await
    }

    /// Ends the array or object, and the reply.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), as the [`Cause`](crate::Cause) of [`Unanswered`].
    pub async fn end(self) -> Result<Answered, Unanswered> {
        let Self {
            begun,
            mut elements,
            work,
        } = self;
        let ending = async {
            let mut piece = elements.end().map_err(SendError::<Infallible, _>::Json)?;
            begun.send(&mut piece, SendError::Json).await?;
            begun.finish().await
        };
        let sent = ending.await;
        work.after(sent.map_err(Unanswered::from)).await
    }
}
