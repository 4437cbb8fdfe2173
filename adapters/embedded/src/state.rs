//! The state of a connection that the loop and a responder share.

use core::ops::Range;

use replywire::request::{BodyDecoder, Method, Refusal, Refused, Request, RequestHead};

/// The room after a head that the chunked coding is read in, so that a client cannot choose to have
/// it read byte by byte.
pub(crate) const CONTENT_ROOM: usize = 64;

#[derive(Debug)]
pub(crate) struct State {
    /// Replies in the reply buffer that have not left.
    pub(crate) pending: Range<usize>,
    /// The content of the request at hand.
    pub(crate) content: BodyDecoder,
    /// The bytes that were read after the head at hand and not yet taken.
    pub(crate) rest: Range<usize>,
    pub(crate) expects_continue: bool,
    /// The error reply to a request that was not answered.
    pub(crate) fault: Refusal,
    pub(crate) reply: ReplyState,
}

/// The reply to the request at hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ReplyState {
    /// Nothing of it has left.
    None,
    /// Some of it has left, and no more of it will.
    Broken,
    /// It is whole: it has left, or waits in the reply buffer.
    Whole { closes: bool },
}

impl State {
    /// The state of a connection that has just begun.
    pub(crate) const NEW: Self = Self {
        pending: 0..0,
        content: BodyDecoder::sized(0),
        rest: 0..0,
        expects_continue: false,
        fault: Refusal::HandlerFailed,
        reply: ReplyState::None,
    };

    /// Begins with the request whose head this is; so many bytes were read after it, and so many have
    /// room there.
    pub(crate) fn begin<'h, const HEADERS: usize>(
        &mut self,
        head: &'h [u8],
        rest: usize,
        room: usize,
    ) -> Result<Request<'h>, Refused> {
        let RequestHead {
            request,
            content,
            expects_continue,
        } = RequestHead::parse::<HEADERS>(head)?;
        if content.is_chunked() && room < CONTENT_ROOM {
            return Err(Refused {
                reason: Refusal::FieldsTooLarge,
                is_head: request.exchange().method() == Method::Head,
            });
        }
        self.content = content;
        self.rest = 0..rest;
        self.expects_continue = expects_continue;
        self.fault = Refusal::HandlerFailed;
        self.reply = ReplyState::None;
        Ok(request)
    }

    /// Has nothing more written, because of `error`.
    pub(crate) fn broken<E>(&mut self, error: E) -> E {
        self.reply = ReplyState::Broken;
        error
    }
}
