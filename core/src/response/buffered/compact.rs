use crate::error::Error;
use crate::response::builder::Response;
use crate::response::reply::Reply;

impl<'b> Response<'b> {
    /// Ends with a body.
    #[inline(never)]
    pub(in crate::response) fn buffered(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        if self.write_sized_head(body.len() as u64) {
            self.buf.write(body);
        }
        self.finish()
    }
}
