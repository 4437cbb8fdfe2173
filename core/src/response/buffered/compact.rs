use crate::error::Error;
use crate::response::builder::Response;
use crate::response::reply::Reply;

impl<'b> Response<'b> {
    /// Ends with a body.
    #[inline]
    pub(in crate::response) fn buffered(self, body: &[u8]) -> Result<Reply<'b>, Error> {
        self.other_body(body)
    }
}
