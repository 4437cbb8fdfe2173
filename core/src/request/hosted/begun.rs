//! The head of a request as it is written from a host's values.

use crate::field::grammar::{is_name, is_token};
use crate::request::exchange::{Exchange, Options};
use crate::request::head::Line;
use crate::request::method::Method;
use crate::request::refusal::{Refusal, Refused};
use crate::request::target::{self, is_target};
use crate::request::version::Version;
use crate::write::buf::Buf;

/// A head of which the request line was written.
pub(super) struct Begun<'b> {
    pub(super) buf: Buf<'b>,
    line: Line,
    method: Method,
    version: Version,
    hosts: usize,
    options: Options,
}

impl<'b> Begun<'b> {
    pub(super) fn of(
        buf: &'b mut [u8],
        method: &str,
        target: &str,
        version: Version,
    ) -> Result<Self, Refused> {
        let mut head = Self {
            buf: Buf::new(buf),
            line: Line {
                method: method.len(),
                target: target.len(),
            },
            method: Method::parse(method.as_bytes()),
            version,
            hosts: 0,
            options: Options::NONE,
        };
        let is_line = !target.bytes().any(|byte| byte <= b' ' || byte == 0x7F);
        // The names of the known methods are tokens.
        let is_method = head.method != Method::Other || is_token(method.as_bytes());
        if !is_method || !is_line || !is_target(head.method, target.as_bytes()) {
            return Err(head.refused(Refusal::BadRequest));
        }
        head.buf.write(method.as_bytes());
        head.buf.write_array(b" ");
        head.buf.write(target.as_bytes());
        head.buf.write_array(match version {
            Version::Http10 => b" HTTP/1.0\r\n",
            Version::Http11 => b" HTTP/1.1\r\n",
        });
        Ok(head)
    }

    pub(super) const fn refused(&self, reason: Refusal) -> Refused {
        Refused::new(reason, self.method)
    }

    /// Reads what a reply depends on.
    #[inline(always)]
    pub(super) fn read(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refused> {
        if is_name(name, b"host") {
            self.hosts += 1;
            if !target::is_host(value) {
                return Err(self.refused(Refusal::BadRequest));
            }
        }
        self.options.read(name, value);
        Ok(())
    }

    /// The request line, the length of the head, and the exchange.
    pub(super) fn finish(self) -> Result<(Line, usize, Exchange<'static>), Refused> {
        let Self {
            mut buf,
            line,
            method,
            version,
            hosts,
            options,
        } = self;
        let refused = |reason| Refused::new(reason, method);
        // RFC 9112 § 3.2
        if hosts > 1 || hosts == 0 && version == Version::Http11 {
            return Err(refused(Refusal::BadRequest));
        }
        buf.write_array(b"\r\n");
        let Ok((_, len)) = buf.finish() else {
            return Err(refused(Refusal::FieldsTooLarge));
        };
        let exchange = options.exchange(method, version).hosted();
        Ok((line, len, exchange))
    }
}
