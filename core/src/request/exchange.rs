use super::framer::Framer;
use super::lists::List;
use super::method::Method;
use super::moment;
use super::version::Version;
use crate::error::Error;
use crate::field::date::HttpDate;
use crate::field::grammar::is_name;
use crate::field::list::Members;
use crate::head::status::Status;
use crate::head::template::Template;
use crate::head::written::WrittenFields;
use crate::write::buf::Buf;
/// The facts that a reply needs to know about its request, and the current time.
///
/// It decides whether a body is sent (`HEAD`), how its end is marked, whether the connection
/// stays open, and what the `date` field says. Build it from any server's request:
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::request::{Exchange, Version};
///
/// let headers = [("Host", "example.org"), ("Connection", "close")];
/// let exchange = Exchange::new("HEAD", Version::Http11, headers);
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&exchange, &mut buf, Status::OK).text("hi")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
///       connection: close\r\ncontent-length: 2\r\n\r\n",
/// );
/// assert!(reply.closes());
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "scope")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Exchange<'t> {
    terms: Terms,
    date: moment::Date,
    clock: moment::Clock,
    template: Template<'t>,
}

/// The facts that decide the framing of a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Terms {
    method: Method,
    version: Version,
    keep_alive: bool,
    takes_trailers: bool,
    framer: Framer,
}

impl Terms {
    #[inline]
    const fn closes_after(&self, status: Status) -> bool {
        !self.keep_alive && !status.is_informational()
    }
}

