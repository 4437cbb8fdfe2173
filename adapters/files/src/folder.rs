use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replywire::HeaderValue;
use replywire::file::Coding;

use crate::OpenFile;
use crate::found::{Found, FoundFile};
use crate::kept::{Kept, close_kept_files};
use crate::lookup::{DiskWait, LookupStopped, Opened, is_shortage};
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
/// The answer of a look-up holds for a second ([`lookup_ttl`](Self::lookup_ttl)), and the files
/// found are held open meanwhile ([`max_open_files`](Self::max_open_files)). Every request asks the
/// open file for its length and its times, so a file that was written to, replaced or removed is
/// answered for as it is, by a tag of its own. For a second at most, these are answered for as
/// before: a name that is new, one that leads elsewhere by a link or a directory, a sibling whose
/// own file is gone, and a redirect to a directory whose page is gone.
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
    kept: Kept,
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
            kept: Kept::default(),
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

    /// Sets how long the answer of a look-up holds, that there is no such file too: a second unless
    /// it is set. With zero, every request looks up its file.
    #[must_use]
    pub fn lookup_ttl(mut self, ttl: Duration) -> Self {
        self.kept = self.kept.with_ttl(ttl);
        self
    }

    /// Sets the most files that are held open between requests: 128 unless it is set, none on
    /// Windows. With zero, every request looks up its file.
    ///
    /// They are closed when the process, or the system, has no descriptors left for a file or a
    /// connection.
    #[must_use]
    pub fn max_open_files(mut self, files: usize) -> Self {
        self.kept = self.kept.with_files(files);
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
    /// way and links are not followed wherever they lead; and everywhere what a look-up found a
    /// moment ago.
    pub fn find_now(&self, path: &str, query: Option<&str>, codings: &[Coding]) -> Option<Found> {
        let asked = path::decode(path).and_then(|path| self.asked(&path));
        match self.look(asked, query, codings, DiskWait::Forbidden) {
            Ok(found) => Some(found),
            Err(LookupStopped::Io(error)) => Some(Found::Error(error)),
            Err(LookupStopped::NeedsDisk | LookupStopped::Outdated) => None,
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
            // A look-up that may wait has not, and one that keeps nothing finds nothing outdated.
            Err(LookupStopped::NeedsDisk | LookupStopped::Outdated) => {
                Found::Error(io::ErrorKind::WouldBlock.into())
            }
        }
    }

    fn look(
        &self,
        asked: Result<Asked, PathError>,
        query: Option<&str>,
        codings: &[Coding],
        wait: DiskWait,
    ) -> Result<Found, LookupStopped> {
        let asked = match asked {
            Ok(asked) => Some(asked),
            Err(PathError::Forbidden) => None,
            Err(PathError::Malformed) => return Ok(Found::NotFound),
        };
        let look = |uses_kept| {
            let look = Look { wait, uses_kept };
            match &asked {
                Some(asked) => self.look_for(asked, query, codings, look),
                None => self.missing(look),
            }
        };
        match look(true) {
            Err(LookupStopped::Outdated) => look(false),
            found => found,
        }
    }

    fn look_for(
        &self,
        asked: &Asked,
        query: Option<&str>,
        codings: &[Coding],
        look: Look,
    ) -> Result<Found, LookupStopped> {
        let Asked {
            ref path,
            is_directory,
            ends_in_name,
        } = *asked;
        let index = || {
            let mut index = path.clone();
            path::push(&mut index, INDEX);
            index
        };
        if self.html && is_directory {
            let index = index();
            if let Some(hit) = self.get(&index, look)? {
                return self.found(hit, &index, codings, look);
            }
        }
        if ends_in_name && let Some(hit) = self.get(path, look)? {
            return self.found(hit, path, codings, look);
        }
        if self.html && !is_directory && self.get(&index(), look)?.is_some() {
            return Ok(Found::Redirect(path::slashed(&self.mount, path, query)));
        }
        self.missing(look)
    }

    fn missing(&self, look: Look) -> Result<Found, LookupStopped> {
        let page = match self.html {
            true => self.get(ERROR_PAGE, look)?,
            false => None,
        };
        let Some(page) = page else {
            return Ok(Found::NotFound);
        };
        Ok(Found::File(FoundFile {
            file: self.current(&page, ERROR_PAGE)?,
            name: page.name(ERROR_PAGE),
            encoding: None,
            vary: false,
            is_error_page: true,
        }))
    }

    /// The file at `path` or its sibling.
    fn found(
        &self,
        hit: Hit,
        path: &str,
        codings: &[Coding],
        look: Look,
    ) -> Result<Found, LookupStopped> {
        // What is coded already has no siblings.
        let vary = self.precompressed
            && !SIBLINGS
                .iter()
                .any(|coding| path.ends_with(coding.suffix()));
        let name = hit.name(path);
        let siblings = if vary { codings } else { &[] };
        let mut chosen = None;
        for coding in siblings {
            let path = format!("{path}{}", coding.suffix());
            if let Some(sibling) = self.get(&path, look)? {
                chosen = Some((self.current(&sibling, &path)?, *coding));
                break;
            }
        }
        let (file, encoding) = match chosen {
            Some((file, coding)) => (file, Some(coding)),
            None => (self.current(&hit, path)?, None),
        };
        Ok(Found::File(FoundFile {
            file,
            name,
            encoding,
            vary,
            is_error_page: false,
        }))
    }

    /// Finds the regular file at a checked path, if there is one.
    fn get(&self, path: &str, look: Look) -> Result<Option<Hit>, LookupStopped> {
        if path.is_empty() {
            return Ok(None);
        }
        if look.uses_kept
            && let Some(answer) = self.kept.get(path)
        {
            return Ok(answer.map(|opened| Hit {
                opened,
                is_kept: true,
            }));
        }
        let begun = Instant::now();
        let open = || self.root.get(path, self.follow_symlinks, look.wait);
        let opened = match open() {
            Err(LookupStopped::Io(error)) if is_shortage(&error) && close_kept_files() => open(),
            opened => opened,
        }?;
        let opened = opened.map(Arc::new);
        self.kept.insert(path, opened.clone(), begun);
        Ok(opened.map(|opened| Hit {
            opened,
            is_kept: false,
        }))
    }

    /// The file that was found, with its facts of now.
    fn current(&self, hit: &Hit, path: &str) -> Result<OpenFile, LookupStopped> {
        if !hit.is_kept {
            return Ok(hit.opened.file.share());
        }
        hit.opened.file.unchanged().ok_or_else(|| {
            self.kept.remove(path);
            LookupStopped::Outdated
        })
    }
}

/// The way that a look-up goes.
#[derive(Clone, Copy)]
struct Look {
    wait: DiskWait,
    /// It takes the answers of look-ups before it.
    uses_kept: bool,
}

/// A file that was found.
struct Hit {
    opened: Arc<Opened>,
    /// It was opened by a look-up before this one.
    is_kept: bool,
}

impl Hit {
    /// The name that says the media type of what was found at `path`.
    fn name(&self, path: &str) -> String {
        let name = self.opened.name.as_deref();
        name.unwrap_or_else(|| path::name(path)).into()
    }
}
