//! Parts of a file, RFC 9110 § 14.6.

use super::boundary::Boundary;
use super::facts::MediaType;
use super::range::Span;
use crate::error::Error;
use crate::write::buf::Buf;
use crate::write::decimal;

/// The parts of a reply, and the text around them.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'p> {
    pub(crate) boundary: &'p Boundary,
    pub(crate) media_type: MediaType<'p>,
    /// The length of the file.
    pub(crate) len: u64,
    pub(crate) spans: &'p [Span],
}

impl<'p> Parts<'p> {
    /// The length of the content, and the most bytes that stand before a part.
    pub(crate) fn measure(&self) -> Result<(u64, usize), Error> {
        let (mut len, mut room) = (0_u64, 0);
        for at in 0..=self.spans.len() {
            let mut before = Buf::new(&mut []);
            let span = self.write_before(at, &mut before)?;
            room = room.max(before.len());
            len = len
                .saturating_add(before.len() as u64)
                .saturating_add(span.map_or(0, |span| span.len));
        }
        Ok((len, room))
    }

    /// Writes the text before a part, and returns its span; after the last part, the text that ends
    /// all.
    pub(crate) fn write_before(
        &self,
        at: usize,
        buf: &mut Buf<'_>,
    ) -> Result<Option<&'p Span>, Error> {
        if at > 0 {
            buf.write_array(b"\r\n");
        }
        buf.write_array(b"--");
        buf.write(self.boundary.as_bytes());
        let span = self.spans.get(at);
        match span {
            Some(span) => {
                buf.write_array(b"\r\nContent-Type: ");
                self.media_type.write(buf)?;
                buf.write_array(b"\r\nContent-Range: ");
                write_content_range(buf, *span, self.len);
                buf.write_array(b"\r\n\r\n");
            }
            None => buf.write_array(b"--"),
        }
        Ok(span)
    }
}

/// Writes the value of a `content-range` of a file of `len` bytes, RFC 9110 § 14.4.
pub(crate) fn write_content_range(buf: &mut Buf<'_>, span: Span, len: u64) {
    buf.write_array(b"bytes ");
    decimal::write(buf, span.offset);
    buf.write_array(b"-");
    decimal::write(buf, span.end().saturating_sub(1));
    buf.write_array(b"/");
    decimal::write(buf, len);
}
