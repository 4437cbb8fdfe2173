//! Changes to files of an operating system while they are sent, and to their readers: the same on
//! every runtime.

use std::fmt;
use std::fs;
use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use replywire::body::{BodyError, StreamError};
use replywire::file::File;
use replywire::{Response, Status};
use replywire_embedded::{
    Answered, ConnectionError, FileSource, Request, Responder, SendError, Unanswered,
};
use replywire_files::{FileBody, FileReply, FileTransport, Folder, OpenFile};
use replywire_std::Config;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::served::{App, Running, Runtime, file_byte, start_app, within};
use crate::size;

/// Makes every case of this module a test on the [`Runtime`].
#[macro_export]
macro_rules! on_disk {
    ($runtime:ty) => {
        $crate::on_disk! { $runtime:
            a_file_that_shrinks_never_looks_whole
            a_file_that_grows_is_cut_and_the_connection_lives_on
            a_file_that_is_deleted_or_replaced_is_sent_to_its_end
            a_file_that_cannot_be_read_at_any_place_never_looks_whole
            a_client_that_vanishes_at_any_place_leaves_nothing_open
            what_is_no_regular_file_is_refused_at_once
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[test]
        fn $case() {
            $crate::disk::alone($crate::disk::$case::<$runtime>);
        })*
    };
}

/// Runs a case while no other one of this process does, so that it may count what is open.
pub fn alone<F: Future<Output = ()>>(case: impl FnOnce() -> F) {
    static ALONE: Mutex<()> = Mutex::new(());

    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(case());
}

/// A directory that is served, gone at the end.
///
/// It answers `/reply/NAME` and `/save/NAME` as a [`FileReply`], `/folder/NAME` as a [`Folder`],
/// `/kernel/NAME` and `/read/NAME` with the file opened by its path, `/kernel` and `/read` with the
/// one that all requests share; and `/eio/LEN/PLACE` with a file that cannot be read from a place
/// on, nor with `/eio-copy/LEN/PLACE` be copied.
pub struct Disk {
    path: PathBuf,
    folder: Arc<Folder>,
    shared: Option<Arc<OpenFile>>,
    failures: Failures,
}

/// The reasons that files were not sent whole.
pub type Failures = Arc<Mutex<Vec<Failure>>>;

/// Which side has failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failure {
    Client,
    Short,
    Source { errno: Option<i32> },
}

impl Disk {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("conformance-disk-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        let folder = Folder::open(&path).unwrap().at("/folder");
        Self {
            folder: Arc::new(folder),
            shared: None,
            failures: Failures::default(),
            path,
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has all requests for `/kernel` and `/read` share the file of this name.
    pub fn share(mut self, name: &str) -> Self {
        let file = OpenFile::open(self.path.join(name)).unwrap();
        self.shared = Some(Arc::new(file));
        self
    }

    /// The list of what goes wrong from now on.
    pub fn failures(&self) -> Failures {
        Arc::clone(&self.failures)
    }

    /// Answers one request.
    pub async fn answer<T: FileTransport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let (way, rest) = match request.path()[1..].split_once('/') {
            Some((way, rest)) => (way, Some(rest)),
            None => (&request.path()[1..], None),
        };
        let reply = |name| FileReply::new(self.path.join(name));
        let sent = match (way, rest) {
            ("reply", Some(name)) => return reply(name).answer(request, responder.ok()).await,
            ("save", Some(name)) => {
                let reply = reply(name).filename(SAVED_AS).media_type("text/x");
                return reply.answer(request, responder.ok()).await;
            }
            ("folder", _) => self.folder.answer(request, responder).await,
            ("eio" | "eio-copy", Some(rest)) => {
                let (len, broken) = rest.split_once('/').unwrap();
                let source = Broken {
                    len: len.parse().unwrap(),
                    place: broken.parse().unwrap(),
                    copies: way == "eio-copy",
                };
                let file = File::new(source.len);
                let sent = responder.file(request, file, source, |exchange, buf| {
                    Response::to(exchange, buf, Status::OK)
                });
                sent.await
            }
            _ => {
                let file = match rest {
                    Some(name) => {
                        Arc::new(OpenFile::open_for(&responder, self.path.join(name)).await?)
                    }
                    None => self.shared.clone().unwrap(),
                };
                let facts = file.facts();
                let body = match way {
                    "kernel" => FileBody::new(file),
                    _ => FileBody::new(file).without_kernel(),
                };
                let sent = responder.file(request, facts, body, |exchange, buf| {
                    Response::to(exchange, buf, Status::OK)
                });
                sent.await
            }
        };
        sent.map_err(|error| {
            let failure = match &error {
                SendError::Body(StreamError::Body(BodyError::TooShort { .. })) => Failure::Short,
                SendError::Connection(ConnectionError::Io(_)) => Failure::Client,
                SendError::Source(error) => Failure::Source {
                    errno: error.raw_os_error(),
                },
                other => panic!("{other}"),
            };
            self.failures.lock().unwrap().push(failure);
            error.into()
        })
    }
}

/// The name under which `/save/NAME` is saved.
pub const SAVED_AS: &str = "../pre\u{e7}os \u{20ac}.txt";

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("path", &self.path).finish()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.path).unwrap();
    }
}

