//! A document that is written by code of its own.

use crate::error::{Error, JsonError};
use crate::field::media;
use crate::json::Document;
use crate::request::exchange::BodyRule;
use crate::response::builder::Response;
use crate::response::reply::Reply;
use crate::write::decimal::digits;

impl<'b> Response<'b> {
    /// Writes the document once, after room for the digits of its length; then the head moves up to
    /// the digits that were needed.
    pub(in crate::response) fn write_document(
        mut self,
        document: &impl Document,
    ) -> Result<Reply<'b>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.content != BodyRule::Whole {
            // A value that is no JSON is an error even where it is not sent.
            let len = document.measure()?;
            self.write_sized_head(len as u64);
            return self.finish();
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
        let gap = self.end_length(room, len);
        self.finish_from(gap)
    }
}
