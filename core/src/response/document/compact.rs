//! A document whose code is there once.

use crate::error::{Error, JsonError};
use crate::field::media;
use crate::json::Document;
use crate::json::document::compact::write_and_measure;
use crate::request::exchange::BodyRule;
use crate::response::builder::Response;
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

    #[inline(never)]
    fn write_measured(
        mut self,
        write: &dyn Fn(&mut Buf<'_>) -> Result<(), JsonError>,
    ) -> Result<Reply<'b>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut gap = 0;
        if self.content == BodyRule::Whole {
            let mut room = self.begin_length();
            let mut before = None;
            let len = loop {
                let mut text = Buf::new(self.free_after_length(room));
                write(&mut text)?;
                let len = text.len();
                if before.is_some_and(|before| before != len) {
                    return Err(Error::Json(JsonError::LengthChanged));
                }
                let needed = digits(len);
                if len <= text.capacity() || room == needed {
                    break len;
                }
                // It does not fit, or only where its length has fewer digits.
                room = needed;
                before = Some(len);
            };
            gap = self.end_length(room, len);
        } else {
            // A value that is no JSON is an error even where it is not sent.
            let mut text = Buf::new(&mut []);
            write(&mut text)?;
            self.write_sized_head(text.len() as u64);
        }
        self.finish_from(gap)
    }
}
