//! A document that is written by code of its own.

use crate::body::document::JsonTransfer;
use crate::error::{Error, JsonError};
use crate::field::media;
use crate::json::Document;
use crate::request::exchange::BodyRule;
use crate::response::builder::Response;
use crate::response::leaving::Leaving;
use crate::response::reply::Reply;
use crate::write::decimal::digits;

impl<'b> Response<'b> {
    /// Writes the document once, after room for the digits of its length; then the head moves up to
    /// the digits that were needed.
    pub(in crate::response) fn write_document(
        mut self,
        document: &impl Document,
    ) -> Result<Reply<'b>, Error> {
        match self.try_document(document)? {
            None => self.finish(),
            Some((room, len)) => {
                let gap = self.end_length(room, len);
                self.finish_from(gap)
            }
        }
    }

    /// Writes the document where it fits; else it leaves in pieces.
    pub(in crate::response) fn leave_any_document<T: Document>(
        mut self,
        document: T,
    ) -> Result<Leaving<'b, JsonTransfer<'b, T>>, Error> {
        let gap = match self.try_document(&document)? {
            None => 0,
            Some((room, len)) if self.has_room(room, len) => self.end_length(room, len),
            Some((_, len)) => return self.in_pieces(len, document).map(Leaving::InSteps),
        };
        self.finish_from(gap).map(Leaving::Whole)
    }

    /// Writes the document after room for the digits of its length, where it fits; returns that
    /// room and the length. Or `None`, with the whole head, where no body is sent.
    #[inline(always)]
    fn try_document(&mut self, document: &impl Document) -> Result<Option<(usize, usize)>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.content != BodyRule::Whole {
            // A value that is no JSON is an error even where it is not sent.
            let len = document.measure()?;
            self.write_sized_head(len as u64);
            return Ok(None);
        }
        let mut room = self.begin_length();
        let len = match document.try_write(self.free_after_length(room)) {
            Some(len) => len,
            None => {
                // It does not fit, or only where its length has fewer digits.
                let len = document.measure()?;
                room = digits(len);
                let free = self.free_after_length(room);
                if len <= free.len() && document.try_write(free) != Some(len) {
                    return Err(Error::Json(JsonError::LengthChanged));
                }
                len
            }
        };
        Ok(Some((room, len)))
    }
}
