use crate::error::Error;
use crate::request::exchange::BodyRule;
use crate::response::builder::Response;
use crate::response::reply::Reply;

impl<'b> Response<'b> {
    /// Ends with a body.
    ///
    /// The usual one, without lines of a template, has no step that takes a reference to `self`, so
    /// the reply is built in registers.
    #[inline(always)]
    pub(in crate::response) fn buffered(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        if let Ok(len @ 0..10_000) = u16::try_from(body.len())
            && self.content == BodyRule::Whole
            && !self.exchange.has_lines()
        {
            self.write_own_lines();
            self.buf.write_content(len, body);
            return self.finish();
        }
        self.other_body(body)
    }
}
