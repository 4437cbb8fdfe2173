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
        fault: Refusal::HandlerFailed,
        reply: ReplyState::None,
    };

    /// Begins with the next request.
    pub(crate) fn begin(&mut self) {
        self.fault = Refusal::HandlerFailed;
        self.reply = ReplyState::None;
    }

    /// Has nothing more written, because of `error`.
    pub(crate) fn broken<E>(&mut self, error: E) -> E {
        self.reply = ReplyState::Broken;
        error
    }
}
