//! Tests of bodies and work that block, and of bodies of async blocks and channels, over real
//! sockets, the same on every runtime.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use replywire_std::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::app::Sources;
use self::app::{LINES, Signs, line};
use crate::reply::{Framing, strict};
use crate::served::{
    self, App, CLOSING, KEPT, Running, Runtime, end, read_to, reply, reset, rest, within,
};

mod app;

/// Makes every case of this module a test on the [`Runtime`].
#[macro_export]
macro_rules! sources {
    ($runtime:ty) => {
        $crate::sources! { $runtime:
            bodies_that_block_arrive_whole
            bodies_of_blocks_and_channels_arrive_whole
            a_source_may_borrow_from_its_request
            a_source_that_blocks_keeps_no_other_connection_waiting
            a_source_is_dropped_after_its_step_when_its_peer_has_gone
            a_block_is_dropped_at_once_when_its_peer_has_gone
            a_source_waits_for_a_slow_reader
            events_of_a_source_that_blocks_end_at_a_shutdown
            a_source_outlives_neither_the_grace_time_nor_the_server
            a_panic_or_an_error_of_a_source_is_seen
            work_that_blocks_is_done_before_the_next_request_is_answered
            work_that_blocks_and_fails_closes_the_connection
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        mod sources {
            $(#[tokio::test]
            async fn $case() {
                $crate::sources::$case::<$runtime>().await;
            })*
        }
    };
}

/// A server of [`Sources`].
struct Served {
    running: Running,
    signs: Arc<Signs>,
}

fn start<R: Runtime>() -> Served {
    start_with::<R>(|_| ())
}

fn start_with<R: Runtime>(limit: impl FnOnce(&mut Config)) -> Served {
    let sources = Sources::default();
    let signs = Arc::clone(&sources.0);
    let running = served::start_with::<R>(App::of_sources(sources), limit);
    Served { running, signs }
}

impl Served {
    /// A connection that has asked for this.
    async fn get(&self, path: &str, lines: &str) -> TcpStream {
        let mut stream = self.running.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// Another client has its turn.
    async fn answers(&self) {
        let mut stream = self.get("/a", "connection: close\r\n").await;
        assert_eq!(rest(&mut stream).await, CLOSING);
    }

    async fn blocks(&self) {
        within(self.signs.blocks.notified()).await;
    }

    async fn is_dropped(&self) {
        within(self.signs.is_dropped.notified()).await;
    }

    fn steps(&self) -> usize {
        self.signs.steps.load(Ordering::SeqCst)
    }

    async fn stop(self) {
        self.running.stop().await;
    }

    fn stopping(self) -> JoinHandle<()> {
        self.running.stopping()
    }
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

async fn pause(length: u64) {
    tokio::time::sleep(ms(length)).await;
}

async fn arrive_whole<R: Runtime>(paths: &[&str]) {
    let server = start::<R>();
    let want: String = (0..LINES).map(line).collect();
    for path in paths {
        for (version, framing) in [("1.1", Framing::Chunked), ("1.0", Framing::Close)] {
            let mut stream = server.running.connect().await;
            let request =
                format!("GET {path} HTTP/{version}\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let reply = end(&mut stream).await.unwrap();
            let parsed = strict(&reply, "GET").unwrap();
            assert_eq!(parsed.framing, framing, "{path}");
            assert!(parsed.body == want.as_bytes(), "{path} HTTP/{version}");
        }
    }
    // All of them at once, with others after them on the same connections.
    let mut streams = Vec::new();
    for path in paths.iter().chain(paths) {
        let mut stream = server.get(path, "").await;
        let next = b"GET /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(next).await.unwrap();
        streams.push((path, stream));
    }
    for (path, stream) in &mut streams {
        let replies = end(stream).await.unwrap();
        let last = replies.windows(7).position(|end| end == b"\r\n0\r\n\r\n");
        let (body, next) = replies.split_at(last.unwrap() + 7);
        let parsed = strict(body, "GET").unwrap();
        assert!(parsed.body == want.as_bytes(), "{path}");
        assert_eq!(strict(next, "GET").unwrap().body, b"hi");
    }
    drop(streams);
    server.stop().await;
}

pub async fn bodies_that_block_arrive_whole<R: Runtime>() {
    arrive_whole::<R>(&["/iter", "/results", "/read", "/from-fn", "/receiver"]).await;
}

pub async fn bodies_of_blocks_and_channels_arrive_whole<R: Runtime>() {
    arrive_whole::<R>(&["/block", "/try-block", "/channel", "/recv"]).await;
}

pub async fn a_source_may_borrow_from_its_request<R: Runtime>() {
    let server = start::<R>();
    for path in ["/borrows/block", "/borrows/impl"] {
        let mut stream = server.get(path, "connection: close\r\n").await;
        let reply = end(&mut stream).await.unwrap();
        assert_eq!(strict(&reply, "GET").unwrap().body, path.as_bytes());
    }
    server.stop().await;
}

pub async fn a_source_that_blocks_keeps_no_other_connection_waiting<R: Runtime>() {
    let server = start::<R>();
    let mut blocked = Vec::new();
    for _ in 0..20 {
        let stream = server.get("/blocked", "connection: close\r\n").await;
        server.blocks().await;
        blocked.push(stream);
    }
    for _ in 0..3 {
        server.answers().await;
    }
    assert_eq!(server.steps(), 20);
    server.signs.go_on(40);
    for stream in &mut blocked {
        let reply = end(stream).await.unwrap();
        assert_eq!(strict(&reply, "GET").unwrap().body, b"now");
    }
    drop(blocked);
    server.stop().await;
}

pub async fn a_source_is_dropped_after_its_step_when_its_peer_has_gone<R: Runtime>() {
    let server = start::<R>();
    for steps in [1, 2] {
        server.signs.steps.store(0, Ordering::SeqCst);
        let mut stream = server.get("/blocked", "").await;
        server.blocks().await;
        if steps == 2 {
            server.signs.go_on(1);
            read_to(&mut stream, "3\r\nnow\r\n").await;
            server.blocks().await;
        }
        reset(stream);
        let early = timeout(ms(100), server.signs.is_dropped.notified()).await;
        assert!(early.is_err(), "dropped in a step");
        server.signs.go_on(1);
        server.is_dropped().await;
        assert_eq!(server.steps(), steps);
        server.answers().await;
    }
    server.stop().await;
}

pub async fn a_block_is_dropped_at_once_when_its_peer_has_gone<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.get("/silent-block", "").await;
    read_to(&mut stream, "3\r\nnow\r\n").await;
    server.blocks().await;
    reset(stream);
    server.is_dropped().await;
    server.stop().await;
}

pub async fn a_source_waits_for_a_slow_reader<R: Runtime>() {
    let server = start::<R>();
    let stream = server.get("/endless", "").await;
    // The kernels have taken what they take: nothing is made for a second of a machine that others
    // use, too.
    let (mut before, mut pauses) = (server.steps(), 0);
    while pauses < 10 {
        pause(100).await;
        pauses = match server.steps() == before {
            true => pauses + 1,
            false => 0,
        };
        before = server.steps();
    }
    assert!(before * 4096 < 32 << 20, "{before} steps");
    server.answers().await;
    reset(stream);
    server.is_dropped().await;
    // Its last job had begun before the peer stopped.
    assert!(server.steps() <= before + 5, "{before}");
    server.stop().await;
}

pub async fn events_of_a_source_that_blocks_end_at_a_shutdown<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.get("/events", "").await;
    for _ in 0..2 {
        server.blocks().await;
        server.signs.go_on(1);
        read_to(&mut stream, "b\r\ndata: now\n\n\r\n").await;
    }
    server.blocks().await;
    let signs = Arc::clone(&server.signs);
    let ended = server.stopping();
    assert_eq!(rest(&mut stream).await, "0\r\n\r\n");
    drop(stream);
    // A runtime may wait for the thread before it ends.
    signs.go_on(1);
    within(signs.is_dropped.notified()).await;
    within(ended).await.unwrap();
    assert_eq!(signs.steps.load(Ordering::SeqCst), 3);
}

pub async fn a_source_outlives_neither_the_grace_time_nor_the_server<R: Runtime>() {
    for cuts in [false, true] {
        let server = start_with::<R>(|config| config.grace = ms(100));
        let mut stream = server.get("/blocked", "").await;
        server.blocks().await;
        server.signs.go_on(1);
        read_to(&mut stream, "3\r\nnow\r\n").await;
        server.blocks().await;
        let Served { running, signs } = server;
        let ended = match cuts {
            true => tokio::spawn(running.cut()),
            false => running.stopping(),
        };
        let cut = end(&mut stream).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset);
        signs.go_on(1);
        within(signs.is_dropped.notified()).await;
        within(ended).await.unwrap();
        assert_eq!(signs.steps.load(Ordering::SeqCst), 2);
    }
}

pub async fn a_panic_or_an_error_of_a_source_is_seen<R: Runtime>() {
    let server = start::<R>();
    let mut other = server.get("/a", "").await;
    assert_eq!(reply(&mut other).await, KEPT);
    for path in ["/blocked/panics", "/blocked/fails"] {
        let mut stream = server.get(path, "").await;
        server.blocks().await;
        server.signs.go_on(1);
        read_to(&mut stream, "3\r\nnow\r\n").await;
        server.blocks().await;
        server.signs.go_on(1);
        let cut = end(&mut stream).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset, "{path}");
        server.is_dropped().await;
    }
    // The head had left while the source blocked.
    for path in ["/at-once/panics", "/at-once/fails"] {
        let mut stream = server.get(path, "").await;
        server.blocks().await;
        read_to(&mut stream, "\r\n\r\n").await;
        server.signs.go_on(1);
        let cut = end(&mut stream).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset, "{path}");
        server.is_dropped().await;
    }
    other
        .write_all(b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut other).await, KEPT);
    drop(other);
    server.stop().await;
}

