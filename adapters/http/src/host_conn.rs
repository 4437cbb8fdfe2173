use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::marker::PhantomData;
use std::mem;
use std::net::SocketAddr;
use std::ops::Range;
#[cfg(unix)]
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use http::Extensions;
use replywire::HttpDate;
use replywire::request::Exchange;
use replywire_embedded::{Idle, Transport};
use replywire_files::FileTransport;
use replywire_std::__private::now;
use replywire_std::{Runtime, Timer};

use crate::content::Pull;
use crate::frame;
use crate::passage::Passage;

/// The way to a host, such as hyper, as the transport of one request's reply.
///
/// It knows what the host has told of the request besides its head. Time limits are the host's: a
/// body is asked for when the client takes it, and dropped where the client has gone.
pub struct HostConn<R> {
    pub(crate) passage: Arc<Passage>,
    pub(crate) exchange: Exchange<'static>,
    /// Something has gone through the passage.
    pub(crate) has_written: bool,
    pub(crate) content: Option<Box<dyn Pull>>,
    pub(crate) extensions: Extensions,
    pub(crate) version: http::Version,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) runtime: PhantomData<fn() -> R>,
}

impl<R> HostConn<R> {
    /// The extensions of the request, in which hosts and layers keep what they know of it.
    ///
    /// ```
    /// use replywire_http::{Answer, Request, Responder};
    /// use replywire_tokio::Tokio;
    ///
    /// #[derive(Clone)]
    /// struct User(String);
    ///
    /// async fn who(_: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
    ///     let user = responder.connection(|host| host.extensions().get::<User>().cloned())?;
    ///     match user {
    ///         Some(User(name)) => responder.ok().text(&*name).await,
    ///         None => responder.ok().text("nobody").await,
    ///     }
    /// }
    /// ```
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The version in which the host has read the request.
    pub const fn version(&self) -> http::Version {
        self.version
    }
}

impl<R> fmt::Debug for HostConn<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostConn")
            .field("version", &self.version)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

impl<R> ErrorType for HostConn<R> {
    type Error = io::Error;
}

impl<R> Read for HostConn<R> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.content {
            Some(content) if !buf.is_empty() => poll_fn(|cx| content.poll_read(cx, buf)).await,
            _ => Ok(0),
        }
    }
}

impl<R> Write for HostConn<R> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.has_written = true;
        let (passage, exchange) = (&self.passage, &self.exchange);
        poll_fn(|cx| passage.poll_write(cx, exchange, bytes)).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        // The host takes each frame as soon as the handler waits.
        Ok(())
    }
}

impl<R: Runtime> Transport for HostConn<R> {
    const OBSERVES: bool = true;
    const FRAME: usize = frame::LEN;

    fn frame(&mut self) -> Vec<u8> {
        frame::memory()
    }

    async fn write_frame(&mut self, frame: &mut Vec<u8>, place: Range<usize>) -> io::Result<usize> {
        self.has_written = true;
        let bytes = frame::bytes(mem::take(frame), place);
        let (passage, exchange) = (&self.passage, &self.exchange);
        poll_fn(|cx| passage.poll_share(cx, exchange, &bytes)).await
    }

    async fn idle(&mut self, _: &mut [u8], length: Option<Duration>) -> Idle {
        match length.and_then(R::Timer::after).map(R::Timer::at) {
            Some(mut timer) => poll_fn(|cx| timer.poll(cx)).await,
            None => pending().await,
        }
        Idle::Over
    }

    fn under_way(&mut self, is_under_way: bool) {
        self.passage.under_way(is_under_way);
    }

    fn trailers(&mut self, lines: &[u8]) {
        self.passage.put_trailers(lines);
    }

    fn now(&self) -> Option<HttpDate> {
        now()
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }
}

impl<R: Runtime> FileTransport for HostConn<R> {
    fn blocking<T, F>(work: F) -> impl Future<Output = io::Result<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        R::blocking(work)
    }

    #[cfg(unix)]
    async fn kernel(
        &mut self,
        _: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> Option<io::Result<usize>> {
        None
    }
}
