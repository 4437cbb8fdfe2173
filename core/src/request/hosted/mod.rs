//! A request that another server has read.

mod checked;

use core::fmt;

use self::checked::Checked;
use super::content::{BodyDecoder, State};
use super::exchange::Exchange;
use super::head::Line;
use super::late::{HostedParts, Late};
use super::reading::Content;
use super::refusal::{Refusal, Refused};
use super::requests::Requests;
use super::version::Version;
use crate::field::date::HttpDate;
use crate::field::grammar::{check_value, is_token};
use crate::field::octets::is_plain;
use crate::write::buf::Buf;

/// The head of a request that a host has read, checked.
#[derive(Clone, Copy)]
pub struct HostedHead {
    line: Line,
    len: usize,
    exchange: Exchange<'static>,
}

impl HostedHead {
    /// Writes the head to `buf`, of which it takes at most [`hosted_len`](Requests::hosted_len)
    /// bytes. Each field is read once.
    ///
    /// ```
    /// use replywire::request::{BodyDecoder, HostedHead, Requests, Version};
    ///
    /// let fields = [("host", b"example.org")];
    /// let mut buf = [0; 64];
    /// let head = HostedHead::write(&mut buf, "GET", "/a?b", Version::Http11, fields)?;
    /// assert!(head.exchange().is_hosted());
    /// let mut requests = Requests::hosted(&mut buf, head, BodyDecoder::sized(0));
    /// let (request, _) = requests.request();
    /// assert_eq!((request.path(), request.query()), ("/a", Some("b")));
    /// assert_eq!(request.header("Host"), Some(&b"example.org"[..]));
    /// # Ok::<(), replywire::request::Refused>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refused`] for a method that is no name, for a target of none of the forms of
    /// RFC 9112 § 3.2, for a name or a value that is none, for a `host` that is no authority, for
    /// two of them, for none in HTTP/1.1, and for a head that does not fit.
    pub fn write<N, V>(
        buf: &mut [u8],
        method: &str,
        target: &str,
        version: Version,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Refused>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let mut head = Checked::of(method, target, version)?;
        let mut buf = Buf::new(buf);
        buf.write(method.as_bytes());
        buf.write_array(b" ");
        buf.write(target.as_bytes());
        buf.write_array(match version {
            Version::Http10 => b" HTTP/1.0\r\n",
            Version::Http11 => b" HTTP/1.1\r\n",
        });
        for (name, value) in fields {
            let name = name.as_ref().as_bytes();
            let value = value.as_ref();
            let is_plain = is_plain(value);
            let value = match is_plain {
                true => value,
                false => value.trim_ascii(),
            };
            if !(is_plain || check_value(value).is_ok()) || !is_token(name) {
                return Err(head.refused(Refusal::BadRequest));
            }
            head.read(name, value)?;
            buf.write_line(name, value);
        }
        buf.write_array(b"\r\n");
        let too_large = head.refused(Refusal::FieldsTooLarge);
        let exchange = head.finish()?;
        let Ok((_, len)) = buf.finish() else {
            return Err(too_large);
        };
        let line = Line {
            method: method.len(),
            target: target.len(),
        };
        Ok(Self {
            line,
            len,
            exchange,
        })
    }

    /// Checks a head that is not written out: its line, and the fields that a reply depends on. Its
    /// parts come [late](Requests::hosted_late).
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write), but for those of a name or a value.
    pub fn check<N, V>(
        method: &str,
        target: &str,
        version: Version,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Refused>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let mut head = Checked::of(method, target, version)?;
        for (name, value) in fields {
            let name = name.as_ref().as_bytes();
            // Those that count.
            if let 2 | 4 | 10 = name.len() {
                head.read(name, value.as_ref())?;
            }
        }
        Ok(Self {
            line: Line::NONE,
            len: 0,
            exchange: head.finish()?,
        })
    }

    /// The lines of the fields that [`write`](Self::write) has written to `buf`.
    pub fn lines<'b>(&self, buf: &'b [u8]) -> &'b [u8] {
        const END: usize = " HTTP/1.1\r\n".len();

        let start = self.line.method + 1 + self.line.target + END;
        let end = self.len.saturating_sub("\r\n".len());
        buf.get(start..end).unwrap_or_default()
    }

    /// The exchange of the request, which is [`hosted`](Exchange::hosted).
    pub const fn exchange(&self) -> &Exchange<'static> {
        &self.exchange
    }

    /// The same head, of a request that is answered at `now`; see [`Exchange::at`].
    #[must_use]
    pub const fn at(mut self, now: HttpDate) -> Self {
        self.exchange = self.exchange.at(now);
        self
    }
}

