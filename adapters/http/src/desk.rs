//! The desk of a worker: a request, and the memory for its reply.

use std::net::SocketAddr;
use std::ops::Range;

use http::request::Parts;
use replywire::request::{BodyDecoder, Exchange, HostedHead, Refusal, Refused};
use replywire_std::__private::now;

use crate::content::Pull;
use crate::reply_head::{Fields, ReplyHead};
use crate::request_head::USUAL;

/// A desk goes to and fro between the worker and the host, of whom one has it at a time. A request
/// is put on it part by part, as each move of all would take time.
pub(crate) struct Desk {
    /// The head, or why it is refused.
    pub(crate) head: Result<HostedHead, Refused>,
    /// The exchange of the head, or of the page about one that is refused.
    pub(crate) exchange: Exchange<'static>,
    /// The parts of the head, where it was not written.
    pub(crate) parts: Option<Parts>,
    /// The target, where it is not the path.
    pub(crate) target: Option<String>,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) version: http::Version,
    pub(crate) decoder: BodyDecoder,
    pub(crate) content: Option<Box<dyn Pull>>,
    /// The head of the request, where it is written; else it may hold content.
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
    pub(crate) end: End,
}

/// The end of a reply.
pub(crate) enum End {
    /// It has broken off.
    Broken,
    /// It is whole: in this place of the buffer, or it has left where that is empty.
    Whole(Range<usize>),
}

impl Desk {
    pub(crate) fn new(reply_buffer: usize) -> Self {
        Self {
            head: Err(Refusal::HandlerFailed.into()),
            exchange: Exchange::GET,
            parts: None,
            target: None,
            peer: None,
            version: http::Version::HTTP_11,
            decoder: BodyDecoder::sized(0),
            content: None,
            request: vec![0; USUAL],
            reply: vec![0; reply_buffer],
            end: End::Broken,
        }
    }

    /// Begins with a request that has come now.
    pub(crate) fn begin(&mut self) {
        self.exchange = match (&mut self.head, now()) {
            (Ok(head), Some(now)) => {
                *head = head.at(now);
                *head.exchange()
            }
            (Ok(head), None) => *head.exchange(),
            (Err(refused), _) => refused.exchange().hosted(),
        };
        self.end = End::Broken;
    }

    /// The reply is whole in the buffer, and was not taken.
    pub(crate) fn is_whole_here(&self) -> bool {
        matches!(&self.end, End::Whole(place) if !place.is_empty())
    }

    /// The reply, where it is whole in the buffer. Its fields are put in the memory of those of the
    /// request.
    pub(crate) fn take_reply(&mut self, fields: &mut impl Fields) -> Option<ReplyHead> {
        let End::Whole(place) = &mut self.end else {
            return None;
        };
        let place = std::mem::take(place);
        if let Some(parts) = &mut self.parts {
            fields.reuse(&mut parts.headers);
        }
        ReplyHead::read(&self.exchange, self.reply.get(place)?, None, fields)
    }
}
