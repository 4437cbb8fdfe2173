//! The content of a request, pulled from the host.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http_body::Body;
use replywire::request::BodyDecoder;

/// The content of a request, whatever its type is.
pub(crate) trait Pull: Send {
    /// Reads some bytes into `buf`, which is not empty; zero is the end.
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>>;
}

/// The content that the host's body still has, and how its end is told; trailer fields are dropped.
pub(crate) fn content<B>(body: B) -> (BodyDecoder, Option<Box<dyn Pull>>)
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    if body.is_end_stream() {
        return (BodyDecoder::sized(0), None);
    }
    let decoder = match body.size_hint().exact() {
        Some(len) => BodyDecoder::sized(len),
        None => BodyDecoder::hosted(),
    };
    let frames = Frames {
        body: Box::pin(body),
        data: None,
    };
    (decoder, Some(Box::new(frames)))
}

struct Frames<B: Body> {
    body: Pin<Box<B>>,
    /// The rest of a frame.
    data: Option<B::Data>,
}

impl<B> Pull for Frames<B>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send,
{
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            if let Some(data) = self.data.as_mut().filter(|data| data.has_remaining()) {
                let len = data.remaining().min(buf.len());
                let room = buf.get_mut(..len).unwrap_or_default();
                data.copy_to_slice(room);
                return Poll::Ready(Ok(len));
            }
            let frame = match ready!(self.body.as_mut().poll_frame(cx)) {
                Some(frame) => frame.map_err(io::Error::other)?,
                None => return Poll::Ready(Ok(0)),
            };
            self.data = frame.into_data().ok();
        }
    }
}
