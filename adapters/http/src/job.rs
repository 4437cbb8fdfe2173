//! A request, as a worker takes it.

use std::net::SocketAddr;

use http::Extensions;
use replywire::request::{BodyDecoder, Exchange, HostedHead, Refused};

use crate::content::Pull;
use crate::head::LateFields;

/// The rest of a request besides its head, as a host tells it.
pub(crate) struct Told {
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) extensions: Extensions,
    pub(crate) version: http::Version,
    pub(crate) decoder: BodyDecoder,
    pub(crate) content: Option<Box<dyn Pull>>,
}

/// A request to answer.
pub(crate) struct Job {
    /// The head, which is written to `bytes`, or why it is refused.
    pub(crate) head: Result<HostedHead, Refused>,
    pub(crate) bytes: Vec<u8>,
    /// The fields of the head, where it was written without.
    pub(crate) fields: Option<LateFields>,
    pub(crate) told: Told,
}

impl Job {
    pub(crate) fn exchange(&self) -> Exchange<'static> {
        match &self.head {
            Ok(head) => *head.exchange(),
            Err(refused) => refused.exchange().hosted(),
        }
    }
}
