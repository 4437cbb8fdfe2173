//! The desk of a worker: a request, and the memory for its reply.

use std::net::SocketAddr;
use std::ops::Range;

use http::Extensions;
use replywire::request::{BodyDecoder, Exchange, HostedHead, Refused};
use replywire_std::__private::now;

use crate::content::Pull;
use crate::head::{Fields, Late, ReplyHead, USUAL};
use crate::memory::Memory;

/// A desk goes to and fro between the worker and the host, of whom one has it at a time.
pub(crate) struct Desk {
    pub(crate) job: Option<Job>,
    /// The head of the request, where it is written; else it may hold content.
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
    pub(crate) end: End,
    exchange: Exchange<'static>,
    memory: Memory,
}

/// A request to answer, as a host tells it.
pub(crate) struct Job {
    /// The head, or why it is refused.
    pub(crate) head: Result<HostedHead, Refused>,
    /// The head, where it was not written.
    pub(crate) late: Option<Late>,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) extensions: Extensions,
    pub(crate) version: http::Version,
    pub(crate) decoder: BodyDecoder,
    pub(crate) content: Option<Box<dyn Pull>>,
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
            job: None,
            request: vec![0; USUAL],
            reply: vec![0; reply_buffer],
            end: End::Broken,
            exchange: Exchange::GET,
            memory: Memory::default(),
        }
    }

    /// Begins with a request.
    #[inline]
    pub(crate) fn begin(&mut self, mut job: Job) {
        self.exchange = match &mut job.head {
            Ok(head) => {
                *head = now().map_or(*head, |now| head.at(now));
                *head.exchange()
            }
            Err(refused) => refused.exchange().hosted(),
        };
        self.end = End::Broken;
        self.job = Some(job);
    }

    pub(crate) const fn exchange(&self) -> &Exchange<'static> {
        &self.exchange
    }

    /// The reply, where it is whole in the buffer.
    pub(crate) fn take_reply(&mut self, fields: &mut impl Fields) -> Option<ReplyHead> {
        let End::Whole(place) = &mut self.end else {
            return None;
        };
        let bytes = self.reply.get(std::mem::take(place))?;
        ReplyHead::read(&self.exchange, bytes, None, &mut self.memory, fields)
    }
}
