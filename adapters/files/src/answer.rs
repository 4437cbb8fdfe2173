use std::cmp::Reverse;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use replywire::file::{Accepted, Boundary, Coding, File};
use replywire::request::{Method, Refusal};
use replywire::{HeaderName, Response, Status};
use replywire_embedded::{Answer, Answered, Cause, Request, Responder, SendError, Unanswered};

use crate::folder::SIBLINGS;
use crate::lookup::is_shortage;
use crate::path;
use crate::version::Version;
use crate::{FileBody, FileTransport, Folder, Found, FoundFile, OpenError, OpenFile};

/// The most ranges that are sent at once.
const RANGES: usize = 100;

impl OpenFile {
    /// [`open`](Self::open)s a file on the runtime of this responder: at once where Linux has its
    /// path in memory, else where a wait for the disk keeps no other task from running.
    ///
    /// # Errors
    ///
    /// [`OpenError`]
    pub fn open_for<T: FileTransport, P: Into<PathBuf>>(
        _: &Responder<'_, T>,
        path: P,
    ) -> impl Future<Output = Result<Self, OpenError>> + Send + use<T, P> {
        // It does not hold the responder, which only some threads may see at once.
        Self::open_on::<T>(path.into())
    }

    /// Opens a file on the runtime of `T`, at once where its path is in memory.
    pub(crate) async fn open_on<T: FileTransport>(path: PathBuf) -> Result<Self, OpenError> {
        #[cfg(target_os = "linux")]
        if let Some(file) = crate::linux::open_now(&path) {
            return Self::from_file(file);
        }
        let opened = T::blocking(move || Ok(Self::open(path))).await;
        opened.unwrap_or_else(|error| Err(OpenError::Io(error)))
    }

    /// The facts of the file for a reply: its length, its validators, the boundary between its
    /// ranges. Its media type is not known.
    ///
    /// The time of its modification tells versions apart, so servers with copies of a file agree on
    /// its tag. Where that time says nothing, being before 1990, on the hour or to come, there is
    /// no `last-modified`, and the tag is of the time of the last change and the file's number too.
    /// Files that were changed in the last 20 ms have no validators: the next change might not show
    /// in their times. Nor have files whose time says nothing on Windows.
    pub fn facts(&self) -> File<'static, RANGES> {
        let file = File::new(self.len()).ranges().boundary(random_boundary());
        match self.version() {
            Version::Modified => {
                let (seconds, nanoseconds) = self.modified();
                file.modified(seconds, nanoseconds)
            }
            Version::Tagged(tag) => file.etag(tag),
            Version::Unknown => file,
        }
    }
}

/// A boundary of 128 bits that no client can foresee.
fn random_boundary() -> Boundary {
    // Each state of the standard library has keys of its own.
    let state = RandomState::new();
    let bits = |salt: u8| {
        let mut hasher = state.build_hasher();
        hasher.write_u8(salt);
        u128::from(hasher.finish())
    };
    Boundary::from_bits(bits(0) << 64 | bits(1))
}

impl Folder {
    /// Answers a request with what the folder has for it: a file or ranges of it, a redirect to a
    /// directory's own URL, or an error page.
    ///
    /// A path can be spelled in several ways (`//`, `%70`, `/./`): a rule about who may read what
    /// belongs to the folder that is served, not to the text of a request's path.
    ///
    /// Other methods than `GET` and `HEAD` are answered `405 Method Not Allowed`. The target is
    /// looked up at once where that needs no wait for the disk.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// # Errors
    ///
    /// [`SendError`], by the side that failed.
    pub async fn answer<T: FileTransport>(
        self: &Arc<Self>,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, SendError<io::Error, io::Error>> {
        if !is_read(request) {
            const STATUS: Status = Status::METHOD_NOT_ALLOWED;
            let reply = responder.send(|exchange, buf| {
                Response::to(exchange, buf, STATUS)
                    .header(HeaderName::ALLOW, "GET, HEAD")
                    .text(STATUS.reason())
            });
            return reply.await.map_err(SendError::widen);
        }
        let found = self.look_up::<T>(request).await;
        self.answer_with(request, responder, found).await
    }

    async fn answer_with<T: FileTransport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
        found: Found,
    ) -> Result<Answered, SendError<io::Error, io::Error>> {
        match found {
            // Handlers that answer with other replies, too, do not hold the room for a file's.
            Found::File(found) => Box::pin(self.send(request, responder, found)).await,
            Found::Redirect(url) => {
                // A host may have taken away the part of the path at which it has the folder.
                let relative = match request.exchange().is_hosted() {
                    true => path::relative(&url, request.path()),
                    false => None,
                };
                let reply = responder.send(|exchange, buf| {
                    let response = Response::to(exchange, buf, Status::TEMPORARY_REDIRECT);
                    match &relative {
                        Some(relative) => response.redirect(relative),
                        None => response.redirect_local(&url),
                    }
                });
                reply.await.map_err(SendError::widen)
            }
            Found::NotFound => plain(responder, Status::NOT_FOUND).await,
            Found::Error(error) => plain(responder, failed(&error)).await,
        }
    }

