use std::path::PathBuf;

use replywire::{Disposition, Status};
use replywire_embedded::{AfterReply, Answered, Chain, Request, Unanswered};

use crate::{FileBody, FileTransport, OpenError, OpenFile};

/// A file of the operating system as a reply, by its path: its media type, its name where it is
/// saved, its validators and ranges.
///
/// ```
/// use replywire_embedded::{Answered, Request, Responder, Unanswered};
/// use replywire_files::{FileReply, FileTransport};
///
/// async fn report<T: FileTransport>(
///     request: &Request<'_>,
///     responder: Responder<'_, T>,
/// ) -> Result<Answered, Unanswered> {
///     FileReply::new("reports/7.pdf").filename("2026.pdf").answer(request, responder.ok()).await
/// }
/// ```
#[doc(alias("FileResponse", "ServeFile"))]
#[must_use = "a file is sent by `answer`"]
#[derive(Clone, Debug)]
pub struct FileReply<'f> {
    path: PathBuf,
    filename: Option<&'f str>,
    media_type: Option<&'f str>,
    is_inline: bool,
}

impl<'f> FileReply<'f> {
    /// The file at `path`, which is the program's own choice: for one that a client names, there is
    /// [`Folder`](crate::Folder).
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            filename: None,
            media_type: None,
            is_inline: false,
        }
    }

    /// Has the client save the file under this name, unless it is [`inline`](Self::inline).
    pub const fn filename(mut self, name: &'f str) -> Self {
        self.filename = Some(name);
        self
    }

    /// Sets the media type; without one, it is guessed by the file name, or else by the path.
    pub const fn media_type(mut self, media_type: &'f str) -> Self {
        self.media_type = Some(media_type);
        self
    }

    /// Has the client show the file; its name is for a user who saves it.
    pub const fn inline(mut self) -> Self {
        self.is_inline = true;
        self
    }

    /// Ends `reply` with the file, its ranges, or that it has not changed; see
    /// [`Chain::file`]. The lines of `reply` count in place of the file's.
    ///
    /// Where there is no such file, or it is not a regular one, the reply is `404 Not Found`, by
    /// [`Chain::into_error`]. The file is opened at once where Linux has its path in memory, else
    /// where a wait for the disk keeps no other task from running.
    ///
    /// # Errors
    ///
    /// [`Cause::Source`](replywire_embedded::Cause::Source) where the file cannot be opened or
    /// read; else as [`Chain::file`].
    pub async fn answer<T: FileTransport, W: AfterReply>(
        self,
        request: &Request<'_>,
        reply: Chain<'_, T, W>,
    ) -> Result<Answered, Unanswered> {
        const MISSING: Status = Status::NOT_FOUND;
        let name = self.path.file_name().unwrap_or_default();
        let guessed = self
            .filename
            .map_or(name.as_encoded_bytes(), str::as_bytes)
            .to_vec();
        let file = match OpenFile::open_on::<T>(self.path).await {
            Ok(file) => file,
            Err(OpenError::Missing | OpenError::NotRegular) => {
                return reply.into_error(MISSING).text(MISSING.reason()).await;
            }
            Err(error) => return reply.fail(error).await,
        };
        let facts = match self.media_type {
            Some(media_type) => file.facts().media_type(media_type),
            None => file.facts().guess_type_from_name(guessed),
        };
        let reply = match self.filename {
            Some(name) if self.is_inline => reply.disposition(&Disposition::inline(name)),
            Some(name) => reply.disposition(&Disposition::attachment(name)),
            None => reply,
        };
        // Handlers that answer with other replies, too, do not hold the room for a file's.
        Box::pin(reply.file(request, facts, FileBody::new(file))).await
    }
}
