//! A request that another server has read.

use super::content::{BodyDecoder, State};
use super::exchange::Exchange;
use super::head::Line;
use super::method::Method;
use super::refusal::{Refusal, Refused};
use super::requests::{Content, Requests};
use super::target::{self, is_target};
use super::version::Version;
use crate::field::grammar::{check_value, is_name, is_token};
use crate::write::buf::Buf;

impl<'b> Requests<'b> {
    /// One request that a host has read, and the content of it as the host has decoded it:
    /// [`BodyDecoder::sized`] or [`BodyDecoder::hosted`]. It is at hand at once, by
    /// [`request`](Self::request). `buf` takes the head, of [`hosted_len`](Self::hosted_len) bytes;
    /// what is left of it may hold content.
    ///
    /// The exchange is one that was made for the same fields, and is
    /// [`hosted`](Exchange::hosted).
    ///
    /// ```
    /// use replywire::request::{BodyDecoder, Exchange, Requests};
    ///
    /// let fields = [("host", b"example.org")];
    /// let mut buf = [0; 64];
    /// let exchange = Exchange::GET.hosted();
    /// let content = BodyDecoder::sized(0);
    /// let mut requests = Requests::hosted(&mut buf, exchange, "GET", "/a?b", fields, content)?;
    /// let (request, _) = requests.request();
    /// assert_eq!((request.path(), request.query()), ("/a", Some("b")));
    /// assert_eq!(request.header("Host"), Some(&b"example.org"[..]));
    /// # Ok::<(), replywire::request::Refused>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refused`] for a method that is no name or not that of the exchange, for a target of none
    /// of the forms of RFC 9112 § 3.2, for a name or a value that is none, for a `host` that is no
    /// authority, for two of them, for none in HTTP/1.1, and for a head that does not fit.
    pub fn hosted<N, V>(
        buf: &'b mut [u8],
        exchange: Exchange<'static>,
        method: &str,
        target: &str,
        fields: impl IntoIterator<Item = (N, V)>,
        content: BodyDecoder,
    ) -> Result<Self, Refused>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let refused = |reason| Refused::new(reason, exchange.method());
        let name = method.as_bytes();
        let is_right = is_token(name) && Method::parse(name) == exchange.method();
        let is_line = !target.bytes().any(|byte| byte <= b' ' || byte == 0x7F);
        if !is_right || !is_line || !is_target(exchange.method(), target.as_bytes()) {
            return Err(refused(Refusal::BadRequest));
        }
        let mut head = Buf::new(buf);
        for part in [
            method,
            " ",
            target,
            " ",
            exchange.version().as_str(),
            "\r\n",
        ] {
            head.write(part.as_bytes());
        }
        let mut hosts = 0_usize;
        for (name, value) in fields {
            let name = name.as_ref().as_bytes();
            let value = value.as_ref().trim_ascii();
            let is_host = is_name(name, b"host");
            hosts += usize::from(is_host);
            if !is_token(name) || check_value(value).is_err() || is_host && !target::is_host(value)
            {
                return Err(refused(Refusal::BadRequest));
            }
            head.write(name);
            head.write_array(b": ");
            head.write(value);
            head.write_array(b"\r\n");
        }
        // RFC 9112 § 3.2
        if hosts > 1 || hosts == 0 && exchange.version() == Version::Http11 {
            return Err(refused(Refusal::BadRequest));
        }
        head.write_array(b"\r\n");
        let Ok((buf, len)) = head.finish() else {
            return Err(refused(Refusal::FieldsTooLarge));
        };
        let mut requests = Self::new(buf);
        requests.base = len;
        requests.len = len;
        requests.line = Line {
            method: method.len(),
            target: target.len(),
        };
        requests.exchange = exchange;
        requests.progress.decoder = content;
        Ok(requests)
    }

    /// The most bytes that the head of a request takes in the buffer of [`hosted`](Self::hosted).
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
    use crate::request::requests::ContentStep;

    const FIELDS: [(&str, &str); 3] = [("Host", "a"), ("empty", ""), ("blanks", " a\tb ")];

    #[test]
    fn a_head_is_whole_in_a_buffer_of_its_length_and_refused_in_a_shorter_one() {
        let needed = Requests::hosted_len("PUT", "/a?b", FIELDS);
        for len in 0..needed + 8 {
            let mut buf = vec![0xAA; len];
            let exchange = Exchange::new("PUT", Version::Http11, FIELDS).hosted();
            let content = BodyDecoder::hosted();
            let requests = Requests::hosted(&mut buf, exchange, "PUT", "/a?b", FIELDS, content);
            let mut requests = match requests {
                Ok(requests) => requests,
                Err(refused) => {
                    assert_eq!(refused.reason, Refusal::FieldsTooLarge);
                    // The blanks around a value are counted, and not written.
                    assert!(len < needed - 2, "{len}");
                    continue;
                }
            };
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
            let exchange = Exchange::GET.hosted();
            let fields = [("host", &b"a"[..]), (name, value)];
            let content = BodyDecoder::sized(0);
            Requests::hosted(&mut [0; 99], exchange, method, target, fields, content).is_err()
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
    fn a_request_names_one_host() {
        fn status(version: Version, hosts: &[&str]) -> Option<u16> {
            let fields = || hosts.iter().map(|host| ("Host", host));
            let exchange = Exchange::new("GET", version, fields()).hosted();
            let content = BodyDecoder::sized(0);
            let mut buf = [0; 99];
            let made = Requests::hosted(&mut buf, exchange, "GET", "/", fields(), content);
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
