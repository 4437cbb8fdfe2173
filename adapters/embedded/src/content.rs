//! A request's content as a whole.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use replywire::request::Refusal;

use crate::error::ContentError;
use crate::responder::Responder;
use crate::transport::Transport;

impl<T: Transport> Responder<'_, T> {
    /// Reads all that is left of the request's content into `buf`, whose length is the limit.
    ///
    /// Where its length is told and above the limit, nothing is read, and a client that waits for
    /// `100 Continue` is answered without its content. A handler that gives up then is answered for
    /// with `413 Content Too Large`; one that replies may keep the connection, if the server drops
    /// as much as is left.
    ///
    /// Dropping the future loses what it has read.
    ///
    /// # Errors
    ///
    /// [`ContentError::TooLong`] for a longer content, and the errors of [`read`](Self::read).
    ///
    /// ```
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    ///
    /// async fn handle<T: Transport>(
    ///     _: &Request<'_>,
    ///     mut responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let mut buf = [0; 64];
    ///     let content = responder.read_all(&mut buf).await?;
    ///     responder.ok().body(content).await
    /// }
    /// ```
    #[doc(alias("body", "read_to_end"))]
    pub async fn read_all<'b>(
        &mut self,
        buf: &'b mut [u8],
    ) -> Result<&'b mut [u8], ContentError<T::Error>> {
        self.check_length(buf.len())?;
        let mut len = 0;
        loop {
            match buf.get_mut(len..) {
                None | Some([]) => break self.expect_end().await?,
                Some(room) => match self.read(room).await? {
                    0 => break,
                    n => len += n,
                },
            }
        }
        Ok(buf.get_mut(..len).unwrap_or_default())
    }

    /// Reads all that is left of the request's content, at most `most` bytes, as
    /// [`read_all`](Self::read_all) does. Memory grows with what has come: to twice as much at
    /// most, or 1 KiB more.
    ///
    /// # Errors
    ///
    /// As [`read_all`](Self::read_all).
    #[cfg(feature = "alloc")]
    #[doc(alias("Bytes", "DefaultBodyLimit", "to_bytes"))]
    pub async fn read_to_vec(&mut self, most: usize) -> Result<Vec<u8>, ContentError<T::Error>> {
        self.check_length(most)?;
        let mut content = Vec::new();
        let mut len = 0;
        loop {
            if len == most {
                self.expect_end().await?;
                break;
            }
            if len == content.len() {
                content.resize(most.min(len + len.max(LEAST)), 0);
            }
            let room = content.get_mut(len..).unwrap_or_default();
            match self.read(room).await? {
                0 => break,
                n => len += n,
            }
        }
        content.truncate(len);
        Ok(content)
    }

    /// Refuses a content whose length is told and above `most`.
    fn check_length(&self, most: usize) -> Result<(), ContentError<T::Error>> {
        match self.remaining() {
            Some(len) if len > most as u64 => self.too_long(),
            _ => Ok(()),
        }
    }

    /// Reads the end of the content.
    async fn expect_end(&mut self) -> Result<(), ContentError<T::Error>> {
        match self.read(&mut [0]).await? {
            0 => Ok(()),
            _ => self.too_long(),
        }
    }

    fn too_long(&self) -> Result<(), ContentError<T::Error>> {
        self.lent.take().io()?.state.fault = Refusal::ContentTooLarge;
        Err(ContentError::TooLong)
    }
}

/// The least room for the next bytes.
#[cfg(feature = "alloc")]
const LEAST: usize = 1024;