impl fmt::Debug for HostedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedHead")
            .field("len", &self.len)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

impl<'b> Requests<'b> {
    /// One request that a host has read, and the content of it as the host has decoded it:
    /// [`BodyDecoder::sized`] or [`BodyDecoder::hosted`]. It is at hand at once, by
    /// [`request`](Self::request). `buf` begins with the bytes that [`HostedHead::write`] has
    /// written to it, or a copy of them; what is left of it may hold content. See the example
    /// there.
    ///
    /// With bytes that are another's, the parts of the request are any parts of these.
    pub fn hosted(buf: &'b mut [u8], head: HostedHead, content: BodyDecoder) -> Self {
        let len = head.len.min(buf.len());
        let mut requests = Self::new(buf);
        requests.base = len;
        requests.len = len;
        requests.line = head.line;
        requests.exchange = head.exchange;
        requests.progress.decoder = content;
        requests
    }

    /// The same request, whose head was [checked](HostedHead::check) and not written: all of `buf`
    /// may hold content, and the head is that of `parts`.
    ///
    /// ```
    /// use replywire::request::{BodyDecoder, HostedHead, HostedParts, Requests, Version};
    ///
    /// struct Get(&'static str);
    ///
    /// impl HostedParts for Get {
    ///     fn method(&self) -> &str {
    ///         "GET"
    ///     }
    ///
    ///     fn target(&self) -> &str {
    ///         self.0
    ///     }
    ///
    ///     fn lines(&self) -> &[u8] {
    ///         b"host: a\r\n"
    ///     }
    /// }
    ///
    /// let head = HostedHead::check("GET", "/b", Version::Http11, [("host", "a")])?;
    /// let mut requests = Requests::hosted_late(&mut [], head, &Get("/b"), BodyDecoder::sized(0));
    /// let (request, _) = requests.request();
    /// assert_eq!((request.path(), request.authority()), ("/b", "a"));
    /// # Ok::<(), replywire::request::Refused>(())
    /// ```
    pub fn hosted_late(
        buf: &'b mut [u8],
        head: HostedHead,
        parts: &'b dyn HostedParts,
        content: BodyDecoder,
    ) -> Self {
        let mut requests = Self::hosted(buf, head, content);
        requests.late = Late::of(parts);
        requests
    }

    /// The most bytes that the head of a request takes in the buffer of [`HostedHead::write`].
    /// It stops at `usize::MAX`.
    ///
    /// ```
    /// use replywire::request::Requests;
    ///
    /// let head = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    /// assert_eq!(Requests::hosted_len("GET", "/", [("host", "a")]), head.len());
    /// ```
    pub fn hosted_len<N, V>(
        method: &str,
        target: &str,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> usize
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let ends = "  \r\n\r\n".len() + Version::Http11.as_str().len();
        let line = [method.len(), target.len(), ends];
        let lines = fields.into_iter().flat_map(|(name, value)| {
            let ends = ": \r\n".len();
            [name.as_ref().len(), value.as_ref().len(), ends]
        });
        line.into_iter().chain(lines).fold(0, usize::saturating_add)
    }
}

impl BodyDecoder {
    /// Content that a host has decoded, whose length is not known before its [`end`](Self::end).
    ///
    /// ```
    /// use replywire::request::BodyDecoder;
    ///
    /// let mut decoder = BodyDecoder::hosted();
    /// assert_eq!(decoder.slice(&mut &b"5\r\n"[..])?, Some(&b"5\r\n"[..]));
    /// assert_eq!(decoder.remaining(), None);
    /// assert!(decoder.end());
    /// assert!(decoder.is_ended());
    /// # Ok::<(), replywire::request::Malformed>(())
    /// ```
    pub const fn hosted() -> Self {
        Self::at(State::Open, u64::MAX)
    }

