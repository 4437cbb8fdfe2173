//! The reply to a method that a resource does not have; RFC 9110 §§ 9.3.7, 10.2.1 and 15.5.6.

use super::builder::Response;
use super::list::write_list;
use crate::error::Error;
use crate::field::name::HeaderName;
use crate::field::value::FieldValue;
use crate::field::value::sealed::{self, ValueWriter};
use crate::head::status::Status;
use crate::request::exchange::Exchange;
use crate::request::method::{Method, Methods};

impl<'b> Response<'b> {
    /// Starts the reply to a request whose path is there, and whose method is not among `methods`:
    /// `405 Method Not Allowed`, with the methods as `allow` (RFC 9110 § 15.5.6).
    ///
    /// Where there is `GET` there is `HEAD`, which the library answers by itself. `OPTIONS` is
    /// there, too: it is answered `204 No Content`, with the same `allow` (§ 9.3.7), and without
    /// the content of the ending and the lines that would describe it. For a method without a name
    /// here, [`Method::Other`], write the line by hand.
    ///
    /// ```
    /// use replywire::request::{Exchange, Method, Version};
    /// use replywire::Response;
    ///
    /// let mut buf = [0; 128];
    /// let put = Exchange::new("PUT", Version::Http11, [("host", "a")]);
    /// let reply = Response::not_allowed(&put, &mut buf, &[Method::Get, Method::Post]).empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD, OPTIONS, POST\r\n\
    ///       content-length: 0\r\n\r\n",
    /// );
    ///
    /// let options = Exchange::new("OPTIONS", Version::Http11, [("host", "a")]);
    /// let reply = Response::not_allowed(&options, &mut buf, &[Method::Post]).empty()?;
    /// assert_eq!(reply.as_bytes(), b"HTTP/1.1 204 No Content\r\nallow: OPTIONS, POST\r\n\r\n");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("Allow", "MethodNotAllowed"))]
    pub fn not_allowed(exchange: &Exchange<'b>, buf: &'b mut [u8], methods: &[Method]) -> Self {
        Self::allow(exchange, buf, Methods::of(methods))
    }

    pub(super) fn allow(exchange: &Exchange<'b>, buf: &'b mut [u8], methods: Methods) -> Self {
        let response = match exchange.method().asks_for_methods() {
            true => Self::to(exchange, buf, Status::NO_CONTENT).without_content_fields(),
            false => Self::to(exchange, buf, Status::METHOD_NOT_ALLOWED),
        };
        response.header(HeaderName::ALLOW, Allow(methods))
    }
}

/// The value of `allow`.
#[derive(Clone, Copy)]
struct Allow(Methods);

impl FieldValue for Allow {}

impl sealed::Value for Allow {
    const CHECKED: bool = true;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, writer: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        write_list(writer, self.0.names().map(str::as_bytes))
    }
}
