use crate::error::Error;
use crate::head::written::WrittenFields;
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
        // Nothing is removed any more, so the compiler leaves out what counts the bytes of lines.
        self.written = WrittenFields::of(self.written.fields);
        let context = self.context();
        let reply = |(bytes, end)| Reply {
            bytes,
            range: 0..end,
            context,
        };
        if body.len() < 10_000 && self.content == BodyRule::Whole && !self.exchange.has_lines() {
            self.write_own_lines();
            if let Some(error) = self.error {
                return Err(error);
            }
            return match self.buf.finish_with(body.len() as u16, body) {
                Ok(parts) => Ok(reply(parts)),
                Err(error) => Err(error),
            };
        }
        self.other_body(body).map(reply)
    }

    /// Ends with a body of any length, for any request and status.
    #[inline(never)]
    fn other_body(mut self, body: &[u8]) -> Result<(&'b mut [u8], usize), Error> {
        if self.write_sized_head(body.len() as u64) {
            self.buf.write(body);
        }
        self.into_bytes()
    }
}
