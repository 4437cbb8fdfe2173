//! The replies of a folder, through the connection loop, over a transport in memory.
// Elsewhere the system copies nothing.
#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::fs;
use std::future::Future;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

    async fn kernel(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize>,
    ) -> Option<io::Result<usize>> {
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
fn a_sibling_is_sent_to_those_who_want_it_more_than_the_file() {
    let site = Site::new(&[
        ("a.js", "plain"),
        ("a.js.br", "br"),
        ("a.js.gz", "gz"),
        ("a.js.zst", "zst"),
        ("b.js", "plain"),
        ("b.js.gz", "gz"),
    ]);
    for (path, accepted, want) in [
        ("/a.js", None, "plain"),
        ("/a.js", Some(""), "plain"),
        ("/a.js", Some("br, gzip, zstd"), "br"),
        ("/a.js", Some("gzip, zstd"), "zst"),
        ("/a.js", Some("gzip"), "gz"),
        ("/a.js", Some("*"), "br"),
        // The best comes first.
        ("/a.js", Some("br;q=0.1, gzip"), "gz"),
        ("/a.js", Some("gzip, br;q=0.1"), "gz"),
        ("/a.js", Some("br;q=0.5, zstd;q=0.6, gzip;q=0.7"), "gz"),
        ("/a.js", Some("br;q=0.5, zstd;q=0.7, gzip;q=0.6"), "zst"),
        ("/a.js", Some("gzip;q=0.001, br;q=0.002"), "br"),
        ("/a.js", Some("*, br;q=0.5"), "zst"),
        // The file itself is better, or as good as any other.
        ("/a.js", Some("gzip;q=0.5, identity"), "plain"),
        ("/a.js", Some("identity, gzip;q=0.999"), "plain"),
        (
            "/a.js",
            Some("identity;q=0.6, gzip;q=0.5, br;q=0.4"),
            "plain",
        ),
        ("/a.js", Some("identity;q=0.4, gzip;q=0.5, br;q=0.3"), "gz"),
        ("/a.js", Some("identity;q=0.5, gzip;q=0.5"), "gz"),
        // None at all.
        ("/a.js", Some("br;q=0"), "plain"),
        ("/a.js", Some("br;q=0, gzip;q=0, zstd;q=0"), "plain"),
        ("/a.js", Some("br;q=0, *"), "zst"),
        ("/a.js", Some("br;q=0.000, gzip"), "gz"),
        ("/a.js", Some("identity;q=0, br;q=0"), "plain"),
        ("/a.js", Some("*;q=0"), "plain"),
        // What there is not is passed over.
        ("/b.js", Some("br, gzip;q=0.1"), "gz"),
        ("/b.js", Some("br, gzip;q=0.1, identity;q=0.2"), "plain"),
        ("/b.js", Some("br"), "plain"),
    ] {
        let fields = accepted.map_or(String::new(), |value| {
            format!("accept-encoding: {value}\r\n")
        });
        let reply = site.get(|folder| folder.precompressed(true), path, &fields);
        assert_eq!(String::from_utf8_lossy(&reply.body), want, "{accepted:?}");
        let coding = match want {
            "br" => Some("br"),
            "gz" => Some("gzip"),
            "zst" => Some("zstd"),
            _ => None,
        };
        assert_eq!(
            value(&reply, "content-encoding").as_deref(),
            coding,
            "{accepted:?}"
        );
    }
}

/// The value of a field that has one line at most.
fn value(reply: &Parsed, name: &str) -> Option<String> {
    match &reply.values(name)[..] {
        [] => None,
        [value] => Some(String::from_utf8(value.to_vec()).unwrap()),
        more => panic!("{more:?}"),
    }
}

fn set_modified(path: &Path, seconds: i64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    let from_1970 = Duration::from_secs(seconds.unsigned_abs());
    let time = match seconds {
        0.. => UNIX_EPOCH + from_1970,
        _ => UNIX_EPOCH - from_1970,
    };
    file.set_modified(time).unwrap();
}

#[test]
fn a_version_with_a_time_that_says_nothing_is_told_from_the_next() {
    let site = Site::new(&[("n.js", "")]);
    let path = site.0.join("n.js");
    let get = |fields: &str| site.get(|folder| folder, "/n.js", fields);
    let future = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(3600);
    // As package stores, archives, npm and Yarn, and reproducible images have it; and one to come.
    let times = [
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1, "Thu, 01 Jan 1970 00:00:01 GMT"),
        (315_532_800, "Tue, 01 Jan 1980 00:00:00 GMT"),
        (456_789_000, "Fri, 22 Jun 1984 21:50:00 GMT"),
        (499_162_500, "Sat, 26 Oct 1985 08:15:00 GMT"),
        (1_577_836_800, "Wed, 01 Jan 2020 00:00:00 GMT"),
        (future.as_secs() as i64, "Fri, 01 Jan 2100 00:00:00 GMT"),
    ];
    for (seconds, date) in times {
        for is_renamed in [false, true] {
            let write = |text: &str| {
                let written = match is_renamed {
                    true => site.0.join("new"),
                    false => path.clone(),
                };
                fs::write(&written, text).unwrap();
                set_modified(&written, seconds);
                fs::rename(&written, &path).unwrap();
            };
            write("v=1;");
            // It has a tag as soon as the next version could not have the same one.
            let (reply, tag) = loop {
                let reply = get("");
                if let Some(tag) = value(&reply, "etag") {
                    break (reply, tag);
                }
            };
            assert_eq!((reply.status, &reply.body[..]), (200, &b"v=1;"[..]));
            assert_eq!(value(&reply, "last-modified"), None, "{seconds}");
            assert_eq!(get(&format!("if-none-match: {tag}\r\n")).status, 304);
            let part = get(&format!("range: bytes=2-\r\nif-range: {tag}\r\n"));
            assert_eq!((part.status, &part.body[..]), (206, &b"1;"[..]));

            write("v=2;");
            for fields in [
                format!("if-none-match: {tag}\r\n"),
                format!("range: bytes=2-\r\nif-range: {tag}\r\n"),
                format!("if-modified-since: {date}\r\n"),
                format!("range: bytes=2-\r\nif-range: {date}\r\n"),
            ] {
                let reply = get(&fields);
                assert_eq!(
                    (reply.status, &reply.body[..]),
                    (200, &b"v=2;"[..]),
                    "{fields}"
                );
            }
            assert_eq!(get(&format!("if-match: {tag}\r\n")).status, 412);
        }
    }
}

