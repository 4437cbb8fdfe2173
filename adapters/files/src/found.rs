use std::io;

use replywire::file::Coding;

use crate::OpenFile;

/// The answer of a folder to a request.
#[non_exhaustive]
#[derive(Debug)]
pub enum Found {
    /// The system failed: no descriptors left, a broken disk. A 503 or a 500.
    Error(io::Error),
    /// A file, or the page that says that there is none.
    File(FoundFile),
    /// Nothing that the client may know of. A 404.
    NotFound,
    /// The directory is at this URL: a path of the same origin that begins with exactly one `/` and
    /// ends with one, encoded, and the query as it was sent.
    Redirect(String),
}

/// A file that was found in a folder.
#[non_exhaustive]
#[derive(Debug)]
pub struct FoundFile {
    /// The file to send.
    pub file: OpenFile,
    /// The name that says the media type; without that of a coding, see `encoding`.
    pub name: String,
    /// The coding of the bytes, where they are a sibling's.
    pub encoding: Option<Coding>,
    /// Another client may get another sibling: the reply varies by `accept-encoding`.
    pub vary: bool,
    /// This is the page for what is not found; its status is 404.
    pub is_error_page: bool,
}
