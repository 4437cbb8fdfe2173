use std::sync::Arc;

use replywire_files::Folder;
use replywire_std::{Answer, Request, Runtime};

use crate::{Handler, Responder};

/// A folder as a handler: its files with ranges, validators and precompressed siblings. In a
/// [`Hosted`](crate::Hosted) it is a service.
///
/// ```no_run
/// use replywire_files::Folder;
/// use replywire_http::{FolderHandler, Hosted};
/// use replywire_tokio::Tokio;
///
/// let files = FolderHandler::new(Folder::open("public")?);
/// let service = Hosted::<Tokio, _>::new(files);
/// # let _ = service;
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "ServeDir")]
#[derive(Clone, Debug)]
pub struct FolderHandler(Arc<Folder>);

impl FolderHandler {
    /// Answers by `folder`.
    pub fn new(folder: impl Into<Arc<Folder>>) -> Self {
        Self(folder.into())
    }
}

impl<R: Runtime> Handler<R> for FolderHandler {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, R>) -> Answer {
        Ok(self.0.answer(request, responder).await?)
    }
}