    /// The host says that the content has ended; true where it may: content of a length that was
    /// told has not before that.
    pub fn end(&mut self) -> bool {
        if self.state == State::Open {
            self.state = State::Ended;
        }
        self.is_ended()
    }
}

impl Content<'_> {
    /// The host says that the content has ended; true where it may, as [`BodyDecoder::end`] tells.
    pub fn end(&mut self) -> bool {
        self.progress.decoder.end()
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;
    use crate::request::reading::ContentStep;

    const FIELDS: [(&str, &str); 3] = [("Host", "a"), ("empty", ""), ("blanks", " a\tb ")];

    #[test]
    fn a_head_without_its_fields_is_refused_and_answered_as_one_with_them() {
        const FIELDS: [(&str, &str); 10] = [
            ("host", "a"),
            ("Host", " a:80 "),
            ("host", "a b"),
            ("connection", "close"),
            ("Connection", "x , Close"),
            ("te", "trailers"),
            ("TE", "gzip"),
            ("expect", "100-continue"),
            ("cookie", "host=a"),
            ("x-te", "trailers"),
        ];
        let mut taken = 0;
        for at in 0..FIELDS.len().pow(3) {
            let fields = [at, at / 10, at / 100].map(|at| FIELDS[at % 10]);
            for fields in [&fields[..], &fields[..1], &[]] {
                for (method, target, version) in [
                    ("GET", "/", Version::Http10),
                    ("HEAD", "/a?b", Version::Http11),
                    ("GET", "http://b:8?c", Version::Http11),
                    ("OPTIONS", "*", Version::Http11),
                    ("CONNECT", "a:1", Version::Http11),
                    ("G T", "/", Version::Http10),
                    ("GET", "a b", Version::Http10),
                ] {
                    let mut buf = [0; 256];
                    let fields = fields.iter().copied();
                    let head = HostedHead::write(&mut buf, method, target, version, fields.clone());
                    let checked = HostedHead::check(method, target, version, fields);
                    let exchange = head.map(|head| head.exchange);
                    assert_eq!(exchange, checked.map(|head| head.exchange));
                    let (Ok(head), Ok(checked)) = (head, checked) else {
                        continue;
                    };
                    taken += 1;
                    let lines = head.lines(&buf).to_vec();
                    let parts = Parts(method, target, lines);
                    let body = BodyDecoder::sized(0);
                    let mut whole = Requests::hosted(&mut buf, head, body);
                    let mut late = Requests::hosted_late(&mut [], checked, &parts, body);
                    let (whole, late) = (whole.request().0, late.request().0);
                    assert_eq!(late.method(), whole.method());
                    assert_eq!(late.target(), whole.target());
                    assert_eq!((late.path(), late.query()), (whole.path(), whole.query()));
                    assert_eq!(late.authority(), whole.authority());
                    assert!(late.headers().eq(whole.headers()));
                }
            }
        }
        assert!(taken > 1000, "{taken}");
    }

    struct Parts(&'static str, &'static str, vec::Vec<u8>);

    impl HostedParts for Parts {
        fn method(&self) -> &str {
            self.0
        }

        fn target(&self) -> &str {
            self.1
        }

        fn lines(&self) -> &[u8] {
            &self.2
        }
    }

    #[test]
    fn a_head_is_whole_in_a_buffer_of_its_length_and_refused_in_a_shorter_one() {
        let needed = Requests::hosted_len("PUT", "/a?b", FIELDS);
        for len in 0..needed + 8 {
            let mut buf = vec![0xAA; len];
            let head = HostedHead::write(&mut buf, "PUT", "/a?b", Version::Http11, FIELDS);
            let head = match head {
                Ok(head) => head,
                Err(refused) => {
                    assert_eq!(refused.reason, Refusal::FieldsTooLarge);
                    // The blanks around a value are counted, and not written.
                    assert!(len < needed - 2, "{len}");
                    continue;
                }
            };
            assert_eq!(head.len, needed - 2);
            let mut requests = Requests::hosted(&mut buf, head, BodyDecoder::hosted());
            let (request, mut content) = requests.request();
            assert_eq!((request.method(), request.target()), ("PUT", "/a?b"));
            let want = [("Host", &b"a"[..]), ("empty", b""), ("blanks", b"a\tb")];
            assert!(request.headers().eq(want), "{:?}", request.fields());
            assert_eq!(content.remaining(), None);
            content.skip(1 << 40);
            assert!(!content.is_ended());
            assert!(content.end());
            assert!(matches!(content.step(), Ok(ContentStep::Done)));
        }
    }

    #[test]
    fn content_of_a_host_is_taken_as_it_is() {
        for len in 0..4 {
            let mut decoder = BodyDecoder::hosted();
            let mut input = &b"5\r\nabc"[..len + 3];
            let whole = input;
            assert_eq!(decoder.slice(&mut input), Ok(Some(whole)));
            assert!(input.is_empty() && !decoder.is_ended());
            assert!(decoder.end() && decoder.is_ended());
        }
        // The end of what has a length is its own.
        assert!(!BodyDecoder::sized(1).end());
        assert!(BodyDecoder::sized(0).end());
    }

    #[test]
    fn what_could_be_read_as_another_head_is_refused() {
        fn refused(method: &str, target: &str, name: &str, value: &[u8]) -> bool {
            let fields = [("host", &b"a"[..]), (name, value)];
            HostedHead::write(&mut [0; 99], method, target, Version::Http11, fields).is_err()
        }
        assert!(!refused("GET", "/", "a", b"b"));
        for byte in (0..=b' ').chain([0x7F]).map(char::from) {
            let text = ["a", byte.encode_utf8(&mut [0; 4]), "b"].concat();
            assert!(refused(&text, "/", "a", b"b"), "{text:?}");
            assert!(
                refused("GET", &["/", &*text].concat(), "a", b"b"),
                "{text:?}"
            );
            assert!(refused("GET", "/", &text, b"b"), "{text:?}");
            let is_blank = byte == ' ' || byte == '\t';
            assert_eq!(
                refused("GET", "/", "a", text.as_bytes()),
                !is_blank,
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_exchange_of_a_head_is_that_of_its_fields() {
        for method in ["GET", "HEAD", "POST", "PATCH", "BREW", "get"] {
            for version in [Version::Http10, Version::Http11] {
                for (name, value) in [
                    ("x", "trailers"),
                    ("TE", "deflate, trailers"),
                    ("te", "trailers;q=1"),
                    ("connection", "close, TE"),
                ] {
                    let fields = [("Host", "a"), (name, value)];
                    let head = HostedHead::write(&mut [0; 99], method, "/", version, fields);
                    let want = Exchange::new(method, version, fields).hosted();
                    assert_eq!(head.unwrap().exchange(), &want, "{method} {name}: {value}");
                }
            }
        }
    }

    #[test]
    fn a_head_with_the_bytes_of_another_breaks_nothing() {
        let head = HostedHead::write(&mut [0; 99], "PUT", "/a?b", Version::Http11, FIELDS);
        for len in 0..99 {
            let mut buf = vec![0x80; len];
            let mut requests = Requests::hosted(&mut buf, head.unwrap(), BodyDecoder::sized(0));
            let (request, _) = requests.request();
            assert_eq!((request.method(), request.path()), ("", ""));
            assert_eq!(request.headers().count(), 0);
        }
    }

    #[test]
    fn a_request_names_one_host() {
        fn status(version: Version, hosts: &[&str]) -> Option<u16> {
            let fields = hosts.iter().map(|host| ("Host", host));
            let made = HostedHead::write(&mut [0; 99], "GET", "/", version, fields);
            made.err().map(|refused| refused.reason.status().code())
        }
        for version in [Version::Http10, Version::Http11] {
            for right in ["", "a", "a:80", "[::1]:80", " a "] {
                assert_eq!(status(version, &[right]), None, "{right}");
                assert_eq!(status(version, &[right, right]), Some(400), "{right}");
            }
            for wrong in ["a b", "a/", "u@a", "a:65536", "a, a", "http://a", "[a"] {
                assert_eq!(status(version, &[wrong]), Some(400), "{wrong}");
            }
        }
        assert_eq!(status(Version::Http10, &[]), None);
        assert_eq!(status(Version::Http11, &[]), Some(400));
    }
}
