//! The framing of a request, RFC 9112 § 6, and what its client expects.

use super::content::BodyDecoder;
use super::exchange::Options;
use super::lists::List;
use super::refusal::Refusal;
use super::target;
use super::version::Version;
use crate::field::grammar::is_name;
use crate::field::list::Members;

/// The fields of a request that decide where it ends, and what else a server has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    pub(super) options: Options,
    /// The reason to refuse it: one that two recipients could read differently goes before all
    /// others, of which the last counts.
    refusal: Option<Refusal>,
    length: u64,
    lengths: usize,
    hosts: usize,
    is_coded: bool,
    chunked: bool,
    expects_continue: bool,
}

impl Framing {
    /// The framing of a request without fields.
    pub(super) const NONE: Self = Self {
        options: Options::NONE,
        refusal: None,
        length: 0,
        lengths: 0,
        hosts: 0,
        is_coded: false,
        chunked: false,
        expects_continue: false,
    };

    fn refuse(&mut self, reason: Refusal) {
        if self.refusal != Some(Refusal::BadRequest) {
            self.refusal = Some(reason);
        }
    }

    /// Reads a field.
    #[inline(always)]
    pub(super) fn note(&mut self, name: &[u8], value: &[u8]) {
        if is_name(name, b"host") {
            self.hosts += 1;
            if !target::is_host(value) {
                self.refuse(Refusal::BadRequest);
            }
        } else if is_name(name, b"content-length") {
            self.lengths += 1;
            match parse_length(value) {
                Ok(length) => self.length = length,
                Err(reason) => self.refuse(reason),
            }
        } else if let Some((list, known)) = List::of(name) {
            self.is_coded |= list == List::TransferEncoding;
            for member in Members(value) {
                self.note_member(list, is_name(member, known));
            }
        }
    }

    #[inline(always)]
    fn note_member(&mut self, list: List, is_known: bool) {
        self.options.note(list, is_known);
        match list {
            List::TransferEncoding => {
                // RFC 9112 § 6.1: it is applied once, and last.
                if self.chunked {
                    self.refuse(Refusal::BadRequest);
                }
                self.chunked = is_known;
                if !is_known {
                    self.refuse(Refusal::NotImplemented);
                }
            }
            List::Expect => {
                self.expects_continue = true;
                if !is_known {
                    self.refuse(Refusal::ExpectationFailed);
                }
            }
            List::Connection | List::Te => {}
        }
    }

    /// Refuses a request that two recipients could read differently, or that asks for what is not
    /// there.
    #[inline(always)]
    pub(super) fn check(&self, version: Version) -> Result<(), Refusal> {
        // RFC 9112 §§ 3.2, 6.1 and 6.3. Two lengths are refused even when they agree: whoever sent
        // them is confused.
        let is_http11 = version == Version::Http11;
        let has_host = self.hosts == 1 || self.hosts == 0 && !is_http11;
        let has_end = match self.lengths {
            0 => is_http11 || !self.chunked,
            1 => !self.chunked,
            _ => false,
        };
        match self.refusal {
            _ if !has_host || !has_end || self.is_coded != self.chunked => Err(Refusal::BadRequest),
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    /// Tells if the content comes in chunks.
    pub(super) const fn is_chunked(&self) -> bool {
        self.chunked
    }

    /// The content of a request that was not refused.
    #[inline(always)]
    pub(super) fn content(&self, version: Version) -> BodyDecoder {
        let mut content = match self.chunked {
            true => BodyDecoder::chunked(),
            false => BodyDecoder::sized(self.length),
        };
        // RFC 9110 § 10.1.1
        let is_asked = self.expects_continue && version == Version::Http11;
        content.expects_continue = is_asked && !content.is_ended();
        content
    }
}

/// `1*DIGIT` and nothing else, RFC 9110 § 8.6.
fn parse_length(digits: &[u8]) -> Result<u64, Refusal> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::BadRequest);
    }
    let length = digits.iter().try_fold(0u64, |length, digit| {
        length.checked_mul(10)?.checked_add((digit - b'0').into())
    });
    length.ok_or(Refusal::ContentTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unambiguous_framing_is_accepted() {
        let host = ("host", "a");
        for (version, fields, want) in [
            (Version::Http11, &[host][..], Ok(BodyDecoder::sized(0))),
            (Version::Http10, &[], Ok(BodyDecoder::sized(0))),
            (Version::Http11, &[], Err(400)),
            (Version::Http11, &[host, host], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "5")],
                Ok(BodyDecoder::sized(5)),
            ),
            (
                Version::Http11,
                &[host, ("Content-Length", "05")],
                Ok(BodyDecoder::sized(5)),
            ),
            (Version::Http11, &[host, ("content-length", "")], Err(400)),
            (Version::Http11, &[host, ("content-length", "+5")], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "5, 5")],
                Err(400),
            ),
            (Version::Http11, &[host, ("content-length", "-1")], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "18446744073709551616")],
                Err(413),
            ),
            (
                Version::Http11,
                &[host, ("content-length", "5"), ("content-length", "5")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "Chunked")],
                Ok(BodyDecoder::chunked()),
            ),
            (
                Version::Http10,
                &[host, ("transfer-encoding", "chunked")],
                Err(400),
            ),
            (
                Version::Http11,
                &[
                    host,
                    ("transfer-encoding", "chunked"),
                    ("content-length", "5"),
                ],
                Err(400),
            ),
            (
                Version::Http11,
                &[
                    host,
                    ("transfer-encoding", "chunked"),
                    ("transfer-encoding", "chunked"),
                ],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip, chunked")],
                Err(501),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "chunked, gzip")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip chunked")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip ,\tchunked")],
                Err(501),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "identity")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "")],
                Err(400),
            ),
            (Version::Http11, &[host, ("expect", "a miracle")], Err(417)),
        ] {
            let mut framing = Framing::NONE;
            for (name, value) in fields {
                framing.note(name.as_bytes(), value.as_bytes());
            }
            let got = match framing.check(version) {
                Ok(()) => Ok(framing.content(version)),
                Err(refusal) => Err(refusal.status().code()),
            };
            assert_eq!(got, want, "{version:?} {fields:?}");
        }
    }
}
