use crate::error::{Error, Place};
use crate::write::buf::Buf;

impl Buf<'_> {
    /// A result, its mistake with the place in the head: in the line that begins after `start`
    /// bytes.
    #[inline(always)]
    pub(crate) fn located<T>(&self, result: Result<T, Error>, start: usize) -> Result<T, Error> {
        if !Place::IS_TOLD {
            return result;
        }
        result.map_err(|error| self.in_line_after(error, start))
    }

    #[cold]
    #[inline(never)]
    fn in_line_after(&self, error: Error, start: usize) -> Error {
        error.in_line(self.line_ends(start).unwrap_or_default())
    }

    /// The number of lines in the first `len` bytes; `None` if not all of these have fitted.
    pub(crate) fn line_ends(&self, len: usize) -> Option<usize> {
        let ends = self.written_before(len)?.iter();
        Some(ends.filter(|byte| **byte == b'\n').count())
    }
}
