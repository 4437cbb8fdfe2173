//! The memory of a connection, and its limits.

/// The memory of one connection.
///
/// Use 1 KiB for each on a microcontroller with short cookies and small replies, 8 KiB for each on
/// a server.
#[doc(alias = "chunk_size")]
#[derive(Debug)]
pub struct Buffers<'c> {
    /// Holds request heads; a longer head is answered `431` or `414`, and so is one that leaves
    /// less than 64 bytes where content in chunks follows (`431`).
    pub request: &'c mut [u8],
    /// Holds replies, several when requests are pipelined, or the part of a body that is under way.
    pub reply: &'c mut [u8],
}

/// The limits of a connection; `HEADERS` is the most header fields of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits<const HEADERS: usize = 32> {
    pub(crate) drain: u64,
}

impl Limits {
    /// 32 header fields, and 64 KiB of content that is read when a handler has not.
    pub const fn new() -> Self {
        Self { drain: 64 * 1024 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl<const HEADERS: usize> Limits<HEADERS> {
    /// At most `N` header fields; each takes four words of the stack while a head is read.
    pub const fn headers<const N: usize>(self) -> Limits<N> {
        Limits { drain: self.drain }
    }

    /// Content that a handler has left unread is read and dropped up to `bytes`; beyond that, and
    /// for chunks that have not all arrived, the reply says that the connection closes.
    pub const fn drain(mut self, bytes: u64) -> Self {
        self.drain = bytes;
        self
    }
}