/// The error of a disk for a place that it cannot read.
const EIO: i32 = 5;

/// A file that ends in an error at a place.
struct Broken {
    len: u64,
    place: u64,
    /// True if it writes itself to the connection.
    copies: bool,
}

impl Broken {
    fn bytes(&self, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        if offset >= self.place {
            return Err(io::Error::from_raw_os_error(EIO));
        }
        let end = self.place.min(offset.saturating_add(most)).min(self.len);
        Ok((offset..end).map(file_byte).collect())
    }
}

impl<T: FileTransport> FileSource<T> for Broken {
    type Error = io::Error;

    async fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let bytes = self.bytes(offset, buf.len() as u64)?;
        buf[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    async fn copy_to(
        &mut self,
        offset: u64,
        len: u64,
        conn: &mut T,
    ) -> Result<Option<u64>, SendError<io::Error, io::Error>> {
        if !self.copies {
            return Ok(None);
        }
        let bytes = self.bytes(offset, len).map_err(SendError::Source)?;
        let written = conn.write(&bytes).await.map_err(ConnectionError::Io)?;
        Ok(Some(written as u64))
    }
}

/// Far more than the sockets of [`start`] and [`Download`] hold.
const LEN: usize = 4 << 20;

/// The content of files of [`LEN`] bytes.
static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| (0..LEN as u64).map(file_byte).collect());

/// The bytes that a socket holds.
const SOCKET: usize = 16 << 10;

/// Every way to send what is in the directory.
const WAYS: [&str; 3] = ["folder", "kernel", "read"];

fn start<R: Runtime>(disk: Disk) -> Running {
    let mut config = Config::default();
    config.grace = Duration::from_secs(5);
    start_with::<R>(disk, config)
}

fn start_with<R: Runtime>(disk: Disk, config: Config) -> Running {
    start_app::<R>(App::with(disk), config, |listener| {
        // Connections have it from their listener.
        let socket = SockRef::from(listener);
        socket.set_send_buffer_size(SOCKET).unwrap();
    })
}

/// A client that takes what it asks for as slowly as it wants.
struct Download {
    stream: TcpStream,
    head: String,
    /// The body as far as it was taken.
    body: Vec<u8>,
}

impl Download {
    async fn connect(address: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(SOCKET as u32).unwrap();
        within(socket.connect(address)).await.unwrap()
    }

    async fn start(address: SocketAddr, path: &str) -> Self {
        let stream = Self::connect(address).await;
        Self::ask(stream, path, "").await.unwrap()
    }

    async fn ask(mut stream: TcpStream, path: &str, fields: &str) -> io::Result<Self> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let end = loop {
            let n = within(stream.read_buf(&mut bytes)).await?;
            assert_ne!(n, 0, "{path} ended in its head");
            if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let body = bytes.split_off(end);
        let head = String::from_utf8(bytes).unwrap();
        Ok(Self { stream, head, body })
    }

    fn promised(&self) -> usize {
        let (_, rest) = self.head.split_once("content-length: ").unwrap();
        rest.split_once('\r').unwrap().0.parse().unwrap()
    }

    /// Takes the body until there are `len` bytes of it.
    async fn take(&mut self, len: usize) -> io::Result<()> {
        while self.body.len() < len {
            let mut some = [0; 1 << 14];
            let most = some.len().min(len - self.body.len());
            match within(self.stream.read(&mut some[..most])).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => self.body.extend_from_slice(&some[..n]),
            }
        }
        Ok(())
    }

    /// Takes all of the body, and nothing that follows.
    async fn whole(&mut self) -> io::Result<&[u8]> {
        let promised = self.promised();
        self.take(promised).await?;
        assert_eq!(self.body.len(), promised);
        Ok(&self.body)
    }

    /// Takes what comes until the connection breaks.
    async fn until_broken(&mut self) -> &[u8] {
        let error = self.take(self.promised() + 1).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert!(self.body.len() < self.promised());
        &self.body
    }
}

