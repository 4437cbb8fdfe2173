//! A finished reply to which lines are added, or whose status is changed.

use core::fmt;

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::field::cookie::SetCookie;
use crate::field::date::HttpDate;
use crate::field::disposition::Disposition;
use crate::field::id::FieldId;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::head::draft::Draft;
use crate::head::headers::Headers;
use crate::head::lines::{Lines, after_status_line, head_len};
use crate::head::status::Status;
use crate::head::written::WrittenFields;
use crate::request::exchange::BodyRule;
use crate::write::buf::Buf;
use crate::write::bytes::{remove, shift};

/// A finished reply being edited, by the rules by which it was written.
///
/// The lines of the reply and those that are added stand as if the reply had been written with all
/// of them: `date`, `connection` and `content-length` come last. A singleton replaces the reply's,
/// also one that a draft had set or the ending, such as the `content-type` of
/// [`text`](Response::text). Framing fields are refused. The first mistake is remembered and
/// returned by [`finish`](Self::finish), and then nothing of the reply comes out.
///
/// The reply keeps its buffer. While it is edited, its content stands at the end, and it stays
/// there: the content is moved once, however many lines there are.
///
/// ```
/// use replywire::{Response, SetCookie, Status};
/// use replywire::request::Exchange;
///
/// let mut buf = [0; 256];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).json_by_hand("made")?;
/// let reply = reply
///     .edit()
///     .status(Status::CREATED)
///     .header("x-cat-dog", "alone in the world")
///     .cookie(&SetCookie::new("fakesession", "1"))
///     .finish()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n\
///       x-cat-dog: alone in the world\r\nset-cookie: fakesession=1; Path=/; SameSite=lax\r\n\
///       content-length: 6\r\n\r\n\"made\"",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// Without [`Reply::edit`], a header after the body does not compile:
///
/// ```compile_fail,E0599
/// # use replywire::{Response, Status};
/// # use replywire::request::Exchange;
/// # let mut buf = [0; 64];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).text("hi")?;
/// reply.header("late", "no"); // no such method
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "MutableHeaders")]
#[must_use = "an edited reply is lost until it is finished"]
pub struct Edit<'b> {
    bytes: &'b mut [u8],
    /// Bytes of content, which are the last of the buffer.
    content: usize,
    /// The length that the reply told of its content; none where its status allowed no content,
    /// and what there was is gone.
    length: Option<u64>,
    /// The lines, without those that the library writes itself. It is lent the bytes before the
    /// content for each call.
    response: Response<'static>,
}

impl<'b> Reply<'b> {
    /// Edits the reply: adds lines and cookies, or changes the status.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).text("hi")?;
    /// let reply = reply.edit().header("vary", "Origin").finish()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nvary: Origin\r\n\
    ///       content-length: 2\r\n\r\nhi",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn edit(self) -> Edit<'b> {
        let status = self.status();
        let mut exchange = self.context.exchange();
        let (bytes, range) = self.into_parts();
        let reply = bytes.get(range.clone()).unwrap_or_default();
        let head = head_len(reply);
        let content = reply.len().saturating_sub(head);

        let mut length = None;
        let mut written = WrittenFields::NONE;
        let mut date = None;
        let mut is_upgrade = false;
        let lines = after_status_line(reply);
        let mut len = reply.len().saturating_sub(lines.len());
        for line in Lines(lines) {
            match line.name {
                // The library's own come last.
                b"connection" => is_upgrade |= line.value != b"close",
                b"content-length" => length = Some(number(line.value)),
                name => {
                    len = len.saturating_add(line.len);
                    let field = FieldId::of(name);
                    written.add(field, line.len);
                    date = match field {
                        FieldId::Date => own_date(line.value).map(|date| (date, line.len)),
                        _ => None,
                    };
                }
            }
        }
        if let Some((now, line)) = date {
            len = len.saturating_sub(line);
            written.take(FieldId::Date);
            exchange = exchange.at(now);
        }
        if matches!(exchange.content(status), BodyRule::None | BodyRule::Empty) {
            length = None;
        }

        let by = bytes.len().saturating_sub(range.end);
        let start = range.start;
        shift(bytes, start.saturating_add(head)..range.end, by);
        let before = bytes.get_mut(..start.saturating_add(head));
        remove(before.unwrap_or_default(), 0, start);

        let mut buf = Buf::new(&mut []);
        buf.skip(len);
        let mut response = Response::start(&exchange, buf, status, written);
        if is_upgrade {
            response.note(Err(Error::Upgrade));
        }
        Edit {
            bytes,
            content,
            length,
            response,
        }
    }
}

