//! The interim reply that asks for a request's content.

#[cfg(feature = "template")]
use super::exchange::Exchange;
#[cfg(feature = "template")]
use crate::error::Error;
#[cfg(feature = "template")]
use crate::head::written::WrittenFields;
#[cfg(feature = "template")]
use crate::write::buf::Buf;

/// The interim reply that asks for the content; RFC 9110 §§ 10.1.1 and 15.2.1.
pub const CONTINUE: &[u8; 25] = b"HTTP/1.1 100 Continue\r\n\r\n";

#[cfg(feature = "template")]
impl Exchange<'_> {
    /// Writes the interim reply [`CONTINUE`] with the lines of the exchange's template.
    ///
    /// ```
    /// use replywire::Template;
    /// use replywire::request::Exchange;
    ///
    /// let mut memory = [0; 64];
    /// let template = Template::write(&mut memory, |lines| {
    ///     lines.header("x-request-id", 7);
    /// })?;
    /// let mut buf = [0; 64];
    /// let written = Exchange::GET.with_template(template).write_continue(&mut buf)?;
    /// assert_eq!(written, b"HTTP/1.1 100 Continue\r\nx-request-id: 7\r\n\r\n");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`]
    pub fn write_continue<'b>(&self, buf: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let mut buf = Buf::new(buf);
        if let Some((line, end)) = CONTINUE.split_last_chunk::<2>() {
            buf.write(line);
            self.write_template(&mut buf, &WrittenFields::NONE);
            buf.write(end);
        }
        let (bytes, len) = buf.finish()?;
        Ok(bytes.get(..len).unwrap_or_default())
    }
}
