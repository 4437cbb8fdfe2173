//! The replies of a folder, through the connection loop, over a transport in memory.
// Elsewhere the system copies nothing.
#![cfg(target_os = "linux")]

use std::fs;
use std::future::Future;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use conformance::reply::{Parsed, strict};
use conformance::script::poll_times;
use embedded_io_async::{ErrorType, Read, Write};
use replywire::HeaderValue;
use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Transport, Unanswered, serve_connection,
};
use replywire_files::{FileTransport, Folder};

/// Gives its input and then its end; keeps what is written.
#[derive(Default)]
struct Wire {
    input: Vec<u8>,
    output: Vec<u8>,
    /// The file that the system writes to, which always takes bytes; else it is no socket.
    sink: Option<fs::File>,
    /// The number of times that the system was asked to.
    copies: usize,
}

impl Wire {
    fn get(path: &str, fields: &str) -> Self {
        Self {
            input: format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\n").into_bytes(),
            ..Self::default()
        }
    }
}

impl ErrorType for Wire {
    type Error = io::Error;
}

impl Read for Wire {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = buf.len().min(self.input.len());
        buf[..n].copy_from_slice(&self.input[..n]);
        self.input.drain(..n);
        Ok(n)
    }
}

impl Write for Wire {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Wire {}

impl FileTransport for Wire {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        work()
    }

    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let sink = self.sink.as_ref()?;
        self.copies += 1;
        Some(op(sink.as_fd()))
    }
}

struct Answers(Arc<Folder>);

impl Handler<Wire> for Answers {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Wire>,
    ) -> Result<Answered, Unanswered> {
        Ok(self.0.answer(request, responder).await?)
    }
}

/// A folder with these files, gone at the end.
struct Site(PathBuf);

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("conformance-answers-{}-{count}", std::process::id());
        let root = std::env::temp_dir().join(name);
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    /// The reply to a `GET` with these fields.
    fn get(&self, build: impl Fn(Folder) -> Folder, path: &str, fields: &str) -> Parsed {
        let folder = build(Folder::open(&self.0).unwrap());
        let mut wire = Wire::get(path, fields);
        let (mut request, mut reply) = (vec![0; 8192], vec![0; 12_288]);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = Limits::new();
        let answers = Answers(Arc::new(folder));
        let served = serve_connection(&mut wire, &answers, buffers, &limits);
        poll_times(served, 1000).unwrap().unwrap();
        strict(&wire.output, "GET").unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_cache_keeps_files_for_as_long_as_the_folder_says_and_nothing_else() {
    const A_DAY: HeaderValue = HeaderValue::new("public, max-age=86400").unwrap();
    let site = Site::new(&[
        ("a.txt", "a"),
        ("dir/index.html", "index"),
        ("404.html", "page"),
    ]);
    let build = |folder: Folder| folder.html(true).precompressed(true).cache_control(A_DAY);
    for (path, fields, status, is_kept) in [
        ("/a.txt", "", 200, true),
        ("/a.txt", "range: bytes=0-\r\n", 206, true),
        ("/a.txt", "if-none-match: *\r\n", 304, true),
        ("/a.txt", "range: bytes=x\r\n", 400, false),
        ("/a.txt", "range: bytes=1-\r\n", 416, false),
        ("/a.txt", "if-match: \"x\"\r\n", 412, false),
        ("/none", "", 404, false),
        ("/dir", "", 307, false),
    ] {
        let reply = site.get(build, path, fields);
        assert_eq!(reply.status, status, "{path} {fields}");
        let values = reply.values("cache-control");
        let want: &[&[u8]] = if is_kept { &[A_DAY.as_bytes()] } else { &[] };
        assert_eq!(values, want, "{path} {fields}");
        // Whatever comes of the file may be other for those who take other codings.
        let varies = matches!(status, 200 | 206 | 304 | 400 | 412 | 416);
        assert_eq!(!reply.values("vary").is_empty(), varies, "{path} {fields}");
    }
}

#[test]
fn others_have_their_turn_while_a_file_is_copied_to_a_peer_that_is_always_ready() {
    const PIECE: u64 = 2 << 20;
    const PIECES: usize = 32;
    let site = Site::new(&[("large", "")]);
    let large = fs::File::options()
        .write(true)
        .open(site.0.join("large"))
        .unwrap();
    large.set_len(PIECE * PIECES as u64).unwrap();

    let mut wire = Wire::get("/large", "");
    wire.sink = Some(fs::File::options().write(true).open("/dev/null").unwrap());
    let (mut request, mut reply) = (vec![0; 8192], vec![0; 12_288]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let (limits, answers) = (
        Limits::new(),
        Answers(Arc::new(Folder::open(&site.0).unwrap())),
    );
    let served = serve_connection(&mut wire, &answers, buffers, &limits);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut served = Box::pin(served);
    let mut polls = 1;
    while served
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        // Nothing else would have it polled again.
        assert_eq!(woken.0.swap(0, Ordering::Relaxed), 1);
        polls += 1;
    }
    drop(served);
    assert_eq!(wire.copies, PIECES);
    assert_eq!(polls, PIECES);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
