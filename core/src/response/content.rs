//! The endings with contents that write themselves.

use super::builder::Response;
use super::reply::Reply;
use crate::body::content::Content;
use crate::body::content::text::Text;
use crate::body::content::transfer::{ContentTransfer, LongHead};
use crate::body::content::writer::ContentWriter;
use crate::error::Error;
use crate::request::exchange::BodyRule;
use crate::response::leaving::Leaving;
use crate::write::decimal::digits;

impl<'b> Response<'b> {
    /// Ends with a content of a class of one's own: see [`Content`], which has an example. Its
    /// media type is written by the rule of [`media_type`](Self::media_type); a `content-type` set
    /// before wins.
    ///
    /// The content is written once if there is ample room, else up to twice, and must have the same
    /// length each time.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); the error of the content; [`Error::ContentChanged`].
    #[doc(alias = "render")]
    pub fn content(mut self, content: impl Content) -> Result<Reply<'b>, Error> {
        self.default_media_type(content.media_type());
        match content.as_bytes() {
            Some(bytes) => self.body(bytes),
            None => self.write_content(&|room| write(room, |out| content.write(out))),
        }
    }

    /// Ends with a content of any length, which is measured first, to tell its length and find its
    /// errors, and then written while it leaves through the buffer; else as
    /// [`content`](Self::content). [`ContentTransfer`] tells what that costs.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and the error of the content. Later errors come from the
    /// transfer.
    pub fn content_sized<C: Content>(
        mut self,
        content: C,
    ) -> Result<ContentTransfer<'b, C>, Error> {
        self.default_media_type(content.media_type());
        if let Some(error) = self.error {
            return Err(error);
        }
        let len = match content.as_bytes() {
            Some(bytes) => bytes.len(),
            None => write(&mut [], |out| content.write(out))?,
        };
        let len = match self.write_sized_head(len as u64) {
            true => len,
            false => 0,
        };
        ContentTransfer::new(self.long_head(len)?, content)
    }

    /// Ends with a content of any length, which is whole where the buffer has room for it.
    pub(super) fn leave<C: Content>(
        self,
        content: C,
    ) -> Result<Leaving<'b, ContentTransfer<'b, C>>, Error> {
        let begun = match content.as_bytes() {
            Some(bytes) => self.leave_slice(bytes)?,
            None => self.leave_written(&|room| write(room, |out| content.write(out)))?,
        };
        Ok(match begun {
            Leaving::Whole(reply) => Leaving::Whole(reply),
            Leaving::InSteps(head) => Leaving::InSteps(ContentTransfer::new(head, content)?),
        })
    }

    #[inline(never)]
    fn leave_slice(mut self, body: &[u8]) -> Result<Leaving<'b, LongHead<'b>>, Error> {
        let body = match self.write_sized_head(body.len() as u64) {
            true => body,
            false => b"",
        };
        if self.buf.fits(body.len()) {
            self.buf.write(body);
            return self.finish().map(Leaving::Whole);
        }
        self.long_head(body.len()).map(Leaving::InSteps)
    }

    #[cold]
    #[inline(never)]
    fn leave_written(
        mut self,
        write: &dyn Fn(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<Leaving<'b, LongHead<'b>>, Error> {
        match self.try_content(write)? {
            None => self.finish().map(Leaving::Whole),
            Some((room, len)) if self.has_room(room, len) => {
                let gap = self.end_length(room, len);
                self.finish_from(gap).map(Leaving::Whole)
            }
            Some((_, len)) => self.end_long_head(len).map(Leaving::InSteps),
        }
    }

    /// Ends with a text under one of the lines of [`media`](crate::field::media).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    pub(super) fn typed_text<const N: usize>(
        mut self,
        line: &[u8; N],
        text: impl Text,
    ) -> Result<Reply<'b>, Error> {
        match text.bytes() {
            Some(bytes) => self.typed(line, bytes),
            None => {
                self.default_type_line(line);
                self.write_content(&|room| write(room, |out| text.write(out)))
            }
        }
    }

    /// Ends with what `write` writes to a room and counts.
    #[cold]
    #[inline(never)]
    fn write_content(
        mut self,
        write: &dyn Fn(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<Reply<'b>, Error> {
        match self.try_content(write)? {
            None => self.finish(),
            Some((room, len)) => {
                let gap = self.end_length(room, len);
                self.finish_from(gap)
            }
        }
    }

    /// Writes a content after room for the digits of its length, where it fits. Returns that room
    /// and the length; or `None`, with the whole head, where no body is sent.
    fn try_content(
        &mut self,
        write: &dyn Fn(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<Option<(usize, usize)>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.content != BodyRule::Whole {
            let len = write(&mut [])?;
            self.write_sized_head(len as u64);
            return Ok(None);
        }
        let mut room = self.begin_length();
        let free = self.free_after_length(room);
        let capacity = free.len();
        let len = write(free)?;
        if len > capacity && digits(len) < room {
            // It does not fit, or only where its length has fewer digits.
            room = digits(len);
            let free = self.free_after_length(room);
            if len <= free.len() && write(free)? != len {
                return Err(Error::ContentChanged);
            }
        }
        Ok(Some((room, len)))
    }
}

/// The number of bytes that `write` writes, which are in `room` where they fit.
fn write(
    room: &mut [u8],
    write: impl FnOnce(&mut ContentWriter<'_>) -> Result<(), Error>,
) -> Result<usize, Error> {
    let mut out = ContentWriter::whole(room);
    let result = write(&mut out);
    match out.end(result)? {
        // It is not counted any further.
        usize::MAX => Err(Error::Overflow { needed: usize::MAX }),
        len => Ok(len),
    }
}
