//! Lines put together: the phrases are there once, where whole lines would take as much flash
//! again.

use crate::head::status::Status;
use crate::write::buf::Buf;

impl Status {
    /// Writes the status line with its CRLF.
    #[inline]
    pub(crate) fn write_line(self, buf: &mut Buf<'_>) {
        match self {
            Self::OK => buf.write_array(b"HTTP/1.1 200 OK\r\n"),
            _ => self.write_line_of(self.reason(), buf),
        }
    }
}
