//! The reply after which a connection is a WebSocket; RFC 6455 § 4.2.2.

use data_encoding::BASE64;
use sha1::{Digest, Sha1};

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::name::HeaderName;
use crate::request::Request;

/// The text after the key, of which the proof is made.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

impl<'b> Response<'b> {
    /// Ends a `101 Switching Protocols`: the connection is a WebSocket after it. `request` has to
    /// ask for one ([`Request::expect_web_socket`]). A protocol of messages that the client offers
    /// is chosen by a line of [`HeaderName::SEC_WEBSOCKET_PROTOCOL`].
    ///
    /// Frames and messages are for other crates.
    ///
    /// A browser opens a WebSocket for any page, with the cookies of this host: where cookies tell
    /// who asks, [`Request::expect_same_origin`] comes first.
    ///
    /// ```
    /// use replywire::request::{Exchange, RequestHead};
    /// use replywire::{Response, Status};
    ///
    /// let bytes = b"GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    ///               sec-websocket-version: 13\r\n\
    ///               sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    /// let head = RequestHead::parse::<8>(bytes).unwrap();
    /// let mut buf = [0; 192];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::SWITCHING_PROTOCOLS)
    ///     .web_socket(&head.request())?;
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
    /// As [`upgrade`](Self::upgrade): [`Error::Upgrade`] where the request does not ask for it.
    #[doc(alias("sec-websocket-accept", "WebSocketUpgrade"))]
    pub fn web_socket(mut self, request: &Request<'_>) -> Result<Reply<'b>, Error> {
        let key = request.web_socket_key();
        self.note(key.map(drop).ok_or(Error::Upgrade));
        let accept = accept(key.unwrap_or_default());
        self.header(HeaderName::SEC_WEBSOCKET_ACCEPT, &accept[..])
            .upgrade(request.fields(), "websocket")
    }
}

/// The proof that a server has read `key`.
fn accept(key: &[u8]) -> [u8; 28] {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    let mut accept = [0; 28];
    // Four characters for each three of the 20 bytes.
    BASE64.encode_mut(&digest, &mut accept);
    accept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::status::Status;
    use crate::request::{Exchange, RequestHead};

    fn web_socket(method: &str, fields: &str) -> Result<std::string::String, Error> {
        web_socket_of(&std::format!(
            "{method} / HTTP/1.1\r\nhost: a\r\n{fields}\r\n"
        ))
    }

    fn web_socket_of(bytes: &str) -> Result<std::string::String, Error> {
        let head = RequestHead::parse::<8>(bytes.as_bytes()).unwrap();
        let mut buf = [0; 256];
        let response = Response::to(&Exchange::GET, &mut buf, Status::SWITCHING_PROTOCOLS);
        let response = response.header("sec-websocket-protocol", "chat");
        let reply = response.web_socket(&head.request())?;
        Ok(std::str::from_utf8(reply.as_bytes()).unwrap().into())
    }

    const OFFER: &str = "connection: upgrade\r\nupgrade: websocket\r\n";
    const VERSION: &str = "sec-websocket-version: 13\r\n";
    const KEY: &str = "sec-websocket-key: x3JJHMbDL1EzLkh9GBhXDw==\r\n";

    #[test]
    fn a_web_socket_has_the_accept_of_its_key_and_lines_of_the_caller() {
        let reply = web_socket("GET", &[OFFER, VERSION, KEY].concat());
        assert_eq!(
            reply.unwrap(),
            "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-protocol: chat\r\n\
             sec-websocket-accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\
             connection: upgrade\r\nupgrade: websocket\r\n\r\n",
        );
    }

    #[test]
    fn other_requests_are_no_web_socket() {
        for (method, fields) in [
            ("POST", [OFFER, VERSION, KEY]),
            ("GET", ["", VERSION, KEY]),
            ("GET", [OFFER, "", KEY]),
            ("GET", [OFFER, "sec-websocket-version: 8\r\n", KEY]),
            ("GET", [OFFER, VERSION, ""]),
            ("GET", [OFFER, VERSION, "sec-websocket-key: x\r\n"]),
            (
                "GET",
                [
                    OFFER,
                    VERSION,
                    "sec-websocket-key: x3JJHMbDL1EzLkh9GBhXD-==\r\n",
                ],
            ),
            (
                "GET",
                [
                    OFFER,
                    VERSION,
                    "sec-websocket-key: x3JJHMbDL1EzLkh9GBhXDwAA\r\n",
                ],
            ),
            (
                "GET",
                [
                    OFFER,
                    VERSION,
                    "sec-websocket-key: x3JJHMbDL1EzLkh9GBhXDwA=\r\n",
                ],
            ),
            ("GET", [OFFER, VERSION, &[KEY, KEY].concat()]),
            ("GET", [OFFER, &[VERSION, VERSION].concat(), KEY]),
            ("HEAD", [OFFER, VERSION, KEY]),
            (
                "GET",
                [
                    "connection: upgrade\r\nupgrade: websocket2\r\n",
                    VERSION,
                    KEY,
                ],
            ),
        ] {
            let reply = web_socket(method, &fields.concat());
            assert_eq!(reply, Err(Error::Upgrade), "{method} {fields:?}");
        }
    }

    #[test]
    fn an_old_client_has_no_web_socket_and_others_may_offer_more() {
        let asked = |version: &str, offer: &str| {
            let bytes = std::format!("GET / {version}\r\nhost: a\r\n{offer}{VERSION}{KEY}\r\n");
            web_socket_of(&bytes)
        };
        assert_eq!(asked("HTTP/1.0", OFFER), Err(Error::Upgrade));
        let offer = "connection: keep-alive, Upgrade\r\nupgrade: x, WebSocket\r\n";
        assert!(asked("HTTP/1.1", offer).is_ok());
    }
}
