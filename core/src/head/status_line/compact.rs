//! Lines put together: the phrases are there once, where whole lines would take as much flash
//! again.

use crate::head::status::Status;
use crate::write::buf::Buf;
use crate::write::decimal;

impl Status {
    /// Writes the status line with its CRLF.
    #[inline]
    pub(crate) fn write_line(self, buf: &mut Buf<'_>) {
        match self {
            Self::OK => buf.write_array(b"HTTP/1.1 200 OK\r\n"),
            _ => self.write_other_line(buf, self.reason()),
        }
    }

    #[inline(never)]
    fn write_other_line(self, buf: &mut Buf<'_>, reason: &str) {
        buf.write_array(b"HTTP/1.1 ");
        decimal::write(buf, self.code().into());
        buf.write_array(b" ");
        buf.write(reason.as_bytes());
        buf.write_array(b"\r\n");
    }
}