impl<'b> Edit<'b> {
    /// Sets the status.
    ///
    /// One that allows no content (below 200, `204`, `205`, `304`, to `CONNECT` also 200 to 299)
    /// drops that of the reply, and `content-length` too, but that `205` tells 0. The lines that
    /// describe the content stay. One that does tell of content cannot follow one that allowed
    /// none: then [`finish`](Self::finish) gives [`Error::ContentMissing`]. It is the last status
    /// before the end that counts.
    ///
    /// Remembers [`Error::InterimStatus`] for an interim status to an HTTP/1.0 client.
    ///
    /// ```
    /// use replywire::{Error, Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).body(b"hi")?;
    /// let reply = reply.edit().status(Status::NO_CONTENT).finish()?;
    /// assert_eq!(reply.as_bytes(), b"HTTP/1.1 204 No Content\r\n\r\n");
    ///
    /// let error = reply.edit().status(Status::OK).finish().unwrap_err();
    /// assert_eq!(error, Error::ContentMissing);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "status_code")]
    pub fn status(self, status: Status) -> Self {
        self.with(|response| response.with_status(status))
    }

    /// [`Response::header`]
    ///
    /// A `date` replaces that of the exchange.
    pub fn header(self, name: impl FieldName, value: impl FieldValue) -> Self {
        self.with(|response| response.header(name, value))
    }

    /// [`Response::headers`]
    pub fn headers<const N: usize>(self, headers: &Headers<N>) -> Self {
        self.with(|response| response.headers(headers))
    }

    /// [`Response::forward`]
    pub fn forward<N, V>(self, fields: impl IntoIterator<Item = (N, V)> + Clone) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        self.with(|response| response.forward(fields))
    }

    /// [`Response::join`]
    ///
    /// The draft has the last word of this edit, and not of a later one.
    pub fn join<const N: usize>(self, draft: &Draft<N>) -> Self {
        self.with(|response| response.join(draft))
    }

    /// [`Response::cookie`]
    #[doc(alias = "delete_cookie")]
    #[doc(alias = "set_cookie")]
    pub fn cookie(self, cookie: &SetCookie<'_>) -> Self {
        self.with(|response| response.cookie(cookie))
    }

    /// [`Response::disposition`]
    pub fn disposition(self, disposition: &Disposition<'_>) -> Self {
        self.with(|response| response.disposition(disposition))
    }

    /// [`Response::location`]
    pub fn location(self, url: &str) -> Self {
        self.with(|response| response.location(url))
    }

    /// [`Response::media_type`]
    pub fn media_type(self, media_type: &str) -> Self {
        self.with(|response| response.media_type(media_type))
    }

    /// [`Response::close`]
    pub fn close(self) -> Self {
        self.with(|response| response.close())
    }

    /// Ends the edit. The reply answers the exchange that it was written for.
    ///
    /// # Errors
    ///
    /// The first mistake; [`Error::Upgrade`] for a reply after which the connection speaks another
    /// protocol; [`Error::ContentMissing`], see [`status`](Self::status); or
    /// [`Error::Overflow`] with the size that would have been enough, in which lines that were
    /// replaced and content that was dropped count too.
    pub fn finish(self) -> Result<Reply<'b>, Error> {
        let Self {
            bytes,
            content,
            length,
            response,
        } = self;
        let room = bytes.len().saturating_sub(content);
        let mut response = response.over(bytes.get_mut(..room).unwrap_or_default());
        let tells_content = matches!(response.content, BodyRule::Omitted | BodyRule::Whole);
        if tells_content && length.is_none() {
            response.note(Err(Error::ContentMissing));
        }
        let content_follows = response.write_sized_head(length.unwrap_or_default());
        let context = response.context();
        let head = match response.into_bytes() {
            Ok((_, head)) => head,
            Err(Error::Overflow { needed }) => {
                let needed = needed.saturating_add(content);
                return Err(Error::Overflow { needed });
            }
            Err(error) => return Err(error),
        };
        let range = match content_follows && content > 0 {
            true => {
                let gap = room.saturating_sub(head);
                shift(bytes, 0..head, gap);
                gap..bytes.len()
            }
            false => 0..head,
        };
        Ok(Reply {
            bytes,
            range,
            context,
        })
    }

    /// Lends the bytes before the content to a change.
    #[inline]
    fn with(mut self, change: impl for<'r> FnOnce(Response<'r>) -> Response<'r>) -> Self {
        let room = self.bytes.len().saturating_sub(self.content);
        let bytes = self.bytes.get_mut(..room).unwrap_or_default();
        let response = change(self.response.over(bytes));
        self.response = response.of(&response.exchange.without_lines(), &mut []);
        self
    }
}

impl fmt::Debug for Edit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit")
            .field("content", &self.content)
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

/// The number that a checked length is.
fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number: u64, digit| {
        number.wrapping_mul(10).wrapping_add((digit & 0xf).into())
    })
}

/// The date of a line that the exchange would write too.
fn own_date(value: &[u8]) -> Option<HttpDate> {
    let date = HttpDate::parse(value)?;
    (date.to_imf_fixdate() == value).then_some(date)
}
