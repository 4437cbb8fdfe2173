//! The state that the loop of a connection and a responder share.

use core::ops::Range;

use replywire::request::{Method, Refusal};

use crate::move_down::move_down;
use crate::unanswered::{Cause, Unanswered};

/// The most bytes of replies that wait while a chain writes a further one into the rest of the
/// reply buffer. So a reply has the same room whatever waits.
pub(crate) const fn waiting_room(output: &[u8]) -> usize {
    output.len() / 4
}

#[derive(Debug)]
pub(crate) struct State {
    /// Replies in the reply buffer that have not left.
    pub(crate) pending: Range<usize>,
    /// Bytes among them that are none, before a reply that a chain has written.
    pub(crate) gap: Range<usize>,
    /// Some of them were written since the transport was flushed.
    pub(crate) is_unflushed: bool,
    /// The error reply to a request that was not answered.
    pub(crate) fault: Refusal,
    pub(crate) reply: ReplyState,
    /// The request's content could not be read, so the connection closes after the reply.
    pub(crate) content_failed: bool,
    /// The most bytes of content that are read and dropped.
    pub(crate) drain: u64,
    /// A further reply may take the place of one that fails, so content that was read stays.
    pub(crate) may_answer_again: bool,
    /// The failure of the handler, where someone observes it.
    pub(crate) failure: Option<Unanswered>,
}

/// The reply to the request at hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ReplyState {
    /// Nothing of it has left.
    None,
    /// Some of it has left, and no more of it will.
    Broken,
    /// Nothing of it has left, or will, though the handler may go on.
    GivenUp,
    /// Some of it has left, and the rest may.
    UnderWay,
    /// It is whole: it has left, or waits in the reply buffer.
    Whole { closes: bool },
}

impl State {
    /// The state of a connection that has just begun.
    pub(crate) const fn new(drain: u64) -> Self {
        Self {
            pending: 0..0,
            gap: 0..0,
            is_unflushed: false,
            fault: Refusal::HandlerFailed,
            reply: ReplyState::None,
            content_failed: false,
            drain,
            may_answer_again: false,
            failure: None,
        }
    }

    /// Begins with the next request.
    pub(crate) fn begin(&mut self) {
        self.content_failed = false;
        self.fault = Refusal::HandlerFailed;
        self.reply = ReplyState::None;
        self.may_answer_again = false;
    }

    /// The failure of a request by this method, unless its page is an answer.
    pub(crate) fn failure_of(&self, method: Method) -> Option<&Unanswered> {
        let has_page = matches!(self.reply, ReplyState::None | ReplyState::GivenUp);
        self.failure
            .as_ref()
            .filter(|failure| match failure.cause() {
                Cause::Refused(refusal) => !has_page || !refusal.answers(method),
                _ => true,
            })
    }

    /// Tells if the handler has refused the request.
    pub(crate) fn is_refused(&self) -> bool {
        let cause = self.failure.as_ref().map(Unanswered::cause);
        matches!(cause, Some(Cause::Refused(_)))
    }

    /// Adds a reply, after those that wait.
    pub(crate) fn add(&mut self, reply: Range<usize>) {
        if self.pending.is_empty() {
            self.pending = reply;
        } else {
            self.gap = self.pending.end..reply.start;
            self.pending.end = reply.end;
        }
    }

    /// The next bytes to leave, of a buffer in two parts.
    pub(crate) fn next<'o>(&mut self, waiting: &'o [u8], room: &'o [u8]) -> &'o [u8] {
        let Range { start, end } = &mut self.pending;
        if *start == self.gap.start {
            *start = self.gap.end.max(*start);
        }
        let end = match *start < self.gap.start {
            true => self.gap.start,
            false => *end,
        };
        let before = waiting.len();
        let bytes = match start.checked_sub(before) {
            Some(start) => room.get(start..end.saturating_sub(before)),
            None => waiting.get(*start..end),
        };
        bytes.unwrap_or_default()
    }

    /// Moves the replies that wait together.
    pub(crate) fn close_gap(&mut self, output: &mut [u8]) {
        let Range { start, end } = core::mem::take(&mut self.gap);
        if start < end && self.pending.start <= start {
            move_down(output, end..self.pending.end, start);
            self.pending.end -= end - start;
        }
    }

    /// Moves the replies that wait to the front, unless they leave the next one too little room.
    pub(crate) fn make_room(&mut self, output: &mut [u8]) -> bool {
        let waiting = self.pending.len();
        if waiting > waiting_room(output) {
            return false;
        }
        move_down(output, self.pending.clone(), 0);
        self.pending = 0..waiting;
        true
    }

    /// Has nothing of the reply leave, because of `error`.
    pub(crate) fn given_up<E>(&mut self, error: E) -> E {
        self.reply = ReplyState::GivenUp;
        error
    }

    /// Has nothing more written, because of `error`.
    pub(crate) fn broken<E>(&mut self, error: E) -> E {
        self.reply = ReplyState::Broken;
        error
    }
}
