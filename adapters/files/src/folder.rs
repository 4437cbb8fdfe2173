use std::io;
use std::path::Path;

use replywire::HeaderValue;
use replywire::file::Coding;

use crate::found::{Found, FoundFile};
use crate::lookup::{DiskWait, LookupStopped, Opened};
use crate::path::{self, Asked, PathError};
use crate::system::Root;

const INDEX: &str = "index.html";
const ERROR_PAGE: &str = "404.html";
/// The codings of siblings, the smallest files first.
pub(crate) const SIBLINGS: [Coding; 3] = [Coding::Brotli, Coding::Zstd, Coding::Gzip];

/// A directory whose files are served, opened once.
///
/// It stays the directory that was opened, wherever it is moved and whatever takes its name.
///
/// ```no_run
/// use replywire::HeaderValue;
/// use replywire::file::Coding;
/// use replywire_files::Folder;
///
/// const A_DAY: HeaderValue = HeaderValue::new("public, max-age=86400").unwrap();
/// let folder = Folder::open("public")?
///     .html(true)
///     .precompressed(true)
///     .cache_control(A_DAY);
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias("StaticFiles", "ServeDir"))]
#[derive(Debug)]
pub struct Folder {
    pub(crate) root: Root,
    cache_control: Option<HeaderValue<'static>>,
    follow_symlinks: bool,
    hidden: bool,
    html: bool,
    mount: String,
    precompressed: bool,
}

