//! The protocols that a client offers to speak on its connection, RFC 9110 § 7.8, and the bytes in
//! which it speaks one.

#[cfg(feature = "request")]
use super::head::Request;
#[cfg(feature = "request")]
use super::method::Method;
#[cfg(feature = "request")]
use super::reading::{Content, Progress};
#[cfg(feature = "refusals")]
use super::refusal::Refusal;
#[cfg(feature = "request")]
use super::version::Version;
use crate::field::grammar::is_name;
use crate::field::list::Members;
#[cfg(feature = "refusals")]
use crate::field::name::HeaderName;

#[cfg(feature = "request")]
impl<'r> Request<'r> {
    /// Tells if the connection may speak `protocol` after a
    /// [`101`](crate::Response::upgrade): the client names it in `upgrade`, in any case, and
    /// `upgrade` in `connection`, over HTTP/1.1.
    ///
    /// ```
    /// use replywire::request::RequestHead;
    ///
    /// let bytes = b"GET / HTTP/1.1\r\nhost: a\r\n\
    ///               connection: upgrade\r\nupgrade: WebSocket\r\n\r\n";
    /// let head = RequestHead::parse::<8>(bytes).unwrap();
    /// assert!(head.request().offers_upgrade("websocket"));
    /// assert!(!head.request().offers_upgrade("echo"));
    /// ```
    pub fn offers_upgrade(&self, protocol: &str) -> bool {
        self.version() == Version::Http11 && offers(self.fields(), protocol.as_bytes())
    }

    /// The key of a client that asks for a WebSocket, in the version that there is; RFC 6455
    /// § 4.2.1. `None` for all other requests, and where the key or the version is told twice.
    ///
    /// The value of `sec-websocket-accept` is made of it, which crates for WebSockets do, and with
    /// the feature `web-socket` `Response::web_socket`.
    ///
    /// ```
    /// use replywire::request::RequestHead;
    ///
    /// let bytes = b"GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    ///               sec-websocket-version: 13\r\n\
    ///               sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    /// let head = RequestHead::parse::<8>(bytes).unwrap();
    /// assert_eq!(head.request().web_socket_key(), Some(&b"dGhlIHNhbXBsZSBub25jZQ=="[..]));
    /// ```
    #[doc(alias = "sec-websocket-key")]
    pub fn web_socket_key(&self) -> Option<&'r [u8]> {
        let key = self.web_socket_key_of_any_version()?;
        (self.web_socket_version() == Some(b"13")).then_some(key)
    }

    fn web_socket_key_of_any_version(&self) -> Option<&'r [u8]> {
        let key = self.fields().only("sec-websocket-key")?;
        let is_right = is_key(key)
            && self.exchange().method() == Method::Get
            && self.offers_upgrade("websocket");
        is_right.then_some(key)
    }

    fn web_socket_version(&self) -> Option<&'r [u8]> {
        self.fields().only("sec-websocket-version")
    }

    /// Refuses a request that does not ask for a WebSocket in the version that there is: with
    /// `426 Upgrade Required` where it asks for another version, else with `400 Bad Request`; and
    /// that version in `sec-websocket-version` (RFC 6455 §§ 4.2.2, 4.4).
    ///
    /// ```
    /// use replywire::Status;
    /// use replywire::request::RequestHead;
    ///
    /// let head = RequestHead::parse::<8>(b"GET /ws HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    /// let refusal = head.request().expect_web_socket().unwrap_err();
    /// assert_eq!(refusal.status(), Status::BAD_REQUEST);
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal.
    #[cfg(feature = "refusals")]
    pub fn expect_web_socket(&self) -> Result<(), Refusal> {
        const REFUSAL: Refusal =
            Refusal::BadRequest.header(HeaderName::SEC_WEBSOCKET_VERSION, "13");

        match (
            self.web_socket_key_of_any_version(),
            self.web_socket_version(),
        ) {
            (Some(_), Some(b"13")) => Ok(()),
            (Some(_), Some(_)) => Err(Refusal::WEB_SOCKET_VERSION),
            _ => Err(REFUSAL),
        }
    }
}

/// Tells if the text is 16 bytes in Base64.
#[cfg(feature = "request")]
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = key.strip_suffix(b"==");
    digits.is_some_and(|digits| digits.len() == 22 && digits.iter().all(is_digit))
}

#[cfg(feature = "request")]
impl Content<'_> {
    /// Bytes that came after the content, once that has ended: the next request, or what a client
    /// speaks on a connection that was upgraded.
    pub fn after(&self) -> &[u8] {
        let Progress { decoder, unread } = &*self.progress;
        match decoder.is_ended() {
            true => self.rest.get(unread.clone()).unwrap_or_default(),
            false => &[],
        }
    }

    /// Takes bytes that came [`after`](Self::after) the content, as many as `output` has room for,
    /// and returns how many; they are no request then.
    pub fn take_after(&mut self, output: &mut [u8]) -> usize {
        let after = self.after();
        let len = after.len().min(output.len());
        for (to, from) in output.iter_mut().zip(after) {
            *to = *from;
        }
        self.progress.unread.start += len;
        len
    }
}

/// Tells if a request with these fields would have its connection speak `protocol`.
pub(crate) fn offers<N, V>(fields: impl IntoIterator<Item = (N, V)>, protocol: &[u8]) -> bool
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    let (mut is_option, mut is_offered) = (false, false);
    for (name, value) in fields {
        let name = name.as_ref().as_bytes();
        if is_name(name, b"connection") {
            is_option |= Members(value.as_ref()).any(|option| is_name(option, b"upgrade"));
        } else if is_name(name, b"upgrade") {
            is_offered |=
                Members(value.as_ref()).any(|offered| offered.eq_ignore_ascii_case(protocol));
        }
    }
    is_option && is_offered
}
