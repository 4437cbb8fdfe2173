//! The head of a request as it is read from a host's values.

use crate::field::grammar::{is_name, is_token};
use crate::request::exchange::{Exchange, Options};
use crate::request::method::Method;
use crate::request::refusal::{Refusal, Refused};
use crate::request::target::{self, is_target};
use crate::request::version::Version;

/// A head of which the request line was checked.
pub(super) struct Checked {
    method: Method,
    version: Version,
    hosts: usize,
    options: Options,
}

impl Checked {
    pub(super) fn of(method: &str, target: &str, version: Version) -> Result<Self, Refused> {
        let head = Self {
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
        Ok(head)
    }

    pub(super) const fn refused(&self, reason: Refusal) -> Refused {
        Refused::new(reason, self.method)
    }

    /// Reads what a reply depends on, of a value that blanks may be around.
    #[inline(always)]
    pub(super) fn read(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refused> {
        if is_name(name, b"host") {
            self.hosts += 1;
            if !target::is_host(value.trim_ascii()) {
                return Err(self.refused(Refusal::BadRequest));
            }
        }
        self.options.read(name, value);
        Ok(())
    }

    /// The exchange.
    pub(super) fn finish(self) -> Result<Exchange<'static>, Refused> {
        // RFC 9112 § 3.2
        if self.hosts > 1 || self.hosts == 0 && self.version == Version::Http11 {
            return Err(self.refused(Refusal::BadRequest));
        }
        Ok(self.options.exchange(self.method, self.version).hosted())
    }
}
