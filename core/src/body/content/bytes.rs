use ::bytes::Bytes;

use super::Content;
use super::writer::ContentWriter;
use crate::error::Error;

/// Bytes of no known type, which leave from where they lie: no copy is made where they do not fit
/// the buffer after the head.
///
/// ```
/// use bytes::Bytes;
/// use replywire::request::Exchange;
/// use replywire::{Leaving, Response, Status};
///
/// let bytes = Bytes::from(vec![b'x'; 4096]);
/// let mut buf = [0; 128];
/// let response = Response::to(&Exchange::GET, &mut buf, Status::OK).media_type("image/png");
/// let Leaving::InSteps(transfer) = response.leave_content(bytes.clone())? else { panic!() };
/// let [_head, body] = transfer.parts();
/// assert_eq!(body.as_ptr(), bytes.as_ptr());
/// # Ok::<(), replywire::Error>(())
/// ```
impl Content for Bytes {
    fn media_type(&self) -> &str {
        <[u8]>::media_type(self)
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.bytes(self)
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}
