//! Preflights: a browser's question before a cross-origin request, and its answer.

use core::fmt;

use super::builder::Response;
use super::cors::{Cors, SAFELISTED};
use super::list::{List, write_list, write_texts};
use super::reply::Reply;
use crate::error::Error;
use crate::field::grammar::Quoted;
use crate::field::list::{Members, values, without_blanks};
use crate::field::name::HeaderName;
use crate::field::value::FieldValue;
use crate::field::value::sealed::{self, ValueWriter};
use crate::head::status::Status;
use crate::request::exchange::Exchange;
use crate::write::buf::Buf;

const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, \
     Access-Control-Request-Headers, Access-Control-Request-Private-Network";

/// A browser's question before a cross-origin request, in the fields `F` of that.
#[derive(Clone, Copy)]
pub struct Preflight<'r, F> {
    origin: &'r [u8],
    method: &'r [u8],
    fields: F,
    private_network: bool,
}

const ASKED_HEADERS: &str = "access-control-request-headers";

impl<'r, N, V, F> Preflight<'r, F>
where
    N: AsRef<str>,
    V: AsRef<[u8]> + ?Sized + 'r,
    F: Iterator<Item = (N, &'r V)> + Clone,
{
    /// Reads a preflight: an `OPTIONS` request with `origin` and `access-control-request-method`.
    ///
    /// `None` for any other request, which is then an ordinary one. All lines of
    /// `access-control-request-headers` are one list (RFC 9110 § 5.3); of the other fields the
    /// first line counts.
    pub fn read(method: &str, headers: impl IntoIterator<IntoIter = F>) -> Option<Self> {
        if method != "OPTIONS" {
            return None;
        }
        let fields = headers.into_iter();
        let (mut origin, mut requested, mut private) = (None, None, None);
        for (name, value) in fields.clone() {
            let name = name.as_ref();
            // Names are told apart by their length first.
            let slot = match name.len() {
                6 if name.eq_ignore_ascii_case("origin") => &mut origin,
                29 if name.eq_ignore_ascii_case("access-control-request-method") => &mut requested,
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
            fields,
            private_network: private.is_some(),
        })
    }

    /// The lines that ask for headers.
    fn lines(&self) -> impl Iterator<Item = &'r [u8]> {
        values(self.fields.clone(), ASKED_HEADERS).map(AsRef::as_ref)
    }

    /// The names of the headers that it asks for.
    fn names(&self) -> impl Iterator<Item = &'r [u8]> {
        self.lines().flat_map(Members)
    }
}

impl<F> fmt::Debug for Preflight<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preflight")
            .field("origin", &Quoted(self.origin))
            .field("method", &Quoted(self.method))
            .finish_non_exhaustive()
    }
}

