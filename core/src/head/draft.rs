use super::headers::Headers;
use super::status::Status;
use crate::error::Error;
use crate::field::cookie::SetCookie;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;

/// A draft response that several stages fill before it is merged into the final one: a status,
/// headers and cookies, in a store of `N` bytes (see [`Headers`] for the size of a line).
///
/// [`Response::join`] makes it part of the final reply: its status, if any, wins; its cookies and
/// list fields join the reply's; its singletons, such as `content-type`, replace the reply's
/// (RFC 9110 § 5.3), those before and those after. Several stages run in order on one draft: a
/// later `set` replaces, a later `append` adds, the last status wins. A reply that is not joined
/// ignores it.
///
/// ```
/// use replywire::{Draft, Error, Response, SetCookie, Status};
/// use replywire::request::Exchange;
///
/// fn authenticate(draft: &mut Draft<256>) -> Result<(), Error> {
///     draft.cookie(&SetCookie::new("sid", "31d4d96e"))
/// }
///
/// fn create(draft: &mut Draft<256>) -> Result<(), Error> {
///     draft.set_status(Status::CREATED);
///     draft.set("x-cat-dog", "alone in the world")
/// }
///
/// let mut draft = Draft::new();
/// authenticate(&mut draft)?;
/// create(&mut draft)?;
///
/// let mut buf = [0; 256];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).join(&draft).text("made")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 201 Created\r\n\
///       set-cookie: sid=31d4d96e; Path=/; SameSite=lax\r\n\
///       x-cat-dog: alone in the world\r\n\
///       content-type: text/plain; charset=utf-8\r\n\
///       content-length: 4\r\n\r\nmade",
/// );
/// # Ok::<(), Error>(())
/// ```
///
/// [`Response::join`]: crate::Response::join
#[derive(Clone, Debug, Default)]
pub struct Draft<const N: usize> {
    headers: Headers<N>,
    status: Option<Status>,
}

impl<const N: usize> Draft<N> {
    /// Makes a draft with no status and no headers.
    pub const fn new() -> Self {
        Self {
            headers: Headers::new(),
            status: None,
        }
    }

    /// The status of the final reply, if a stage has set one.
    pub const fn status(&self) -> Option<Status> {
        self.status
    }

    /// Sets the status of the final reply, or leaves it to the reply again.
    pub fn set_status(&mut self, status: impl Into<Option<Status>>) {
        self.status = status.into();
    }

    /// The collected headers.
    pub const fn headers(&self) -> &Headers<N> {
        &self.headers
    }

    /// The collected headers, to be edited in any way.
    pub const fn headers_mut(&mut self) -> &mut Headers<N> {
        &mut self.headers
    }

    /// [`Headers::set`]
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set(&mut self, name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
        self.headers.set(name, value)
    }

    /// [`Headers::append`]
    ///
    /// # Errors
    ///
    /// As there.
    pub fn append(&mut self, name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
        self.headers.append(name, value)
    }

    /// [`Headers::forward`]
    ///
    /// # Errors
    ///
    /// As there.
    pub fn forward<K, V>(
        &mut self,
        fields: impl IntoIterator<Item = (K, V)> + Clone,
    ) -> Result<(), Error>
    where
        K: AsRef<str>,
        V: AsRef<[u8]>,
    {
        self.headers.forward(fields)
    }

    /// [`Headers::cookie`]
    ///
    /// # Errors
    ///
    /// As there.
    #[doc(alias = "set_cookie")]
    pub fn cookie(&mut self, cookie: &SetCookie<'_>) -> Result<(), Error> {
        self.headers.cookie(cookie)
    }
}
