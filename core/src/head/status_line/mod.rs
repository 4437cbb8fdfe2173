//! The status line, RFC 9112 § 4: a copy in `fast` where words have 64 bits, else put together in
//! `compact`.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

use super::status::Status;
use crate::write::buf::Buf;
use crate::write::decimal;

impl Status {
    /// Writes the status line with its CRLF, put together with this phrase.
    #[inline(never)]
    pub(crate) fn write_line_of(self, reason: &str, buf: &mut Buf<'_>) {
        buf.write_array(b"HTTP/1.1 ");
        decimal::write(buf, self.code().into());
        buf.write_array(b" ");
        buf.write(reason.as_bytes());
        buf.write_array(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use crate::head::status::Status;
    use crate::write::buf::Buf;

    #[test]
    fn every_status_line_has_its_code_and_its_phrase() {
        for code in 0..=1100 {
            let Some(status) = Status::new(code) else {
                assert!(!(100..=999).contains(&code));
                continue;
            };
            let mut bytes = [0; 64];
            let mut buf = Buf::new(&mut bytes);
            status.write_line(&mut buf);
            let len = buf.len();
            let want = format!("HTTP/1.1 {code} {}\r\n", status.reason());
            assert_eq!(&bytes[..len], want.as_bytes());
        }
    }
}