pub async fn work_that_blocks_is_done_before_the_next_request_is_answered<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.get("/work", "").await;
    stream
        .write_all(b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut stream).await, KEPT);
    server.blocks().await;
    let early = timeout(ms(100), stream.read(&mut [0; 8])).await;
    assert!(early.is_err(), "answered while there was work");
    server.answers().await;
    server.signs.go_on(1);
    assert_eq!(reply(&mut stream).await, KEPT);
    // It is done although its peer has gone.
    within(server.signs.is_done.notified()).await;
    let mut stream = server.get("/work", "").await;
    assert_eq!(reply(&mut stream).await, KEPT);
    server.blocks().await;
    reset(stream);
    pause(50).await;
    server.signs.go_on(1);
    within(server.signs.is_done.notified()).await;
    server.stop().await;
}

pub async fn work_that_blocks_and_fails_closes_the_connection<R: Runtime>() {
    let server = start::<R>();
    for path in ["/work/fails", "/work/panics"] {
        let mut stream = server.get(path, "").await;
        assert_eq!(reply(&mut stream).await, KEPT);
        server.blocks().await;
        server.signs.go_on(1);
        assert_eq!(end(&mut stream).await.unwrap(), b"", "{path}");
    }
    server.answers().await;
    server.stop().await;
}
