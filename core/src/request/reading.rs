//! The content of one request, as steps, in the buffer after its head; RFC 9112 § 6.

use core::fmt;
use core::ops::Range;

use super::content::{BodyDecoder, Decoded, Malformed};

/// The content of the request at hand.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) decoder: BodyDecoder,
    /// The bytes that were read and not yet taken, from the base on.
    pub(super) unread: Range<usize>,
}

/// The content of one request, as steps; RFC 9112 § 6.
///
/// Dropping it leaves the rest of the content unread, as [`Requests::step`] tells.
///
/// [`Requests::step`]: super::Requests::step
pub struct Content<'c> {
    /// The buffer after the head.
    pub(super) rest: &'c mut [u8],
    pub(super) progress: &'c mut Progress,
}

/// The next thing to do about a request's content.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContentStep<'s> {
    /// The client waits before it sends the content: write [`CONTINUE`](super::CONTINUE).
    Continue,
    /// Nothing: all of it was given.
    Done,
    /// Read bytes from the connection into it, then call [`Content::filled`]. Where none comes, the
    /// content was cut off. It is empty only where the head fills the buffer: then read past it, as
    /// [`Content::direct`] tells.
    Read(&'s mut [u8]),
    /// The next bytes of the content, which are never empty.
    Slice(&'s [u8]),
}

impl Content<'_> {
    /// The bytes that are to come, or `None` while they come in chunks.
    pub const fn remaining(&self) -> Option<u64> {
        self.progress.decoder.remaining()
    }

    /// Tells if all of it was read.
    pub fn is_ended(&self) -> bool {
        self.progress.decoder.is_ended()
    }

    /// The next thing to do. A slice is given once, and so is [`ContentStep::Continue`].
    ///
    /// # Errors
    ///
    /// [`Malformed`], now and for every further call: the connection must be closed after the
    /// reply.
    pub fn step(&mut self) -> Result<ContentStep<'_>, Malformed> {
        let progress = &mut *self.progress;
        let mut input = self.rest.get(progress.unread.clone()).unwrap_or_default();
        let len = progress.decoder.slice(&mut input)?.map_or(0, <[u8]>::len);
        let end = progress.unread.end - input.len();
        progress.unread.start = end;
        if len > 0 {
            let slice = self.rest.get(end - len..end).unwrap_or_default();
            return Ok(ContentStep::Slice(slice));
        }
        if progress.decoder.is_ended() {
            return Ok(ContentStep::Done);
        }
        if progress.decoder.expects_continue() {
            progress.decoder.continued();
            return Ok(ContentStep::Continue);
        }
        progress.unread = 0..0;
        Ok(ContentStep::Read(self.rest))
    }

    /// `n` bytes were read into the room of the last [`ContentStep::Read`].
    pub fn filled(&mut self, n: usize) {
        let Range { end, .. } = &mut self.progress.unread;
        *end += n.min(self.rest.len() - *end);
    }

    /// Tells if the client waits for [`CONTINUE`](super::CONTINUE).
    pub const fn expects_continue(&self) -> bool {
        self.progress.decoder.expects_continue()
    }

    /// The client was told to go on.
    pub const fn continued(&mut self) {
        self.progress.decoder.continued();
    }

    /// Copies content that was read to `output`, as much as there is; see
    /// [`BodyDecoder::decode`](super::BodyDecoder::decode).
    ///
    /// # Errors
    ///
    /// [`Malformed`], as [`step`](Self::step).
    pub fn decode(&mut self, output: &mut [u8]) -> Result<Decoded, Malformed> {
        let Progress { decoder, unread } = &mut *self.progress;
        let input = self.rest.get(unread.clone()).unwrap_or_default();
        let decoded = decoder.decode(input, output)?;
        unread.start += decoded.taken;
        Ok(decoded)
    }

    /// Drops the content that was read.
    ///
    /// # Errors
    ///
    /// [`Malformed`], as [`step`](Self::step).
    pub fn discard(&mut self) -> Result<(), Malformed> {
        let Progress { decoder, unread } = &mut *self.progress;
        let mut input = self.rest.get(unread.clone()).unwrap_or_default();
        while decoder.slice(&mut input)?.is_some() {}
        unread.start = unread.end - input.len();
        Ok(())
    }

    /// The room for further bytes, behind those that were read and not taken; then call
    /// [`filled`](Self::filled). It may be empty.
    pub fn room(&mut self) -> &mut [u8] {
        let unread = &mut self.progress.unread;
        if unread.start >= unread.end {
            *unread = 0..0;
        }
        self.rest.get_mut(unread.end..).unwrap_or_default()
    }

    /// The number of bytes that come next on the connection and are content and nothing else, once
    /// all that was read is taken: so many may be read straight to where they are wanted; then call
    /// [`skip`](Self::skip).
    pub const fn direct(&self) -> u64 {
        self.progress.decoder.direct()
    }

    /// Counts `n` bytes of content that were read past this buffer, at most
    /// [`direct`](Self::direct).
    pub fn skip(&mut self, n: u64) {
        self.progress.decoder.skip(n);
    }
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}
