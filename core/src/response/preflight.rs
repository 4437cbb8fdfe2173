//! Preflights: a browser's question before a cross-origin request, and its answer.

use super::builder::Response;
use super::cors::{Cors, SAFELISTED};
use super::list::{List, write_list};
use super::reply::Reply;
use crate::error::Error;
use crate::field::name::HeaderName;
use crate::field::value::FieldValue;
use crate::field::value::sealed::{self, ValueWriter};
use crate::head::status::Status;
use crate::request::exchange::Exchange;
use crate::write::buf::Buf;

const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, \
     Access-Control-Request-Headers, Access-Control-Request-Private-Network";

/// A browser's question before a cross-origin request.
#[derive(Clone, Copy, Debug)]
pub struct Preflight<'r> {
    origin: &'r [u8],
    method: &'r [u8],
    headers: Option<&'r [u8]>,
    private_network: bool,
}

impl<'r> Preflight<'r> {
    /// Reads a preflight: an `OPTIONS` request with `origin` and `access-control-request-method`.
    ///
    /// `None` for any other request, which is then an ordinary one.
    pub fn read<N, V>(method: &str, headers: impl IntoIterator<Item = (N, &'r V)>) -> Option<Self>
    where
        N: AsRef<str>,
        V: AsRef<[u8]> + ?Sized + 'r,
    {
        if method != "OPTIONS" {
            return None;
        }
        let (mut origin, mut requested, mut names, mut private) = (None, None, None, None);
        for (name, value) in headers {
            let name = name.as_ref();
            // Names are told apart by their length first.
            let slot = match name.len() {
                6 if name.eq_ignore_ascii_case("origin") => &mut origin,
                29 if name.eq_ignore_ascii_case("access-control-request-method") => &mut requested,
                30 if name.eq_ignore_ascii_case("access-control-request-headers") => &mut names,
                38 if name.eq_ignore_ascii_case("access-control-request-private-network") => {
                    &mut private
                }
                _ => continue,
            };
            slot.get_or_insert(value.as_ref());
        }
        Some(Self {
            origin: origin?,
            method: requested?,
            headers: names,
            private_network: private.is_some(),
        })
    }
}

impl Cors<'_> {
    /// Answers a preflight: `200 OK` when all it asks for is allowed, else `400 Bad Request` with a
    /// text that names the parts that are not.
    ///
    /// ```
    /// use replywire::{Cors, Preflight};
    /// use replywire::request::{Exchange, Version};
    ///
    /// const CORS: Cors = Cors::new().origins(&["https://app.example"]);
    ///
    /// let request = [("origin", "https://app.example"), ("access-control-request-method", "PUT")];
    /// let exchange = Exchange::new("OPTIONS", Version::Http11, request);
    /// let preflight = Preflight::read("OPTIONS", request).unwrap();
    ///
    /// let mut buf = [0; 512];
    /// let reply = CORS.preflight(&preflight, &exchange, &mut buf)?;
    /// assert!(reply.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
    /// assert!(reply.ends_with(b"\r\n\r\nDisallowed CORS method"));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`]; [`Error::HeaderValue`] for a request or a configuration that holds an
    /// invalid field value.
    pub fn preflight<'b>(
        &self,
        preflight: &Preflight<'_>,
        exchange: &Exchange,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error> {
        let answer = self.answer(preflight.origin);
        let failures = [
            ("origin", answer.is_none()),
            (
                "method",
                !self
                    .allowed_methods()
                    .iter()
                    .any(|allowed| allowed.as_bytes() == preflight.method),
            ),
            (
                "headers",
                !preflight
                    .headers
                    .is_none_or(|names| self.allows_headers(names)),
            ),
            (
                "private-network",
                preflight.private_network && !self.private_network,
            ),
        ];
        let failed = failures.iter().any(|(_, failed)| *failed);
        let status = if failed {
            Status::BAD_REQUEST
        } else {
            Status::OK
        };

        let mut response = Response::to(exchange, buf, status)
            .header(HeaderName::VARY, PREFLIGHT_VARY)
            .header(
                HeaderName::ACCESS_CONTROL_ALLOW_METHODS,
                List(self.allowed_methods()),
            )
            .header(HeaderName::ACCESS_CONTROL_MAX_AGE, self.max_age);
        response = match (self.headers.contains(&"*"), preflight.headers) {
            (false, _) => response.header(
                HeaderName::ACCESS_CONTROL_ALLOW_HEADERS,
                Sorted(self.headers),
            ),
            (true, Some(names)) => response.header(HeaderName::ACCESS_CONTROL_ALLOW_HEADERS, names),
            (true, None) => response,
        };
        if self.credentials {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if let Some(answer) = answer {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, answer);
        }
        if preflight.private_network && self.private_network {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK, "true");
        }
        if !failed {
            return response.text("OK");
        }
        // All four names fit.
        let mut text = [0; 64];
        let mut out = Buf::new(&mut text);
        out.write(b"Disallowed CORS ");
        let mut separator = "";
        for (what, _) in failures.iter().filter(|(_, failed)| *failed) {
            out.write(separator.as_bytes());
            out.write(what.as_bytes());
            separator = ", ";
        }
        let text = out.written_mut().unwrap_or_default();
        response.bytes("text/plain", text)
    }
}

/// The safelisted names and `.0`, in the order of their bytes, each once.
#[derive(Clone, Copy)]
struct Sorted<'c>(&'c [&'c str]);

impl FieldValue for Sorted<'_> {}

impl sealed::Value for Sorted<'_> {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, writer: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        let mut last = "";
        let sorted = core::iter::from_fn(|| {
            let names = SAFELISTED.iter().chain(self.0).copied();
            last = names.filter(|name| *name > last).min()?;
            Some(last)
        });
        write_list(writer, sorted)
    }
}
