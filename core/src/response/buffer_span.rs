//! The place of a reply in a buffer.

use core::ops::Range;

use super::reply::Reply;
use crate::error::Error;

/// The place of a buffer in memory, to find in it later what was written to a part of it.
///
/// It holds numbers, not pointers: a future that holds it can be sent to another thread.
///
/// ```
/// use replywire::__private::BufferSpan;
/// use replywire::{Error, Response, Status};
/// use replywire::request::Exchange;
///
/// let mut buf = [0; 64];
/// let span = BufferSpan::of(&buf);
/// let reply = Response::to(&Exchange::GET, &mut buf[4..], Status::NO_CONTENT).empty()?;
/// assert_eq!(span.find(&reply), Ok(4..31));
///
/// let mut other = [0; 64];
/// let reply = Response::to(&Exchange::GET, &mut other, Status::NO_CONTENT).empty()?;
/// assert_eq!(span.find(&reply), Err(Error::OtherBuffer));
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BufferSpan {
    start: usize,
    end: usize,
}

impl BufferSpan {
    /// The place of this buffer.
    pub fn of(buffer: &[u8]) -> Self {
        let Range { start, end } = buffer.as_ptr_range();
        Self {
            start: start.addr(),
            end: end.addr(),
        }
    }

    /// The bytes of the buffer that are `reply`.
    ///
    /// # Errors
    ///
    /// [`Error::OtherBuffer`] for a reply that stands elsewhere.
    pub fn find(&self, reply: &Reply<'_>) -> Result<Range<usize>, Error> {
        let bytes = Self::of(reply.as_bytes());
        match bytes.start < self.start || bytes.end > self.end {
            true => Err(Error::OtherBuffer),
            false => Ok(bytes.start - self.start..bytes.end - self.start),
        }
    }
}
