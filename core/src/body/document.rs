use core::fmt;

use super::step::{Step, steps};
use super::transfer::Transfer;
use crate::error::{Error, JsonError};
use crate::head::status::Status;
use crate::json::pieces::resumable::MIN_BUFFER;
use crate::json::{Document, Resumable};
use crate::request::exchange::Exchange;

/// A reply whose body is a document that is written as it leaves, through the one buffer that held
/// the head.
///
/// [`Response::document_stream`](crate::Response::document_stream) and its like make it. It is
/// driven by [the protocol](crate::body#steps); the value is serialized meanwhile, and nothing is
/// waited for.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::body::Step;
/// use replywire::request::Exchange;
///
/// let value: Vec<u32> = (0..100).collect();
/// let mut buf = [0; 128];
/// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).json_stream(&value)?;
/// let mut wire = Vec::new();
/// while let Step::Send { bytes, .. } = transfer.step()? {
///     let n = bytes.len();
///     wire.extend_from_slice(bytes);
///     transfer.sent(n);
/// }
/// assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
///     transfer-encoding: chunked\r\n\r\n"));
/// assert!(wire.ends_with(b"98,99]\r\n0\r\n\r\n"));
/// # Ok::<(), replywire::Error>(())
/// ```
#[must_use = "a transfer does nothing until it is driven"]
pub struct JsonTransfer<'b, T> {
    transfer: Transfer<'b>,
    document: Resumable<T>,
    /// The error that broke the reply off, for ever.
    error: Option<JsonError>,
}

impl<T> fmt::Debug for JsonTransfer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonTransfer")
            .field("transfer", &self.transfer)
            .finish_non_exhaustive()
    }
}

impl<'b, T: Document> JsonTransfer<'b, T> {
    /// Makes a document, of which nothing was written, the body of `transfer`.
    pub(crate) const fn new(transfer: Transfer<'b>, document: T) -> Self {
        Self {
            transfer,
            document: Resumable::new(document),
            error: None,
        }
    }

    /// Writes the first piece after the head. If that is all, the head tells its length.
    pub(crate) fn begin(mut self) -> Result<Self, JsonError> {
        match self.transfer.next() {
            Step::Fill(room) if room.len() >= MIN_BUFFER => {
                let written = self.document.fill(room)?;
                match self.document.is_done() {
                    true => self.transfer.end_with(written),
                    // A chunk has the length that it has.
                    false => self.filled(written)?,
                }
            }
            // The head leaves without any of it.
            _ => self.document.check()?,
        }
        Ok(self)
    }

    /// Returns the next thing to do. Asking again without acting changes nothing.
    ///
    /// # Errors
    ///
    /// An error of the value, or [`JsonError::LengthChanged`], for ever. Nothing more is sent; if
    /// some of the reply has left, the connection must be closed.
    pub fn step(&mut self) -> Result<Step<'_>, JsonError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if let Err(error) = self.fill() {
            self.transfer.break_off();
            self.error = Some(error);
            return Err(error);
        }
        Ok(match self.transfer.next() {
            Step::Send { bytes, more } => Step::Send { bytes, more },
            Step::Done | Step::Fill(_) => Step::Done,
        })
    }

    /// Writes the document as far as there is room before anything is sent.
    fn fill(&mut self) -> Result<(), JsonError> {
        while let Step::Fill(room) = self.transfer.next() {
            let len = room.len();
            let written = if len >= MIN_BUFFER {
                self.document.fill(room)?
            } else if self.transfer.left().is_none_or(|left| left >= len as u64) {
                // There is too little room after the head.
                self.transfer.part();
                continue;
            } else {
                // The end of a body whose length was told.
                let mut piece = [0; MIN_BUFFER];
                let written = self.document.fill(&mut piece)?;
                if let Step::Fill(room) = self.transfer.next() {
                    for (to, byte) in room.iter_mut().zip(piece.iter().take(written)) {
                        *to = *byte;
                    }
                }
                written
            };
            self.filled(written)?;
        }
        Ok(())
    }

    fn filled(&mut self, written: usize) -> Result<(), JsonError> {
        // A body must not look whole where the document is not.
        if let Some(left) = self.transfer.left()
            && (left == written as u64) != self.document.is_done()
        {
            return Err(JsonError::LengthChanged);
        }
        self.transfer
            .filled(written)
            .map_err(|_| JsonError::LengthChanged)
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection.
    pub fn sent(&mut self, n: usize) {
        self.transfer.sent(n);
    }

    /// The status of the reply.
    pub const fn status(&self) -> Status {
        self.transfer.status()
    }

    /// Returns true if the connection must be closed after this reply, which says so or broke off.
    pub const fn closes(&self) -> bool {
        self.transfer.closes()
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.transfer.check(exchange)
    }
}

steps! {
    impl['b, T: Document] JsonTransfer<'b, T> {
        Error = JsonError;
    }
}
