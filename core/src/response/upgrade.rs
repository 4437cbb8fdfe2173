//! The replies after which a connection speaks another protocol, RFC 9110 §§ 7.8 and 9.3.6.

use super::builder::Response;
use super::reply::Reply;
use crate::error::{Error, Place};
use crate::field::grammar::is_token;
use crate::field::id::FieldId;
#[cfg(feature = "refusals")]
use crate::field::name::HeaderName;
use crate::head::lines;
use crate::head::status::Status;
use crate::request::method::Method;
use crate::request::upgrade::offers;

impl<'b> Response<'b> {
    /// Ends a `101 Switching Protocols`: the client speaks `protocol` after it. `connection` and
    /// `upgrade` are written by this alone.
    ///
    /// `fields` are those of the request, which has to have asked for it: with the protocol in
    /// `upgrade`, in any case, and `upgrade` in `connection`, over HTTP/1.1.
    ///
    /// ```
    /// use replywire::request::{Exchange, Fields};
    /// use replywire::{Response, Status};
    ///
    /// let request = Fields::of_lines(b"Connection: Upgrade\r\nUpgrade: websocket\r\n");
    /// let mut buf = [0; 192];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::SWITCHING_PROTOCOLS)
    ///     .header("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    ///     .upgrade(request, "websocket")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 101 Switching Protocols\r\n\
    ///       sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    ///       connection: upgrade\r\nupgrade: websocket\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), which has [`Error::InterimStatus`] for HTTP/1.0;
    /// [`Error::Upgrade`] where the request has not asked for it, the status is another one, or a
    /// host frames the reply;
    /// [`Error::HeaderValue`] for a protocol that is no name, or two that a `/` parts;
    /// [`Error::FramingHeader`] where there is a line of `upgrade` already.
    pub fn upgrade<N, V>(
        mut self,
        fields: impl IntoIterator<Item = (N, V)>,
        protocol: &str,
    ) -> Result<Reply<'b>, Error>
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let is_hosted = self.exchange.is_hosted();
        let mistake = if self.status != Status::SWITCHING_PROTOCOLS || is_hosted {
            Some(Error::Upgrade)
        } else if !is_protocol(protocol.as_bytes()) {
            Some(Error::HeaderValue(Place::UNKNOWN))
        } else if !offers(fields, protocol.as_bytes()) {
            Some(Error::Upgrade)
        } else if self.has_upgrade() {
            Some(Error::FramingHeader(Place::UNKNOWN))
        } else {
            None
        };
        self.note(mistake.map_or(Ok(()), Err));
        self.write_common_lines();
        self.buf.write(b"connection: upgrade\r\nupgrade: ");
        self.buf.write(protocol.as_bytes());
        self.buf.write(b"\r\n\r\n");
        self.finish()
    }

    /// Ends a reply of 2xx to `CONNECT`: the connection is a tunnel after it.
    ///
    /// ```
    /// use replywire::request::{Exchange, Version};
    /// use replywire::{Response, Status};
    ///
    /// let exchange = Exchange::new("CONNECT", Version::Http11, [("host", "example.org:443")]);
    /// let mut buf = [0; 64];
    /// let reply = Response::to(&exchange, &mut buf, Status::OK).tunnel()?;
    /// assert_eq!(reply.as_bytes(), b"HTTP/1.1 200 OK\r\n\r\n");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Error::Upgrade`] for another method or another status, or where
    /// a host frames the reply.
    pub fn tunnel(mut self) -> Result<Reply<'b>, Error> {
        let is_tunnel = self.exchange.method() == Method::Connect
            && matches!(self.status.code(), 200..=299)
            && !self.exchange.is_hosted();
        self.note(match is_tunnel {
            true => Ok(()),
            false => Err(Error::Upgrade),
        });
        #[cfg(feature = "template")]
        self.exchange.write_template(&mut self.buf, &self.written);
        // What `close` says of a connection is said of the tunnel by its end.
        if !self.written.has(FieldId::Date) {
            self.exchange.write_date(&mut self.buf);
        }
        self.buf.write(b"\r\n");
        self.finish()
    }

    /// Adds the lines of a `426 Upgrade Required` that asks for a WebSocket; RFC 9110 § 15.5.22.
    /// Those of the connection are left out where a host frames the reply.
    #[cfg(feature = "refusals")]
    pub(super) fn web_socket_version(mut self) -> Self {
        if !self.exchange.is_hosted() {
            self.buf
                .write(b"connection: upgrade\r\nupgrade: websocket\r\n");
        }
        self.header(HeaderName::SEC_WEBSOCKET_VERSION, "13")
    }

    /// Tells if a line of `upgrade` was added.
    fn has_upgrade(&self) -> bool {
        let head = self.buf.written().unwrap_or_default();
        lines::find(lines::after_status_line(head), b"upgrade").is_some()
    }
}

