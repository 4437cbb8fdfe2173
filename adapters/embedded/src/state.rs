//! The state that the loop of a connection and a responder share.

use core::ops::Range;

use replywire::request::Refusal;

#[derive(Debug)]
pub(crate) struct State {
    /// Replies in the reply buffer that have not left.
    pub(crate) pending: Range<usize>,
    /// The error reply to a request that was not answered.
    pub(crate) fault: Refusal,
    pub(crate) reply: ReplyState,
    /// The request's content could not be read, so the connection closes after the reply.
    pub(crate) content_failed: bool,
    /// The most bytes of content that are read and dropped.
    pub(crate) drain: u64,
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
    pub(crate) const fn new(drain: u64) -> Self {
        Self {
            pending: 0..0,
            fault: Refusal::HandlerFailed,
            reply: ReplyState::None,
            content_failed: false,
            drain,
        }
    }

    /// Begins with the next request.
    pub(crate) fn begin(&mut self) {
        self.content_failed = false;
        self.fault = Refusal::HandlerFailed;
        self.reply = ReplyState::None;
    }

    /// Has nothing more written, because of `error`.
    pub(crate) fn broken<E>(&mut self, error: E) -> E {
        self.reply = ReplyState::Broken;
        error
    }
}