    /// Answers a request as [`answer`](Self::answer) does, but refuses it where that would be with
    /// an error page of the folder's: `404 Not Found`, or a failure to read. So the page is that of
    /// the handler. A `404.html` of the folder is one of its files.
    ///
    /// # Errors
    ///
    /// As there, and [`Cause::Refused`] where there is no file.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use replywire_embedded::{Answer, Request, Responder};
    /// use replywire_files::{FileTransport, Folder};
    ///
    /// async fn handle<T: FileTransport>(
    ///     folder: &Arc<Folder>,
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     folder.answer_or_refuse(request, responder).await
    /// }
    /// ```
    pub async fn answer_or_refuse<T: FileTransport>(
        self: &Arc<Self>,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Answer {
        if is_read(request) {
            let refusal = match self.look_up::<T>(request).await {
                Found::NotFound => Refusal::of(Status::NOT_FOUND).into(),
                Found::Error(error) => {
                    let refusal = Refusal::of(failed(&error));
                    Unanswered::caused_by(Cause::Refused(refusal), error)
                }
                found => return Ok(self.answer_with(request, responder, found).await?),
            };
            return Err(refusal);
        }
        Ok(self.answer(request, responder).await?)
    }

    async fn look_up<T: FileTransport>(self: &Arc<Self>, request: &Request<'_>) -> Found {
        let codings = match self.is_precompressed() {
            true => codings(request),
            false => Vec::new(),
        };
        if let Some(found) = self.find_now(request.path(), request.query(), &codings) {
            return found;
        }
        let folder = Arc::clone(self);
        let path = request.path().to_owned();
        let query = request.query().map(str::to_owned);
        let found = T::blocking(move || Ok(folder.find(&path, query.as_deref(), &codings)));
        found.await.unwrap_or_else(Found::Error)
    }

    async fn send<T: FileTransport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
        found: FoundFile,
    ) -> Result<Answered, SendError<io::Error, io::Error>> {
        let file = found
            .file
            .facts()
            .guess_type_from_name(&found.name)
            .content_encoding(found.encoding.unwrap_or(Coding::Identity));
        let status = match found.is_error_page {
            true => Status::NOT_FOUND,
            false => Status::OK,
        };
        let cache_control = self.as_cache_control().filter(|_| !found.is_error_page);
        let body = FileBody::new(found.file);
        let sent = responder.file(request, file, body, |exchange, buf| {
            let mut response = Response::to(exchange, buf, status);
            if let Some(value) = cache_control {
                response = response.header(HeaderName::CACHE_CONTROL, value);
            }
            if found.vary {
                response = response.header(HeaderName::VARY, Accepted::FIELD);
            }
            response
        });
        sent.await
    }
}

/// The codings that a request takes rather than none, the best first.
fn codings(request: &Request<'_>) -> Vec<Coding> {
    let accepted = Accepted::of_fields(request.headers());
    let least = accepted.quality(Coding::Identity).max(1);
    let mut codings = SIBLINGS.to_vec();
    codings.retain(|coding| accepted.quality(*coding) >= least);
    codings.sort_by_key(|coding| Reverse(accepted.quality(*coding)));
    codings
}

/// Answers with the reason as text.
async fn plain<T: FileTransport>(
    responder: Responder<'_, T>,
    status: Status,
) -> Result<Answered, SendError<io::Error, io::Error>> {
    let reply =
        responder.send(|exchange, buf| Response::to(exchange, buf, status).text(status.reason()));
    reply.await.map_err(SendError::widen)
}

/// Tells whether a request asks for a file.
const fn is_read(request: &Request<'_>) -> bool {
    matches!(request.exchange().method(), Method::Get | Method::Head)
}

/// The status that tells a failure to read.
fn failed(error: &io::Error) -> Status {
    match is_shortage(error) {
        true => Status::SERVICE_UNAVAILABLE,
        false => Status::INTERNAL_SERVER_ERROR,
    }
}