#[test]
fn versions_that_follow_each_other_at_once_have_no_tag_in_common() {
    let site = Site::new(&[("a", "")]);
    let mut seen = HashSet::new();
    for turn in 10..99 {
        fs::write(site.0.join("a"), turn.to_string()).unwrap();
        let reply = site.get(|folder| folder, "/a", "");
        assert_eq!(reply.body, turn.to_string().into_bytes());
        if let Some(tag) = value(&reply, "etag") {
            assert!(seen.insert(tag), "{turn}");
        }
    }
}

#[test]
fn copies_of_a_file_have_the_same_validators() {
    let sites = [(); 2].map(|()| Site::new(&[("a", "abc")]));
    let validators = sites.each_ref().map(|site| {
        set_modified(&site.0.join("a"), 1_700_000_000);
        let reply = site.get(|folder| folder, "/a", "");
        (value(&reply, "etag"), value(&reply, "last-modified"))
    });
    let [one, other] = validators;
    assert_eq!(one, other);
    assert_eq!(one.0.as_deref(), Some("\"17979cfe362a0000-3\""));
    assert_eq!(one.1.as_deref(), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
}

#[test]
fn a_file_that_the_kernel_makes_up_is_never_passed_off_as_empty() {
    for (root, path) in [("/proc", "/version"), ("/sys", "/class/net/lo/mtu")] {
        // The site is not one to be removed.
        let site = ManuallyDrop::new(Site(root.into()));
        if fs::metadata(format!("{root}{path}")).is_ok() {
            for fields in ["", "range: bytes=0-\r\n"] {
                let reply = site.get(|folder| folder.follow_symlinks(true), path, fields);
                assert_eq!(reply.status, 404, "{path}");
            }
        }
    }
    let site = Site::new(&[("empty", "")]);
    let reply = site.get(|folder| folder, "/empty", "");
    assert_eq!(
        (reply.status, value(&reply, "content-length").as_deref()),
        (200, Some("0"))
    );
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