impl Exchange<'_> {
    /// A `GET` over HTTP/1.1 on a connection that stays open, with no date.
    pub const GET: Self = Self {
        terms: Terms {
            method: Method::Get,
            version: Version::Http11,
            keep_alive: true,
            takes_trailers: false,
            framer: Framer::OWN,
        },
        date: moment::UNKNOWN.0,
        clock: moment::UNKNOWN.1,
        template: Template::EMPTY,
    };

    /// The same for `HEAD`.
    pub const HEAD: Self = Self {
        terms: Terms {
            method: Method::Head,
            ..Self::GET.terms
        },
        ..Self::GET
    };

    /// The same for `OPTIONS`.
    #[cfg(feature = "refusals")]
    pub(crate) const OPTIONS: Self = Self {
        terms: Terms {
            method: Method::Options,
            ..Self::GET.terms
        },
        ..Self::GET
    };

    /// Reads the fields of a request that a reply depends on.
    ///
    /// The connection stays open after an HTTP/1.1 request without `close` among its connection
    /// options (RFC 9112 § 9.3). It is never kept open for HTTP/1.0. Trailer fields are taken where
    /// `te` says `trailers` (RFC 9110 § 10.1.4).
    pub fn new<N, V>(
        method: &str,
        version: Version,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let mut options = Options::NONE;
        for (name, value) in headers {
            options.read(name.as_ref().as_bytes(), value.as_ref());
        }
        options.exchange(Method::parse(method.as_bytes()), version)
    }

    /// The same exchange, answered at `now`: replies get a `date` field (RFC 9110 § 6.6.1).
    #[must_use]
    pub const fn at(mut self, now: HttpDate) -> Self {
        (self.date, self.clock) = moment::at(now);
        self
    }

    /// The same exchange on a connection that closes after the reply, which then says so.
    #[must_use]
    pub const fn closing(mut self) -> Self {
        self.terms.keep_alive = false;
        self
    }

    /// The same exchange of a request that another server has read: a host, such as hyper, which
    /// frames the reply itself (RFC 9112 §§ 6 and 9).
    ///
    /// A reply to it has no line of the connection: no `transfer-encoding`, no `connection`, and no
    /// `date` but the caller's. A body of unknown length is not in chunks, and ends where the bytes
    /// end; trailer fields are apart from it ([`Stream::trailer_lines`]). An upgrade is refused.
    /// To the reply, the connection closes: what becomes of it is the host's.
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 64];
    /// let response = Response::to(&Exchange::GET.hosted(), &mut buf, Status::OK);
    /// let mut transfer = response.stream()?;
    /// let Step::Fill(room) = transfer.step()? else { panic!() };
    /// room[..2].copy_from_slice(b"hi");
    /// transfer.filled(2)?;
    /// assert_eq!(transfer.step()?.bytes(), b"HTTP/1.1 200 OK\r\n\r\nhi");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// [`Stream::trailer_lines`]: crate::body::Stream::trailer_lines
    #[cfg(feature = "hosted")]
    #[must_use]
    pub const fn hosted(mut self) -> Self {
        self.terms.framer = Framer::Host;
        self.closing()
    }

    /// The same exchange, of which replies have no lines.
    #[inline]
    pub(crate) const fn without_lines(&self) -> Exchange<'static> {
        Exchange {
            terms: self.terms,
            date: self.date,
            clock: self.clock,
            template: Template::EMPTY,
        }
    }

    /// The request's method.
    pub const fn method(&self) -> Method {
        self.terms.method
    }

    /// The request's version.
    pub const fn version(&self) -> Version {
        self.terms.version
    }

    /// Tells if the connection may stay open after the reply.
    pub const fn keep_alive(&self) -> bool {
        self.terms.keep_alive
    }

    /// Tells if [`Trailers`](crate::body::Trailers) are sent after a reply in chunks.
    pub const fn takes_trailers(&self) -> bool {
        self.terms.takes_trailers
    }

    /// The time at which the reply is made.
    pub const fn date(&self) -> Option<HttpDate> {
        moment::date(self.date, self.clock)
    }

    /// Writes the lines of the template, those in whose place the reply has its own excepted.
    #[inline(always)]
    pub(crate) fn write_template(&self, buf: &mut Buf<'_>, written: &WrittenFields) {
        self.template.write_to(buf, written);
    }

    /// Tells if every reply has lines of the exchange.
    #[inline(always)]
    pub(crate) const fn has_lines(&self) -> bool {
        !self.template.is_empty()
    }

    /// Writes a `date` line, if the time is known and no host writes one.
    #[inline(always)]
    pub(crate) fn write_date(&self, buf: &mut Buf<'_>) {
        if self.terms.framer.is_host() {
            return;
        }
        moment::write_line(self.date, self.clock, buf);
    }

    /// Tells if a reply with this status says that the connection closes: after an interim one, the
    /// final one is still to come, RFC 9110 § 15.2.
    #[inline]
    pub(crate) const fn tells_close(&self, status: Status) -> bool {
        self.terms.closes_after(status) && !self.is_hosted()
    }

    /// Tells if a host frames the reply: never without the feature `hosted`.
    #[inline]
    pub const fn is_hosted(&self) -> bool {
        self.terms.framer.is_host()
    }

    /// Tells if a body of unknown length comes in chunks, RFC 9112 § 7.1.
    #[inline]
    pub(crate) const fn has_chunks(&self) -> bool {
        matches!(self.terms.version, Version::Http11) && !self.is_hosted()
    }

    /// The mistake of a reply with this status: HTTP/1.0 has no status below 200, RFC 9110 § 15.2.
    #[inline]
    pub(crate) const fn mistake(&self, status: Status) -> Option<Error> {
        match self.terms.version {
            Version::Http10 if status.is_informational() => Some(Error::InterimStatus),
            _ => None,
        }
    }

    /// The rule for the content after the head of a reply with this status.
    #[inline]
    pub(crate) const fn content(&self, status: Status) -> BodyRule {
        match (status.code(), self.terms.method) {
            // RFC 9110 §§ 8.6, 9.3.6, 15.2, 15.3.5 and 15.4.5
            (100..=199 | 204 | 304, _) | (200..=299, Method::Connect) => BodyRule::None,
            // RFC 9110 § 15.3.6
            (205, _) => BodyRule::Empty,
            // RFC 9110 § 9.3.2
            (_, Method::Head) => BodyRule::Omitted,
            _ => BodyRule::Whole,
        }
    }
}

#[cfg(feature = "template")]
impl<'t> Exchange<'t> {
    /// The same exchange, to which every reply has these lines; see [`Template`].
    #[must_use]
    pub const fn with_template<'l>(self, template: Template<'l>) -> Exchange<'l> {
        Exchange {
            terms: self.terms,
            date: self.date,
            clock: self.clock,
            template,
        }
    }

    /// The lines that every reply has.
    pub const fn template(&self) -> Template<'t> {
        self.template
    }
}

/// The members of lists that an exchange depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    closes: bool,
    takes_trailers: bool,
}

impl Options {
    /// The options of a request without lists.
    pub(super) const NONE: Self = Self {
        closes: false,
        takes_trailers: false,
    };