impl Cors<'_> {
    /// Answers a preflight: `200 OK` when all it asks for is allowed, else `400 Bad Request` with a
    /// text that names the parts that are not.
    ///
    /// ```
    /// use replywire::{Cors, Preflight, Status};
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
    /// assert_eq!(reply.status(), Status::BAD_REQUEST);
    /// assert_eq!(reply.body(), b"Disallowed CORS method");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// [`Response::preflight`] is the ending for a reply with lines of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`]; [`Error::HeaderValue`] for a request or a configuration that holds an
    /// invalid field value.
    pub fn preflight<'b, 'r, N, V, F>(
        &self,
        preflight: &Preflight<'r, F>,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error>
    where
        N: AsRef<str>,
        V: AsRef<[u8]> + ?Sized + 'r,
        F: Iterator<Item = (N, &'r V)> + Clone,
    {
        Response::to(exchange, buf, Status::OK).preflight(self, preflight)
    }
}

impl<'b> Response<'b> {
    /// Ends as the answer to a preflight: with what is allowed, and the text `OK`. Where something
    /// that it asks for is not allowed, the status becomes `400 Bad Request`, and the text names
    /// that.
    ///
    /// ```
    /// use replywire::request::{Exchange, Version};
    /// use replywire::{Cors, Preflight, Response, Status};
    ///
    /// const CORS: Cors = Cors::new().origins(&["https://app.example"]).methods(&["PUT"]);
    ///
    /// let request = [("origin", "https://app.example"), ("access-control-request-method", "PUT")];
    /// let exchange = Exchange::new("OPTIONS", Version::Http11, request);
    /// let preflight = Preflight::read("OPTIONS", request).unwrap();
    ///
    /// let mut buf = [0; 512];
    /// let response = Response::to(&exchange, &mut buf, Status::OK).header("x-trace", "7");
    /// let reply = response.preflight(&CORS, &preflight)?;
    /// assert_eq!(reply.status(), Status::OK);
    /// assert_eq!(reply.body(), b"OK");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Error::HeaderValue`] for a request or a configuration that
    /// holds an invalid field value.
    pub fn preflight<'r, N, V, F>(
        self,
        cors: &Cors<'_>,
        preflight: &Preflight<'r, F>,
    ) -> Result<Reply<'b>, Error>
    where
        N: AsRef<str>,
        V: AsRef<[u8]> + ?Sized + 'r,
        F: Iterator<Item = (N, &'r V)> + Clone,
    {
        let answer = cors.answer(preflight.origin);
        let takes_all = cors.headers.contains(&"*");
        let failures = [
            ("origin", answer.is_none()),
            (
                "method",
                !cors
                    .allowed_methods()
                    .iter()
                    .any(|allowed| allowed.as_bytes() == preflight.method),
            ),
            (
                "headers",
                !takes_all && !preflight.names().all(|name| cors.allows_header(name)),
            ),
            (
                "private-network",
                preflight.private_network && !cors.private_network,
            ),
        ];
        let failed = failures.iter().any(|(_, failed)| *failed);
        let response = match failed {
            true => self.with_status(Status::BAD_REQUEST),
            false => self,
        };

        let mut response = response
            .header(HeaderName::VARY, PREFLIGHT_VARY)
            .header(
                HeaderName::ACCESS_CONTROL_ALLOW_METHODS,
                List(cors.allowed_methods()),
            )
            .header(HeaderName::ACCESS_CONTROL_MAX_AGE, cors.max_age);
        let name = HeaderName::ACCESS_CONTROL_ALLOW_HEADERS;
        response = match (takes_all, preflight.names().next().is_some()) {
            (false, _) => response.header(name, Sorted(cors.headers)),
            (true, true) => response.header(name, Joined(preflight)),
            (true, false) => response,
        };
        if cors.credentials {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if let Some(answer) = answer {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, answer);
        }
        if preflight.private_network && cors.private_network {
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

/// The names that a preflight asks for; lines without empty ones as they are (RFC 9110 § 5.6.1.1).
struct Joined<'p, 'r, F>(&'p Preflight<'r, F>);

impl<F> Clone for Joined<'_, '_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Joined<'_, '_, F> {}

impl<'r, N, V, F> FieldValue for Joined<'_, 'r, F>
where
    N: AsRef<str>,
    V: AsRef<[u8]> + ?Sized + 'r,
    F: Iterator<Item = (N, &'r V)> + Clone,
{
}

impl<'r, N, V, F> sealed::Value for Joined<'_, 'r, F>
where
    N: AsRef<str>,
    V: AsRef<[u8]> + ?Sized + 'r,
    F: Iterator<Item = (N, &'r V)> + Clone,
{
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, writer: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        let texts = self.0.lines().flat_map(|line| {
            let commas = line.iter().filter(|byte| **byte == b',').count();
            match Members(line).count() > commas {
                true => Some(without_blanks(line)).into_iter().chain(Members(b"")),
                false => None.into_iter().chain(Members(line)),
            }
        });
        write_list(writer, texts)
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
        write_texts(writer, sorted)
    }
}