pub async fn a_file_that_shrinks_never_looks_whole<R: Runtime>() {
    const TAKEN: usize = 1 << 20;

    let disk = Disk::new();
    let (path, failures) = (disk.path.join("file"), disk.failures());
    let server = start::<R>(disk);
    for way in WAYS {
        for left in [0, 5000, TAKEN, 2 * TAKEN + 17, LEN - 1] {
            fs::write(&path, &*CONTENT).unwrap();
            let url = format!("/{way}/file");
            let mut download = Download::start(server.address(), &url).await;
            download.take(TAKEN).await.unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_len(left as u64).unwrap();
            let got = download.until_broken().await;
            let right = got.len().min(left.max(TAKEN));
            assert!(right >= TAKEN);
            assert!(got[..right] == CONTENT[..right], "/{way}, {left} left");
            // The kernel sends pages, not copies of them: of one that ends early, what was in
            // flight.
            let mut flying = got[right..].iter().zip(&CONTENT[right..]);
            assert!(flying.all(|(got, want)| got == want || *got == 0));
            let why = failures.lock().unwrap().pop();
            assert_eq!(why, Some(Failure::Short), "/{way}, {left} left");
        }
    }
    server.stop().await;
}

pub async fn a_file_that_grows_is_cut_and_the_connection_lives_on<R: Runtime>() {
    let disk = Disk::new();
    let (path, failures) = (disk.path.join("file"), disk.failures());
    let server = start::<R>(disk);
    for way in WAYS {
        fs::write(&path, &*CONTENT).unwrap();
        let url = format!("/{way}/file");
        let mut download = Download::start(server.address(), &url).await;
        download.take(1 << 20).await.unwrap();
        let mut file = fs::File::options().append(true).open(&path).unwrap();
        file.write_all(&[b'x'; 1 << 20]).unwrap();
        assert_eq!(download.promised(), LEN);
        assert!(download.whole().await.unwrap() == *CONTENT, "/{way}");
        // Nothing has followed: what comes next is the next reply.
        let fields = "range: bytes=-5\r\n";
        let mut next = Download::ask(download.stream, &url, fields).await.unwrap();
        let range = "content-range: bytes 5242875-5242879/5242880\r\n";
        assert!(next.head.contains(range), "{}", next.head);
        assert_eq!(next.whole().await.unwrap(), b"xxxxx");
    }
    assert_eq!(*failures.lock().unwrap(), []);
    server.stop().await;
}

pub async fn a_file_that_is_deleted_or_replaced_is_sent_to_its_end<R: Runtime>() {
    let disk = Disk::new();
    let (root, failures) = (disk.path.clone(), disk.failures());
    let successor = root.join("successor");
    let server = start::<R>(disk);
    for way in WAYS {
        // The folder says for a second that a file which was not there is not there.
        for is_replaced in [true, false] {
            let name = format!("{way}-{is_replaced}");
            let path = root.join(&name);
            fs::write(&path, &*CONTENT).unwrap();
            let url = format!("/{way}/{name}");
            let mut download = Download::start(server.address(), &url).await;
            download.take(1 << 20).await.unwrap();
            match is_replaced {
                false => fs::remove_file(&path).unwrap(),
                true => {
                    fs::write(&successor, b"successor").unwrap();
                    fs::rename(&successor, &path).unwrap();
                }
            }
            assert!(download.whole().await.unwrap() == *CONTENT, "/{way}");
            let url = format!("/folder/{name}");
            let mut next = Download::ask(download.stream, &url, "").await.unwrap();
            let want: (&str, &[u8]) = match is_replaced {
                false => ("HTTP/1.1 404 ", b"Not Found"),
                true => ("HTTP/1.1 200 ", b"successor"),
            };
            assert!(next.head.starts_with(want.0), "{}", next.head);
            assert_eq!(next.whole().await.unwrap(), want.1);
        }
    }
    assert_eq!(*failures.lock().unwrap(), []);
    server.stop().await;
}

