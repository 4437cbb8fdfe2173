//! A document whose code is there once.

use crate::body::document::JsonTransfer;
use crate::error::{Error, JsonError};
use crate::field::media;
use crate::json::Document;
use crate::json::document::compact::write_and_measure;
use crate::request::exchange::BodyRule;
use crate::response::builder::Response;
use crate::response::leaving::Leaving;
use crate::response::reply::Reply;
use crate::write::buf::Buf;
use crate::write::decimal::digits;

impl<'b> Response<'b> {
    /// Ends with a document, written after room for the digits of its length.
    pub(in crate::response) fn write_document(
        self,
        document: &impl Document,
    ) -> Result<Reply<'b>, Error> {
        self.write_measured(&|buf| write_and_measure(document, buf))
    }

    /// Writes the document where it fits; else it leaves in pieces.
    pub(in crate::response) fn leave_any_document<T: Document>(
        mut self,
        document: T,
    ) -> Result<Leaving<'b, JsonTransfer<'b, T>>, Error> {
        let gap = match self.try_measured(&|buf| write_and_measure(&document, buf))? {
            None => 0,
            Some((room, len)) if self.has_room(room, len) => self.end_length(room, len),
            Some((_, len)) => return self.in_pieces(len, document).map(Leaving::InSteps),
        };
        self.finish_from(gap).map(Leaving::Whole)
    }

    #[inline(never)]
    fn write_measured(
        mut self,
        write: &dyn Fn(&mut Buf<'_>) -> Result<(), JsonError>,
    ) -> Result<Reply<'b>, Error> {
        let gap = match self.try_measured(write)? {
            None => 0,
            Some((room, len)) => self.end_length(room, len),
        };
        self.finish_from(gap)
    }

    /// Writes the document after room for the digits of its length, where it fits; returns that
    /// room and the length. Or `None`, with the whole head, where no body is sent.
    #[inline(always)]
    fn try_measured(
        &mut self,
        write: &dyn Fn(&mut Buf<'_>) -> Result<(), JsonError>,
    ) -> Result<Option<(usize, usize)>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.content != BodyRule::Whole {
            // A value that is no JSON is an error even where it is not sent.
            let mut text = Buf::new(&mut []);
            write(&mut text)?;
            self.write_sized_head(text.len() as u64);
            return Ok(None);
        }
        let mut room = self.begin_length();
        let mut before = None;
        loop {
            let mut text = Buf::new(self.free_after_length(room));
            write(&mut text)?;
            let len = text.len();
            if before.is_some_and(|before| before != len) {
                return Err(Error::Json(JsonError::LengthChanged));
            }
            let needed = digits(len);
            if len <= text.capacity() || room == needed {
                return Ok(Some((room, len)));
            }
            // It does not fit, or only where its length has fewer digits.
            room = needed;
            before = Some(len);
        }
    }
}
