use crate::error::Error;
use crate::response::builder::Response;
use crate::response::reply::Reply;

impl<'b> Response<'b> {
    /// Ends with a body of any length, for any request and status.
    #[inline(never)]
    pub(super) fn other_body(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        if self.write_sized_head(body.len() as u64) {
            self.buf.write(body);
        }
        self.finish()
    }
}