    /// Reads a field.
    #[inline(always)]
    pub(super) fn read(&mut self, name: &[u8], value: &[u8]) {
        if let Some((list, known)) = List::of(name) {
            for member in Members(value) {
                self.note(list, is_name(member, known));
            }
        }
    }

    /// Reads a member of a list.
    #[inline(always)]
    pub(super) const fn note(&mut self, list: List, is_known: bool) {
        match list {
            List::Connection => self.closes |= is_known,
            List::Te => self.takes_trailers |= is_known,
            List::Expect | List::TransferEncoding => {}
        }
    }

    /// The exchange of the request.
    #[inline(always)]
    pub(super) fn exchange(self, method: Method, version: Version) -> Exchange<'static> {
        let is_http11 = version == Version::Http11;
        Exchange {
            terms: Terms {
                method,
                version,
                keep_alive: is_http11 && !self.closes,
                takes_trailers: is_http11 && self.takes_trailers,
                framer: Framer::OWN,
            },
            ..Exchange::GET
        }
    }
}

/// The exchange that a finished reply is made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyContext {
    terms: Terms,
    pub(crate) status: Status,
}

impl ReplyContext {
    pub(crate) const fn new(exchange: &Exchange<'_>, status: Status) -> Self {
        Self {
            terms: exchange.terms,
            status,
        }
    }

    /// The exchange, of which a reply knows no date.
    pub(crate) const fn exchange(self) -> Exchange<'static> {
        Exchange {
            terms: self.terms,
            ..Exchange::GET
        }
    }

    /// Tells if the connection closes after the reply.
    pub(crate) const fn closes(&self) -> bool {
        self.terms.closes_after(self.status)
    }

    pub(crate) const fn close(&mut self) {
        self.terms.keep_alive = false;
    }

    pub(crate) const fn takes_trailers(self) -> bool {
        self.terms.takes_trailers
    }

    /// Tells if a host frames the reply.
    #[cfg(feature = "hosted")]
    pub(crate) const fn is_hosted(self) -> bool {
        self.terms.framer.is_host()
    }

    /// Tells if the framing is right for `exchange`.
    pub(crate) fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        let has_own_framing = |method| matches!(method, Method::Head | Method::Connect);
        let (made, asked) = (&self.terms, &exchange.terms);
        let same_method = made.method == asked.method
            || !has_own_framing(made.method) & !has_own_framing(asked.method);
        if self.status.is_informational() {
            Err(Error::InterimStatus)
        } else if !same_method
            || made.version != asked.version
            || made.framer != asked.framer
            || !asked.keep_alive && made.keep_alive
            || !asked.takes_trailers && made.takes_trailers
        {
            Err(Error::OtherExchange)
        } else {
            Ok(())
        }
    }
}

/// The part of a reply's content that is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BodyRule {
    /// None, and it has no length.
    None,
    /// None, and its length is 0.
    Empty,
    /// None, but the head describes it.
    Omitted,
    /// All.
    Whole,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_1_1_without_close_keeps_the_connection() {
        for (version, value, keep) in [
            (Version::Http11, "", true),
            (Version::Http11, "keep-alive", true),
            (Version::Http11, "closed", true),
            (Version::Http11, "close", false),
            (Version::Http11, "upgrade,\tCLOSE ,x", false),
            (Version::Http10, "keep-alive", false),
            (Version::Http10, "", false),
        ] {
            let exchange = Exchange::new("GET", version, [("cONNECTION", value)]);
            assert_eq!(exchange.keep_alive(), keep, "{version:?} {value}");
        }
        let two_lines = [("connection", "x"), ("connection", "close")];
        assert!(!Exchange::new("GET", Version::Http11, two_lines).keep_alive());
    }

    #[test]
    fn only_http_1_1_with_te_trailers_takes_trailers() {
        for (version, value, takes) in [
            (Version::Http11, "trailers", true),
            (Version::Http11, "deflate;q=0.5,\tTrailers ,", true),
            (Version::Http11, "", false),
            (Version::Http11, "trailer", false),
            (Version::Http11, "trailers;q=1", false),
            (Version::Http11, "deflate;x=\"trailers\"", false),
            (Version::Http10, "trailers", false),
        ] {
            let exchange = Exchange::new("GET", version, [("tE", value)]);
            assert_eq!(exchange.takes_trailers(), takes, "{version:?} {value}");
        }
    }
}
