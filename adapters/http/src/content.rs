//! The content of a request, pulled from the host.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http_body::Body;
use http_body_util::LengthLimitError;
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
        left: Left::Body(Box::pin(body)),
        data: None,
    };
    (decoder, Some(Box::new(frames)))
}

struct Frames<B: Body> {
    left: Left<B>,
    /// The rest of a frame.
    data: Option<B::Data>,
}

enum Left<B> {
    Body(Pin<Box<B>>),
    Ended,
    /// The body has failed, and is asked no more: what comes after that could be taken for its end.
    Failed(io::ErrorKind),
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
            let body = match &mut self.left {
                Left::Body(body) => body,
                Left::Ended => return Poll::Ready(Ok(0)),
                Left::Failed(kind) => return Poll::Ready(Err((*kind).into())),
            };
            match ready!(body.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => self.data = frame.into_data().ok(),
                Some(Err(error)) => {
                    let error = failure(error.into());
                    self.left = Left::Failed(error.kind());
                    return Poll::Ready(Err(error));
                }
                None => self.left = Left::Ended,
            }
        }
    }
}

/// An error of the host's body, of the kind that it or a source of it has. One of a limit has that
/// of memory, which is how the responder knows of it.
fn failure(error: Box<dyn Error + Send + Sync>) -> io::Error {
    let mut next: Option<&(dyn Error + 'static)> = Some(&*error);
    let mut kind = io::ErrorKind::Other;
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            kind = error.kind();
            break;
        }
        if error.is::<LengthLimitError>() {
            kind = io::ErrorKind::OutOfMemory;
            break;
        }
        next = error.source();
    }
    io::Error::new(kind, error)
}
