//! Whole lines, copied.

use crate::head::status::Status;
use crate::write::buf::Buf;

impl Status {
    /// Writes the status line with its CRLF.
    #[inline]
    pub(crate) fn write_line(self, buf: &mut Buf<'_>) {
        match self.registered_line() {
            Some(line) => buf.write(line),
            None => self.write_line_of("", buf),
        }
    }
}
