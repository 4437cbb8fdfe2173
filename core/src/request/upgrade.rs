//! The protocols that a client offers to speak on its connection, RFC 9110 § 7.8.

#[cfg(feature = "request")]
use super::head::Request;
#[cfg(feature = "request")]
use super::version::Version;
use crate::field::grammar::is_name;
use crate::field::list::Members;

#[cfg(feature = "request")]
impl Request<'_> {
    /// Tells if the connection may speak `protocol` after a
    /// [`101`](crate::Response::upgrade): the client names it in `upgrade`, in any case, and
    /// `upgrade` in `connection`, over HTTP/1.1.
    ///
    /// ```
    /// use replywire::request::RequestHead;
    ///
    /// let bytes = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: WebSocket\r\n\r\n";
    /// let head = RequestHead::parse::<8>(bytes).unwrap();
    /// assert!(head.request().offers_upgrade("websocket"));
    /// assert!(!head.request().offers_upgrade("echo"));
    /// ```
    pub fn offers_upgrade(&self, protocol: &str) -> bool {
        self.version() == Version::Http11 && offers(self.fields(), protocol.as_bytes())
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
