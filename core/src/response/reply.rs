use core::fmt;
use core::ops::{Deref, Range};

use crate::error::Error;
use crate::head::status::Status;
use crate::request::exchange::{Exchange, ReplyContext};

/// A whole reply, somewhere in the caller's buffer.
#[must_use = "a reply does nothing until its bytes are sent"]
pub struct Reply<'b> {
    pub(crate) bytes: &'b mut [u8],
    pub(crate) range: Range<usize>,
    pub(crate) context: ReplyContext,
}

impl<'b> Reply<'b> {
    /// The reply as it goes over the wire.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }

    /// The status, which may be another than the reply was started with.
    pub const fn status(&self) -> Status {
        self.context.status
    }

    /// Returns true if the connection must be closed after this reply, which says so.
    pub const fn closes(&self) -> bool {
        self.context.closes()
    }

    /// Checks that this is a final reply to `exchange`: for its method and version, not for trailer
    /// fields where it takes none, and one that says that the connection closes where it does.
    ///
    /// # Errors
    ///
    /// [`Error::InterimStatus`], [`Error::OtherExchange`]
    pub fn check(&self, exchange: &Exchange) -> Result<(), Error> {
        self.context.check(exchange)
    }

    /// The whole buffer, and which of its bytes are the reply.
    pub fn into_parts(self) -> (&'b mut [u8], Range<usize>) {
        (self.bytes, self.range)
    }
}

impl Deref for Reply<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Reply<'_> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field(
                "bytes",
                &format_args!("\"{}\"", self.as_bytes().escape_ascii()),
            )
            .field("closes", &self.closes())
            .finish()
    }
}
