use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use embedded_io_async::{ErrorType, Read};
use futures_io::{AsyncRead, AsyncWrite};

use crate::{Runtime, Streams};

/// A runtime whose streams are those of `futures-io`, such as smol's; it has its [`Streams`] from
/// here.
pub trait FuturesIo: Runtime {}

impl<R: FuturesIo, S: AsyncRead + AsyncWrite + Unpin> Streams<S> for R {
    fn poll_read(stream: &mut S, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(stream).poll_read(cx, buf)
    }

    fn poll_write(stream: &mut S, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        stream: &mut S,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(stream).poll_write_vectored(cx, parts)
    }

    /// True, as the streams of `futures-io` do not tell: one that cannot writes the first part.
    fn is_write_vectored(_: &S) -> bool {
        true
    }

    fn poll_flush(stream: &mut S, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(stream).poll_flush(cx)
    }

    fn poll_close(stream: &mut S, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(stream).poll_close(cx)
    }
}

/// A reader of `futures-io` as the source of a reply's body.
#[derive(Debug)]
pub struct FromFutures<R>(pub R);

impl<R> ErrorType for FromFutures<R> {
    type Error = io::Error;
}

impl<R: AsyncRead + Unpin> Read for FromFutures<R> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| Pin::new(&mut self.0).poll_read(cx, buf)).await
    }
}
