//! The origin of the page that has a browser make a request; RFC 6454.

use super::head::Request;
use super::refusal::Refusal;
use crate::head::status::Status;

impl Request<'_> {
    /// Refuses a request that a browser makes for a page of another origin, with `403 Forbidden`:
    /// one whose `origin` is not `http://` or `https://` and this request's
    /// [`authority`](Self::authority), port and all. So is `null`, and are two `origin`s. A request
    /// without an `origin` is no other page's; clients that are no browsers send none (RFC 6454
    /// § 7).
    ///
    /// Browsers let any page open a WebSocket to any host, with the cookies of that, and let the
    /// host find the stranger (RFC 6455 § 10.2). Behind a proxy the `host` has to be the client's.
    ///
    /// ```
    /// use replywire::Status;
    /// use replywire::request::RequestHead;
    ///
    /// let of = |origin| format!("GET / HTTP/1.1\r\nhost: a.example\r\norigin: {origin}\r\n\r\n");
    /// let own = of("https://A.example");
    /// let head = RequestHead::parse::<8>(own.as_bytes()).unwrap();
    /// head.request().expect_same_origin()?;
    /// let other = of("https://b.example");
    /// let head = RequestHead::parse::<8>(other.as_bytes()).unwrap();
    /// let refusal = head.request().expect_same_origin().unwrap_err();
    /// assert_eq!(refusal.status(), Status::FORBIDDEN);
    /// # Ok::<(), replywire::request::Refusal>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal.
    #[doc(alias("CSRF", "CSWSH", "check_origin"))]
    pub fn expect_same_origin(&self) -> Result<(), Refusal> {
        let is_same = match self.header("origin") {
            None => true,
            Some(_) => self
                .fields()
                .only("origin")
                .is_some_and(|it| self.is_at(it)),
        };
        match is_same {
            true => Ok(()),
            false => Err(Refusal::of(Status::FORBIDDEN)),
        }
    }

    fn is_at(&self, origin: &[u8]) -> bool {
        let host = origin
            .strip_prefix(b"https://")
            .or(origin.strip_prefix(b"http://"));
        host.is_some_and(|host| {
            !host.is_empty() && host.eq_ignore_ascii_case(self.authority().as_bytes())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::head::status::Status;
    use crate::request::RequestHead;

    fn status(start: &str, fields: &str) -> Option<Status> {
        let bytes = std::format!("{start}\r\n{fields}\r\n");
        let head = RequestHead::parse::<8>(bytes.as_bytes()).unwrap();
        let expected = head.request().expect_same_origin();
        expected.err().map(|refusal| refusal.status())
    }

    #[test]
    fn an_origin_is_the_authority_or_there_is_none() {
        for fields in [
            "host: a.example\r\n",
            "host: a.example\r\norigin: https://a.example\r\n",
            "host: A.example:81\r\nOrigin: http://a.EXAMPLE:81\r\n",
            "host: [::1]:81\r\norigin: http://[::1]:81\r\n",
        ] {
            assert_eq!(status("GET / HTTP/1.1", fields), None, "{fields}");
        }
        // The host of the target counts, and `host` does not.
        let fields = "host: b\r\norigin: https://a\r\n";
        assert_eq!(status("GET https://a/ HTTP/1.1", fields), None);
        assert_eq!(status("GET / HTTP/1.0", ""), None);
    }

    #[test]
    fn every_other_origin_is_forbidden() {
        for origin in [
            "null",
            "",
            "https://",
            "a.example",
            "https://b.example",
            "https://a.example.b",
            "https://b.a.example",
            "https://a.example:444",
            "https://a.example/",
            "https://x@a.example",
            "wss://a.example",
            "https://a.example https://a.example",
            "https://a.example, https://a.example",
            "https://a.example\r\norigin: https://a.example",
            "https://a.example\r\norigin: https://b",
        ] {
            let fields = std::format!("host: a.example\r\norigin: {origin}\r\n");
            assert_eq!(
                status("GET / HTTP/1.1", &fields),
                Some(Status::FORBIDDEN),
                "{origin}"
            );
        }
        for fields in ["origin: https://\r\n", "host:\r\norigin: https://\r\n"] {
            assert_eq!(
                status("GET / HTTP/1.0", fields),
                Some(Status::FORBIDDEN),
                "{fields}"
            );
        }
    }
}