impl Folder {
    /// Opens the directory; its path is trusted, links in it are followed.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self {
            root: Root::open(path.as_ref())?,
            cache_control: None,
            follow_symlinks: false,
            hidden: false,
            html: false,
            mount: String::new(),
            precompressed: false,
        })
    }

    /// Serves the folder at a path of the URL, such as `/static`, decoded; else at the top. Nothing
    /// is found elsewhere.
    #[must_use]
    pub fn at(mut self, mount: &str) -> Self {
        self.mount.clear();
        for part in path::parts(mount) {
            self.mount.push('/');
            self.mount.push_str(part);
        }
        self
    }

    /// Keeps the value of `cache-control` for the replies with a file that was asked for. The page
    /// that says that there is none has no such line: the file may be there in a moment.
    #[must_use]
    pub const fn cache_control(mut self, value: HeaderValue<'static>) -> Self {
        self.cache_control = Some(value);
        self
    }

    /// Follows symbolic links wherever they lead, out of the folder too, and names a file as it was
    /// asked for.
    ///
    /// Else a link is followed as long as it is relative and no step of it leaves the folder, and
    /// the name is that of the file it leads to.
    #[doc(alias = "follow_symlink")]
    #[must_use]
    pub const fn follow_symlinks(mut self, follow: bool) -> Self {
        self.follow_symlinks = follow;
        self
    }

    /// Serves names that begin with a dot. Else only `.well-known` at the top is served (RFC 8615),
    /// and what a link with another name leads to.
    #[must_use]
    pub const fn hidden(mut self, serve: bool) -> Self {
        self.hidden = serve;
        self
    }

    /// Serves a folder of pages: `index.html` for a directory, after a redirect to the form with a
    /// slash at its end, and `404.html` for what is not found.
    #[must_use]
    pub const fn html(mut self, html: bool) -> Self {
        self.html = html;
        self
    }

    /// Serves `app.js.br`, `app.js.gz` or `app.js.zst` for `app.js` to those who take it.
    ///
    /// Such a sibling has to be a regular file of the folder too, and is served for a file that is
    /// there only. Nobody looks whether it is older than that file.
    #[must_use]
    pub const fn precompressed(mut self, look: bool) -> Self {
        self.precompressed = look;
        self
    }

    /// The value of `cache-control` for the replies with a file that was asked for.
    pub const fn as_cache_control(&self) -> Option<HeaderValue<'static>> {
        self.cache_control
    }

    /// Tells whether siblings are looked for.
    pub(crate) const fn is_precompressed(&self) -> bool {
        self.precompressed
    }

    /// Finds what a request asks for, by its path and its query as they were sent. `codings` are
    /// those that the client takes, the best first.
    ///
    /// The path is decoded once. Empty components and `.` mean nothing, but at the end, where no
    /// file has them after its name. Not found is what has `..` in any encoding, a control
    /// character, a broken escape, bytes that are no UTF-8, a name of over 255 bytes or over 4095
    /// bytes in all; and on Windows a backslash, `:` and the names that it takes for others.
    ///
    /// Waits for the disk; see [`find_now`](Self::find_now).
    pub fn find(&self, path: &str, query: Option<&str>, codings: &[Coding]) -> Found {
        let found = path::decode(path).and_then(|path| self.asked(&path));
        self.finish(found, query, codings)
    }

    /// Finds what a request asks for, by a path that was decoded already.
    pub fn find_decoded(&self, path: &str, query: Option<&str>, codings: &[Coding]) -> Found {
        self.finish(self.asked(path), query, codings)
    }

    /// Finds what a request asks for if that needs no wait for the disk; `None` says to run
    /// [`find`](Self::find) where a wait does no harm.
    ///
    /// On Linux 5.12 and later what was used lately is found at once, unless there is a link on the
    /// way and links are not followed wherever they lead. Elsewhere nothing is.
    pub fn find_now(&self, path: &str, query: Option<&str>, codings: &[Coding]) -> Option<Found> {
        let asked = path::decode(path).and_then(|path| self.asked(&path));
        match self.look(asked, query, codings, DiskWait::Forbidden) {
            Ok(found) => Some(found),
            Err(LookupStopped::Io(error)) => Some(Found::Error(error)),
            Err(LookupStopped::NeedsDisk) => None,
        }
    }

    fn asked(&self, decoded: &str) -> Result<Asked, PathError> {
        match decoded.strip_prefix(&*self.mount) {
            Some(rest) => path::check(rest, self.hidden),
            None => Err(PathError::Forbidden),
        }
    }

    fn finish(
        &self,
        asked: Result<Asked, PathError>,
        query: Option<&str>,
        codings: &[Coding],
    ) -> Found {
        match self.look(asked, query, codings, DiskWait::Allowed) {
            Ok(found) => found,
            Err(LookupStopped::Io(error)) => Found::Error(error),
            // A look-up that may wait has not.
            Err(LookupStopped::NeedsDisk) => Found::Error(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn look(
        &self,
        asked: Result<Asked, PathError>,
        query: Option<&str>,
        codings: &[Coding],
        wait: DiskWait,
    ) -> Result<Found, LookupStopped> {
        let Asked {
            path,
            is_directory,
            ends_in_name,
        } = match asked {
            Ok(asked) => asked,
            Err(PathError::Forbidden) => return self.missing(wait),
            Err(PathError::Malformed) => return Ok(Found::NotFound),
        };
        let index = || {
            let mut index = path.clone();
            path::push(&mut index, INDEX);
            index
        };
        if self.html && is_directory {
            let index = index();
            if let Some(opened) = self.get(&index, wait)? {
                return self.found(opened, &index, codings, wait);
            }
        }
        if ends_in_name && let Some(opened) = self.get(&path, wait)? {
            return self.found(opened, &path, codings, wait);
        }
        if self.html && !is_directory && self.get(&index(), wait)?.is_some() {
            return Ok(Found::Redirect(path::slashed(&self.mount, &path, query)));
        }
        self.missing(wait)
    }

    fn missing(&self, wait: DiskWait) -> Result<Found, LookupStopped> {
        let page = match self.html {
            true => self.get(ERROR_PAGE, wait)?,
            false => None,
        };
        Ok(page.map_or(Found::NotFound, |page| {
            Found::File(FoundFile {
                file: page.file,
                name: page.name.unwrap_or_else(|| ERROR_PAGE.into()),
                encoding: None,
                vary: false,
                is_error_page: true,
            })
        }))
    }

    /// The file at `path` or its sibling.
    fn found(
        &self,
        opened: Opened,
        path: &str,
        codings: &[Coding],
        wait: DiskWait,
    ) -> Result<Found, LookupStopped> {
        let name = opened.name.unwrap_or_else(|| path::name(path).into());
        let mut found = FoundFile {
            file: opened.file,
            name,
            encoding: None,
            // What is coded already has no siblings.
            vary: self.precompressed
                && !SIBLINGS
                    .iter()
                    .any(|coding| path.ends_with(coding.suffix())),
            is_error_page: false,
        };
        let siblings = if found.vary { codings } else { &[] };
        for coding in siblings {
            if let Some(sibling) = self.get(&format!("{path}{}", coding.suffix()), wait)? {
                found.file = sibling.file;
                found.encoding = Some(*coding);
                break;
            }
        }
        Ok(Found::File(found))
    }

    /// Opens the regular file at a checked path, if there is one.
    fn get(&self, path: &str, wait: DiskWait) -> Result<Option<Opened>, LookupStopped> {
        match path {
            "" => Ok(None),
            path => self.root.get(path, self.follow_symlinks, wait),
        }
    }
}