/// `protocol`, RFC 9110 § 7.8.
fn is_protocol(protocol: &[u8]) -> bool {
    let mut parts = protocol.splitn(2, |byte| *byte == b'/');
    parts.all(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::exchange::Exchange;
    use crate::request::version::Version;

    fn upgraded(
        version: Version,
        status: Status,
        fields: &[(&str, &str)],
        protocol: &str,
    ) -> Result<(), Error> {
        let exchange = Exchange::new("GET", version, fields.iter().copied());
        let mut buf = [0; 256];
        let response = Response::to(&exchange, &mut buf, status);
        response.upgrade(fields.iter().copied(), protocol).map(drop)
    }

    #[test]
    fn only_what_was_asked_for_is_switched_to() {
        const SWITCH: Status = Status::SWITCHING_PROTOCOLS;
        const OPTION: (&str, &str) = ("Connection", "keep-alive, Upgrade");
        let http11 = |fields: &[_], protocol| upgraded(Version::Http11, SWITCH, fields, protocol);
        for (fields, protocol, want) in [
            (&[OPTION, ("upgrade", "echo")][..], "echo", Ok(())),
            (&[OPTION, ("Upgrade", "x, ECHO")], "echo", Ok(())),
            (
                &[OPTION, ("upgrade", "x"), ("upgrade", "echo")],
                "echo",
                Ok(()),
            ),
            (&[OPTION, ("upgrade", "h/2")], "h/2", Ok(())),
            (&[OPTION, ("upgrade", "h/2")], "h", Err(Error::Upgrade)),
            (&[OPTION], "echo", Err(Error::Upgrade)),
            (&[("upgrade", "echo")], "echo", Err(Error::Upgrade)),
            (
                &[("connection", "close"), ("upgrade", "echo")],
                "echo",
                Err(Error::Upgrade),
            ),
            (
                &[OPTION, ("upgrade", "")],
                "",
                Err(Error::HeaderValue(Place::UNKNOWN)),
            ),
            (
                &[OPTION, ("upgrade", "a b")],
                "a b",
                Err(Error::HeaderValue(Place::UNKNOWN)),
            ),
            (
                &[OPTION, ("upgrade", "a/b/c")],
                "a/b/c",
                Err(Error::HeaderValue(Place::UNKNOWN)),
            ),
            (
                &[OPTION, ("upgrade", "a/")],
                "a/",
                Err(Error::HeaderValue(Place::UNKNOWN)),
            ),
        ] {
            assert_eq!(http11(fields, protocol), want, "{fields:?} {protocol}");
        }
        let fields = &[OPTION, ("upgrade", "echo")];
        let old = upgraded(Version::Http10, SWITCH, fields, "echo");
        assert_eq!(old, Err(Error::InterimStatus));
        for status in [Status::OK, Status::PROCESSING] {
            let other = upgraded(Version::Http11, status, fields, "echo");
            assert_eq!(other, Err(Error::Upgrade));
        }
    }

    #[test]
    fn no_line_of_upgrade_is_the_callers() {
        let fields = [("connection", "upgrade"), ("upgrade", "echo")];
        let mut buf = [0; 256];
        let response = Response::to(&Exchange::GET, &mut buf, Status::SWITCHING_PROTOCOLS);
        let response = response.header("Upgrade", "other").upgrade(fields, "echo");
        assert_eq!(
            response.map(drop),
            Err(Error::FramingHeader(Place::UNKNOWN))
        );
    }

    #[test]
    fn every_buffer_length_is_all_or_nothing() {
        const WANT: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nx: y\r\n\
            connection: upgrade\r\nupgrade: echo\r\n\r\n";
        let fields = [("connection", "upgrade"), ("upgrade", "echo")];
        let mut buf = [0; WANT.len() + 1];
        for len in 0..=buf.len() {
            let buf = &mut buf[..len];
            let response = Response::to(&Exchange::GET, buf, Status::SWITCHING_PROTOCOLS);
            match response.header("x", "y").upgrade(fields, "echo") {
                Ok(reply) => assert_eq!(reply.as_bytes(), WANT),
                Err(error) => {
                    assert!(len < WANT.len());
                    assert_eq!(error, Error::Overflow { needed: WANT.len() });
                }
            }
        }
    }

    #[test]
    fn only_a_success_of_connect_is_a_tunnel() {
        for (method, status, want) in [
            ("CONNECT", Status::OK, Ok(())),
            ("CONNECT", Status::NO_CONTENT, Ok(())),
            ("CONNECT", Status::BAD_GATEWAY, Err(Error::Upgrade)),
            ("GET", Status::OK, Err(Error::Upgrade)),
        ] {
            let exchange = Exchange::new(method, Version::Http11, [("connection", "close")]);
            let mut buf = [0; 64];
            let reply = Response::to(&exchange, &mut buf, status).tunnel();
            if let Ok(reply) = &reply {
                assert!(
                    !reply
                        .as_bytes()
                        .windows(10)
                        .any(|part| part == b"connection")
                );
            }
            assert_eq!(reply.map(drop), want, "{method} {status:?}");
        }
    }
}
