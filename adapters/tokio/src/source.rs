use std::io;

use embedded_io_async::{ErrorType, Read};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Any tokio stream as the source of a reply's body.
#[derive(Debug)]
pub struct FromTokio<R>(pub R);

impl<R> ErrorType for FromTokio<R> {
    type Error = io::Error;
}

impl<R: AsyncRead + Unpin> Read for FromTokio<R> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).await
    }
}
