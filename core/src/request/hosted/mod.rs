//! A request that another server has read.

mod checked;
#[cfg(test)]
mod tests;

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
