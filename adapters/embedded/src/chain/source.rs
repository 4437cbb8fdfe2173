//! Endings with a body that comes from a source while it is sent.

use core::future::Future;

use embedded_io_async::Read;
use replywire::body::Transfer;
use replywire::file::File;
use replywire::{Error, Response};

use super::{Chain, finish};
use crate::Request;
use crate::background::AfterReply;
use crate::begin::Begun;
use crate::chunks::Chunks;
use crate::feed::Feed;
use crate::file::{FileSource, begin_file};
use crate::handler::Answered;
use crate::stream::send_chunks;
use crate::transfer::send_read;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

impl<'c, T: Transport, W: AfterReply> Chain<'c, T, W> {
    /// Ends with a body of unknown length whose chunks come one by one; see [`Response::stream`].
    ///
    /// Chunks that are there together leave together; as soon as the source has to wait, what is
    /// there leaves. When the peer closes the connection during a wait, the source is stopped, if
    /// the transport can tell. Events end in order when the server shuts down, unless the source
    /// says otherwise ([`Chunks::ends_at_shutdown`]).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Cause::Source`](crate::Cause::Source) and
    /// [`Cause::Body`](crate::Cause::Body) by what went wrong;
    /// [`Cause::Closed`](crate::Cause::Closed) when the peer has gone.
    pub fn stream<C: Chunks>(
        self,
        source: C,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.chunks(Response::stream, source)
    }

    /// [`stream`](Self::stream)s server-sent events; see [`Response::events`].
    ///
    /// An [`Event`](replywire::body::Event) borrows its texts, so a source that makes them keeps
    /// them, as this one does. A client that comes back tells the last id that it has seen:
    ///
    /// ```
    /// use core::convert::Infallible;
    /// use replywire::body::Event;
    /// use replywire_embedded::{Answer, Chunks, KeepAlive, Request, Responder, Transport};
    ///
    /// struct Counts {
    ///     last: u64,
    ///     id: String,
    /// }
    ///
    /// impl Chunks for Counts {
    ///     type Chunk<'c> = Event<'c>;
    ///     type Error = Infallible;
    ///
    ///     async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
    ///         // Await a timer or a channel here.
    ///         self.last += 1;
    ///         self.id = self.last.to_string();
    ///         Ok(Some(Event::new().id(&self.id).data("tick")))
    ///     }
    /// }
    ///
    /// async fn counts<T: Transport>(
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let last = request.header("last-event-id");
    ///     let last = last.and_then(|id| str::from_utf8(id).ok()?.parse().ok()).unwrap_or(0);
    ///     let counts = Counts { last, id: String::new() };
    ///     responder.ok().events(counts.kept_alive(KeepAlive::PING)).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn events<C: Chunks>(
        self,
        source: C,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.chunks(Response::events, source)
    }

    /// [`stream`](Self::stream)s JSON Lines; see [`Response::json_lines`]. Values of `serde` are
    /// lines by `JsonItem`:
    ///
    /// ```
    /// # #[cfg(feature = "serde")]
    /// use replywire::body::JsonItem;
    /// use replywire_embedded::{Answer, Responder, Transport, chunks_from_fn};
    ///
    /// # #[cfg(feature = "serde")]
    /// async fn rows<T: Transport>(responder: Responder<'_, T>) -> Answer {
    ///     let mut rows = [("a", 1), ("b", 2)].into_iter();
    ///     // Await a database in it.
    ///     let rows = chunks_from_fn(async move || rows.next().map(JsonItem));
    ///     responder.ok().json_lines(rows).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    #[doc(alias("jsonl", "ndjson"))]
    pub fn json_lines<C: Chunks>(
        self,
        source: C,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.chunks(Response::json_lines, source)
    }

    /// [`stream`](Self::stream)s chunks that have `len` bytes together, no fewer and no more; see
    /// [`Response::sized_exactly`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn stream_sized<C: Chunks>(
        self,
        len: u64,
        source: C,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.chunks(move |response| response.sized_exactly(len), source)
    }

    /// [`stream`](Self::stream)s chunks, of `len` bytes together where that is known, for which
    /// content of the request is read: what has not been read before, if the responder was asked
    /// for the way to a further reply.
    #[doc(hidden)]
    pub fn stream_fed<C: Chunks, F: Feed>(
        self,
        len: Option<u64>,
        source: C,
        feed: F,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        let (response, lent, work) = self.ending();
        let transfer = match len {
            Some(len) => response.sized_exactly(len),
            None => response.stream(),
        };
        finish(work, send_chunks(Begun::of(lent, transfer), source, feed))
    }

    /// Ends with a body of unknown length that is read from `source`; see [`Response::stream`].
    ///
    /// When the peer closes the connection while the source is read, that is given up, if the
    /// transport can tell.
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream).
    pub fn transfer<R: Read<Error: Send + Sync + 'static>>(
        self,
        source: R,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.read(Response::stream, source)
    }

    /// Ends with a body of `len` bytes that is read from `source`, of which more is not read; see
    /// [`Response::sized`] and [`transfer`](Self::transfer).
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream).
    pub fn sized<R: Read<Error: Send + Sync + 'static>>(
        self,
        len: u64,
        source: R,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.read(move |response| response.sized(len), source)
    }

    /// [`sized`](Self::sized), but a longer source breaks the reply off too; see
    /// [`Response::sized_exactly`].
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream).
    pub fn sized_exactly<R: Read<Error: Send + Sync + 'static>>(
        self,
        len: u64,
        source: R,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.read(move |response| response.sized_exactly(len), source)
    }

    /// Ends with a file, or what the request is to be sent of it: ranges, or only that it has not
    /// changed. See [`Response::plan`] and [`Response::file`] for the lines of this reply that
    /// count in place of the file's.
    ///
    /// ```
    /// # use replywire::HeaderName;
    /// # use replywire::file::File;
    /// # use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
    /// const PAGE: &[u8] = b"<h1>hello</h1>";
    /// static FILE: File<'static, 4> = File::of(PAGE).media_type("text/html").ranges();
    ///
    /// # async fn handle<T: Transport>(
    /// #     request: &Request<'_>,
    /// #     responder: Responder<'_, T>,
    /// # ) -> Result<Answered, Unanswered> {
    /// let reply = responder.ok().header(HeaderName::CACHE_CONTROL, "max-age=60");
    /// reply.file(request, FILE, PAGE).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream).
    pub async fn file<S: FileSource<T>, const RANGES: usize>(
        self,
        request: &Request<'_>,
        file: File<'_, RANGES>,
        source: S,
    ) -> Result<Answered, Unanswered> {
        let (mut response, lent, work) = self.ending();
        let plan = response.plan(&file, request.headers());
        let beginning = Begun::of(lent, response.file(&plan));
        finish(work, begin_file(beginning, source)).await
    }

    fn chunks<C: Chunks>(
        self,
        end: impl FnOnce(Response<'c>) -> Result<Transfer<'c>, Error>,
        source: C,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        let (response, lent, work) = self.ending();
        finish(
            work,
            send_chunks(Begun::of(lent, end(response)), source, ()),
        )
    }

    fn read<R: Read<Error: Send + Sync + 'static>>(
        self,
        end: impl FnOnce(Response<'c>) -> Result<Transfer<'c>, Error>,
        source: R,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        let (response, lent, work) = self.ending();
        finish(work, send_read(Begun::of(lent, end(response)), source))
    }
}