pub async fn a_file_that_cannot_be_read_at_any_place_never_looks_whole<R: Runtime>() {
    const SMALL: usize = 400;

    // Into the larger buffer the file is read whole before a byte of the reply leaves.
    for (buffer, is_page) in [(300, false), (1000, true)] {
        let disk = Disk::new();
        let failures = disk.failures();
        let mut config = Config::default();
        config.reply_buffer = buffer;
        let server = start_with::<R>(disk, config);
        for way in ["eio", "eio-copy"] {
            for place in 0..SMALL {
                let url = format!("/{way}/{SMALL}/{place}");
                let stream = Download::connect(server.address()).await;
                match Download::ask(stream, &url, "").await {
                    Ok(mut page) if is_page => {
                        assert!(page.head.starts_with("HTTP/1.1 500 "), "{}", page.head);
                        assert_eq!(page.whole().await.unwrap(), b"Internal Server Error");
                    }
                    Ok(mut download) => {
                        let got = download.until_broken().await;
                        assert!(got.len() <= place && CONTENT.starts_with(got), "{url}");
                    }
                    // A reset takes back what has not left.
                    Err(error) => {
                        assert!(!is_page, "{url}");
                        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{url}");
                    }
                }
                let why = failures.lock().unwrap().pop();
                assert_eq!(why, Some(Failure::Source { errno: Some(EIO) }), "{url}");
            }
            let url = format!("/{way}/{SMALL}/{SMALL}");
            let mut download = Download::start(server.address(), &url).await;
            assert_eq!(download.whole().await.unwrap(), &CONTENT[..SMALL]);
        }
        server.stop().await;
    }
}

/// The number of descriptors that this process has open.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[cfg(target_os = "linux")]
pub async fn a_client_that_vanishes_at_any_place_leaves_nothing_open<R: Runtime>() {
    const LEN: usize = 256 << 10;

    let places = match std::env::var("REPLYWIRE_PLACES") {
        Ok(places) => places.parse().unwrap(),
        Err(_) => size::either(60, 200),
    };
    let disk = Disk::new();
    fs::write(disk.path.join("file"), &CONTENT[..LEN]).unwrap();
    let failures = disk.failures();
    let server = start::<R>(disk);
    for way in ["folder", "read"] {
        let url = format!("/{way}/file");
        // What the first request opens for all.
        let mut whole = Download::start(server.address(), &url).await;
        assert!(whole.whole().await.unwrap() == &CONTENT[..LEN]);
        drop(whole);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let before = descriptors();
        for count in 0..places {
            let place = count * LEN / places;
            let mut download = Download::start(server.address(), &url).await;
            download.take(place).await.unwrap();
            let got = &download.body;
            assert!(got[..] == CONTENT[..got.len()], "{url} {place}");
            // Gone at once, or with a word before.
            if count % 2 == 1 {
                let _ = download.stream.shutdown().await;
            }
        }
        let after = async {
            while descriptors() > before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within(after).await;
        let mut failures = failures.lock().unwrap();
        assert!(failures.iter().all(|why| *why == Failure::Client));
        // Of what is nearly whole, the sockets hold the rest.
        assert!(failures.len() > places / 2, "{url}: {}", failures.len());
        failures.clear();
    }
    server.stop().await;
}

#[cfg(not(target_os = "linux"))]
pub async fn a_client_that_vanishes_at_any_place_leaves_nothing_open<R: Runtime>() {
    println!("skipped: there is no /proc/self/fd");
}

#[cfg(unix)]
pub async fn what_is_no_regular_file_is_refused_at_once<R: Runtime>() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    let disk = Disk::new();
    let path = disk.path.clone();
    fs::create_dir(path.join("directory")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(path.join("fifo"))
        .status();
    assert!(made.unwrap().success());
    let _listener = UnixListener::bind(path.join("socket")).unwrap();
    symlink("/dev/zero", path.join("zero")).unwrap();
    symlink("/dev/tty", path.join("tty")).unwrap();
    symlink("fifo", path.join("link")).unwrap();
    let server = start::<R>(disk);
    for name in [
        "directory",
        "fifo",
        "socket",
        "zero",
        "tty",
        "link",
        "missing",
    ] {
        for (way, want) in [("folder", "404 "), ("kernel", "500 "), ("read", "500 ")] {
            let url = format!("/{way}/{name}");
            let mut download = Download::start(server.address(), &url).await;
            let status = download.head.strip_prefix("HTTP/1.1 ").unwrap();
            assert!(status.starts_with(want), "{url}: {}", download.head);
            download.whole().await.unwrap();
        }
    }
    server.stop().await;
}

#[cfg(not(unix))]
pub async fn what_is_no_regular_file_is_refused_at_once<R: Runtime>() {
    println!("skipped: this system has no files that are not regular");
}
