//! The body of a service's reply, as chunks of ours.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Buf;
use http::HeaderMap;
use http_body::Body;
use replywire::Error;
use replywire::body::{Chunk, Trailers};
use replywire_embedded::Transport;
use replywire_std::{Chunks, Responder};

use crate::intake::Intake;

/// The frames of a body, and the fields after them.
pub(crate) struct Outflow<'b, B: Body> {
    body: Pin<&'b mut B>,
    /// A frame that was there before the reply began.
    first: Option<B::Data>,
    is_ended: bool,
    /// It is a stream of events, which may end after any of them.
    pub(crate) is_of_events: bool,
    trailers: HeaderMap,
    lines: Vec<u8>,
}

impl<'b, B> Outflow<'b, B>
where
    B: Body<Error: Into<Box<dyn StdError + Send + Sync>>>,
{
    pub(crate) fn new(body: Pin<&'b mut B>) -> Self {
        Self {
            body,
            first: None,
            is_ended: false,
            is_of_events: false,
            trailers: HeaderMap::new(),
            lines: Vec::new(),
        }
    }

    /// Takes the first frame, if that is there already.
    pub(crate) async fn look(&mut self) -> Result<(), BodyFailed> {
        let first = {
            let mut data = pin!(self.data());
            poll_fn(|cx| Poll::Ready(data.as_mut().poll(cx))).await
        };
        if let Poll::Ready(first) = first {
            self.first = first?;
        }
        Ok(())
    }

    /// Waits for the first frame, for which content of the request may be read.
    pub(crate) async fn wait<T: Transport>(
        &mut self,
        intake: &Intake,
        responder: &mut Responder<'_, T>,
    ) -> Result<(), BodyFailed> {
        let first = {
            let data = pin!(self.data());
            intake.during(data, responder).await
        };
        self.first = first?;
        Ok(())
    }

    /// All bytes, where the first frame has them in one piece.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        let is_all = self.body.is_end_stream() || self.body.size_hint().exact() == Some(0);
        let first = self.first.as_ref().filter(|_| is_all)?;
        let bytes = first.chunk();
        (bytes.len() == first.remaining()).then_some(bytes)
    }

    /// The next data that is not empty.
    async fn data(&mut self) -> Result<Option<B::Data>, BodyFailed> {
        while !self.is_ended {
            let frame = poll_fn(|cx| self.body.as_mut().poll_frame(cx)).await;
            let frame = frame.transpose();
            let Some(frame) = frame.map_err(|error| BodyFailed(error.into()))? else {
                self.is_ended = true;
                break;
            };
            match frame.into_data() {
                Ok(data) if data.has_remaining() => return Ok(Some(data)),
                Ok(_) => {}
                Err(frame) => {
                    let trailers = frame.into_trailers();
                    self.trailers.extend(trailers.unwrap_or_default());
                }
            }
        }
        Ok(None)
    }
}

impl<B> Chunks for Outflow<'_, B>
where
    B: Body<Error: Into<Box<dyn StdError + Send + Sync>>>,
{
    type Chunk<'c> = Data<B::Data>;
    type Error = BodyFailed;

    async fn next(&mut self) -> Result<Option<Data<B::Data>>, BodyFailed> {
        match self.first.take() {
            Some(first) => Ok(Some(Data(first))),
            None => Ok(self.data().await?.map(Data)),
        }
    }

    fn ends_at_shutdown(&self) -> bool {
        self.is_of_events
    }

    fn trailers(&mut self) -> Trailers<'_> {
        let fields = self.trailers.iter();
        let len = fields.map(|(name, value)| name.as_str().len() + value.len() + 4);
        self.lines.resize(len.sum(), 0);
        Trailers::new(&mut self.lines).forward(&self.trailers)
    }
}

/// The data of a frame.
pub(crate) struct Data<D>(D);

impl<D: Buf> Chunk for Data<D> {
    const MIN_ROOM: usize = 1;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let len = self.0.remaining().min(room.len());
        self.0
            .copy_to_slice(room.get_mut(..len).unwrap_or_default());
        Ok(len)
    }

    fn is_done(&self) -> bool {
        !self.0.has_remaining()
    }
}

/// The error of a service's body.
#[derive(Debug)]
pub(crate) struct BodyFailed(Box<dyn StdError + Send + Sync>);

impl fmt::Display for BodyFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for BodyFailed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
