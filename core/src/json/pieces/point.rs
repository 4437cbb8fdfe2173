//! The point where a document is taken up again.

use crate::json::rules::Rules;
use crate::json::scalar;
use crate::write::fnv;

/// The number of containers, one in another, that are remembered. Deeper ones are part of an
/// element here, and written again from its start.
pub(super) const LEVELS: usize = 8;

/// The point where a document is taken up.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResumePoint {
    /// The elements of the containers that are being written, of which there are `levels`, and
    /// the kinds of these.
    pub(super) path: [u32; LEVELS],
    pub(super) kinds: Kinds,
    pub(super) levels: u8,
    pub(super) element: Sent,
}

impl ResumePoint {
    /// The start of a document. A constant would lie in flash besides, and be copied from there.
    #[inline(always)]
    pub(super) const fn start() -> Self {
        Self {
            path: [0; LEVELS],
            kinds: Kinds(0),
            levels: 0,
            element: Sent {
                sent: 0,
                sum: Sum::START,
                read: 0,
                written: 0,
                whole: Sum::START,
            },
        }
    }

    /// Tells whether it is the start.
    #[inline]
    pub(super) const fn is_start(&self) -> bool {
        self.levels == 0 && self.element.sent.wrapping_add(self.element.written) == 0
    }
}

/// The bytes that were sent of the last element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// The number of bytes that are swallowed, and their sum.
    pub(super) sent: usize,
    pub(super) sum: Sum,
    /// The bytes of a string that were read, and those that were sent for them, where the bytes
    /// that are swallowed end with its quote; or of a text that has none, where they end before it.
    pub(super) read: usize,
    pub(super) written: usize,
    /// The sum of all bytes that were sent.
    pub(super) whole: Sum,
}

impl Sent {
    /// Goes to the end of the window `buf`, in an element that began with `mark` bytes left.
    pub(super) fn advance(&mut self, buf: &[u8], edge: Edge, mark: usize) {
        let end = buf.len().saturating_sub(edge.left);
        self.read = edge.read;
        let Some(quote) = buf.len().checked_sub(edge.mark) else {
            // The string began before the window.
            self.written = self.written.wrapping_add(end);
            self.whole = self.whole.with(buf, 0, end);
            return;
        };
        // Only the difference counts, so nothing is lost where the two have wrapped.
        self.sent = mark.wrapping_sub(edge.mark);
        self.written = end.saturating_sub(quote);
        self.sum = match quote.checked_sub(self.sent) {
            Some(begin) => Sum::START.with(buf, begin, quote),
            None => self.whole.with(buf, 0, quote),
        };
        self.whole = self.sum.with(buf, quote, end);
    }
}

/// The kinds of the containers, two bits each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const fn get(self, level: u8) -> u8 {
        (self.0 >> (level * 2)) as u8 & 3
    }

    pub(super) const fn with(self, level: u8, kind: u8) -> Self {
        let rest = self.0 & !(3 << (level * 2));
        Self(rest | (kind as u16) << (level * 2))
    }
}

/// A sum of bytes: tells whether bytes that are written again are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Sum(u32);

impl Sum {
    pub(super) const START: Self = Self(fnv::START);

    /// The sum with the bytes of `text` as they are spelled in a string.
    #[cold]
    pub(super) fn with_escaped<D: Rules>(self, text: &[u8]) -> Self {
        let mut sum = self;
        let mut rest = text;
        let mut piece = [0; 64];
        while !rest.is_empty() {
            let (read, written) = scalar::escape::<D>(&mut piece, rest);
            sum = sum.with(&piece, 0, written);
            rest = rest.get(read..).unwrap_or_default();
        }
        sum
    }

    /// The sum with the bytes of `buf` from `from` to `to`.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn with(self, buf: &[u8], from: usize, to: usize) -> Self {
        Self(fnv::with(self.0, buf.get(from..to).unwrap_or_default()))
    }
}

/// The place where the window became full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The number of bytes of the window that stay free.
    pub(super) left: usize,
    /// The number of bytes that were left after what is to be swallowed: none at the end of the
    /// window, else those after the quote that opens a string, or before a text that has none.
    pub(super) mark: usize,
    /// The number of bytes of it that were read.
    pub(super) read: usize,
}
