//! Tests of a server over real sockets, the same on every runtime.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use embedded_io_async::Read;
use replywire::body::Event;
use replywire::file::File;
use replywire::{HeaderName, Response, Status};
use replywire_embedded::{
    Answered, Chunks, ConnectionError, FileSource, KeepAlive, Request, Responder, SendError,
    TemplateLines, Unanswered,
};
use replywire_files::FileTransport;
use replywire_std::Config;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::disk::Disk;
use crate::grown;
use crate::lines::Numbered;
use crate::lives::{Lives, StreamsTask};
use crate::observed;
use crate::seen::Seen;
use crate::sources::Sources;

/// Makes every case of this module a test on the [`Runtime`].
#[macro_export]
macro_rules! served {
    ($runtime:ty) => {
        $crate::served! { $runtime:
            a_connection_is_kept_until_a_request_says_close
            shutdown_ends_idle_connections_and_finishes_the_others
            what_outlives_the_grace_time_is_dropped
            a_slow_head_is_cut_and_an_idle_connection_ends
            the_connection_that_is_idle_longest_makes_room
            a_connection_beyond_the_limit_waits_where_none_is_idle
            a_client_that_is_still_sending_can_read_the_last_reply
            empty_lines_do_not_keep_a_connection
            a_body_cut_short_at_the_end_of_the_connection_is_a_reset
            a_peer_that_takes_nothing_is_cut
            a_handler_that_panics_is_answered_for_and_its_connection_closes
            dropping_the_server_drops_its_connections
            what_the_system_writes_to_a_socket_arrives_whole_at_a_slow_reader
            a_stream_notices_that_its_peer_was_reset_while_its_source_waits
            a_stream_ends_a_while_after_its_peer_has_half_closed
            an_event_leaves_while_its_stream_goes_on
            an_idle_stream_is_kept_alive
            an_interim_reply_arrives_before_the_final_one
            background_work_is_done_before_the_next_request_is_answered
            a_hundred_connections_are_served_at_once
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::served::$case::<$runtime>().await;
        })*
    };
}

/// A runtime, with the adapter for it.
pub trait Runtime: 'static {
    /// Serves on this thread until the server has ended.
    fn serve(task: Task);

    /// Does the same with a listener that is [`failing`](crate::openings::failing).
    fn serve_failing(task: Task);

    /// Does the same by an accept loop of its own, over any streams.
    fn serve_streams(task: StreamsTask);
}

/// The things that a server is given, and its end.
pub struct Task {
    pub app: App,
    pub config: Config,
    pub listener: std::net::TcpListener,
    /// Done when the server is to shut down.
    pub stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Given something when the server is to be dropped.
    pub dropped: oneshot::Receiver<()>,
}

/// Does `server`, unless it is dropped before.
pub async fn unless_dropped(server: impl Future<Output = ()>, dropped: oneshot::Receiver<()>) {
    let dropped = async {
        if dropped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = server => {}
        () = dropped => {}
    }
}

/// Answers `/live` and `/kept` with an event each time it is told to go on, the second kept alive;
/// `/hints` with an interim reply first, `/work` before work that waits until it is told to go on;
/// `/slow` once it is told to go on, `/endless` and `/flood` without an end, `/panic` and
/// `/panic-elsewhere` never, `/file` with [`FILE_LEN`] bytes, and everything else at once.
#[derive(Default)]
pub struct App {
    /// The disk that answers everything in place of these.
    disk: Option<Disk>,
    /// Likewise.
    lives: Option<Lives>,
    /// Likewise.
    sources: Option<Sources>,
    slow: Arc<Slow>,
    /// The lines of every reply.
    lines: Option<Numbered>,
    /// The events that the hook of its server has seen.
    pub(crate) seen: Arc<Seen>,
}

#[derive(Default)]
struct Slow {
    is_under_way: Notify,
    go_on: Notify,
    is_dropped: Notify,
}

/// Gives an event each time it is told to go on.
struct Live {
    slow: Arc<Slow>,
    keep_alive: Option<KeepAlive>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.slow.is_dropped.notify_one();
    }
}

impl Chunks for Live {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        self.slow.go_on.notified().await;
        Ok(Some(Event::new().data("now")))
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        self.keep_alive
    }
}

/// The time that a stream of this suite is idle before a ping.
pub const PING_AFTER: Duration = Duration::from_millis(100);

impl App {
    /// An app that answers everything from a disk.
    pub fn with(disk: Disk) -> Self {
        Self {
            disk: Some(disk),
            ..Self::default()
        }
    }

    /// An app that answers everything as `lives` does.
    pub fn of(lives: Lives) -> Self {
        Self {
            lives: Some(lives),
            ..Self::default()
        }
    }

    /// An app that answers everything as `sources` does.
    pub fn of_sources(sources: Sources) -> Self {
        Self {
            sources: Some(sources),
            ..Self::default()
        }
    }

    /// An app whose replies all have lines with a number.
    pub(crate) fn numbered() -> Self {
        Self {
            lines: Some(Numbered::default()),
            ..Self::default()
        }
    }

    /// Writes the lines of every reply.
    pub(crate) fn write_lines(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        match &self.lines {
            Some(numbered) => numbered.write(request, lines),
            None => Ok(()),
        }
    }

    /// Answers one request on the runtime `R`; `source` makes a body of the bytes it is given, read
    /// as the runtime reads.
    pub async fn answer<
        R: replywire_std::Runtime,
        T: FileTransport,
        S: Read<Error: Send + Sync + 'static>,
    >(
        &self,
        request: &Request<'_>,
        mut responder: Responder<'_, T>,
        source: impl FnOnce(Source) -> S,
    ) -> Result<Answered, Unanswered> {
        if let Some(disk) = &self.disk {
            return disk.answer(request, responder).await;
        }
        if let Some(lives) = &self.lives
            && request.path() != "/file"
        {
            return lives.answer(request, responder).await;
        }
        if let Some(sources) = &self.sources {
            return sources.answer::<R, T>(request, responder).await;
        }
        if request.path().starts_with("/grown/") {
            return grown::answer(request, responder).await;
        }
        if request.path().starts_with("/fail/") {
            return observed::fail(request, responder).await;
        }
        let source = match request.path() {
            "/slow" => {
                self.slow.is_under_way.notify_one();
                self.slow.go_on.notified().await;
                None
            }
            "/endless" => Some(source(Source::Once(b"part"))),
            "/flood" => Some(source(Source::Flood)),
            "/file" => {
                let file = File::new(FILE_LEN).media_type("text/plain");
                let sent = responder.file(request, file, Written, |exchange, buf| {
                    Response::to(exchange, buf, Status::OK)
                });
                return Ok(sent.await?);
            }
            "/live" | "/kept" => {
                let source = Live {
                    slow: self.slow.clone(),
                    keep_alive: (request.path() == "/kept")
                        .then(|| KeepAlive::new(PING_AFTER, KeepAlive::PING.bytes)),
                };
                let sent = responder.stream(
                    |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                    source,
                );
                return Ok(sent.await?);
            }
            "/work" => {
                let work = async {
                    self.slow.is_under_way.notify_one();
                    self.slow.go_on.notified().await;
                    Ok::<_, Infallible>(())
                };
                return responder.ok().background(work).text("hi").await;
            }
            "/hints" => {
                let hints = responder.inform(|exchange, buf| {
                    Response::to(exchange, buf, Status::EARLY_HINTS)
                        .header(HeaderName::LINK, "</a.css>; rel=preload")
                        .empty()
                });
                hints.await?;
                self.slow.go_on.notified().await;
                None
            }
            "/panic" => panic!("a handler that is wrong"),
            "/panic-elsewhere" => {
                let work = || -> io::Result<()> { panic!("work that is wrong") };
                let _ = T::blocking(work).await;
                None
            }
            _ => None,
        };
        if let Some(source) = source {
            let sent = responder.transfer(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                source,
            );
            return Ok(sent.await?);
        }
        let sent =
            responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("hi"));
        Ok(sent.await?)
    }
}

/// The length of `/file`, more than the buffers of sockets hold.
pub const FILE_LEN: u64 = 16 << 20;

/// The byte of `/file` at `offset`.
pub fn file_byte(offset: u64) -> u8 {
    let [.., low] = (offset ^ (offset >> 8) ^ (offset >> 16)).to_be_bytes();
    low
}

/// The file that `/file` is, written to the socket where there is one.
struct Written;

impl<T: FileTransport> FileSource<T> for Written {
    type Error = io::Error;

    async fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        for (at, byte) in (offset..FILE_LEN).zip(&mut *buf) {
            *byte = file_byte(at);
        }
        let left = usize::try_from(FILE_LEN - offset).unwrap();
        Ok(left.min(buf.len()))
    }

    async fn copy_to(
        &mut self,
        offset: u64,
        len: u64,
        conn: &mut T,
    ) -> Result<Option<u64>, SendError<io::Error, io::Error>> {
        let written = conn.kernel(|socket| {
            let piece: Vec<u8> = (offset..offset + len.min(1 << 18)).map(file_byte).collect();
            let socket = SockRef::from(&socket);
            assert!(socket.tcp_nodelay()?, "replies wait for nothing");
            socket.send(&piece)
        });
        match written.await {
            Some(Ok(n)) => Ok(Some(n as u64)),
            Some(Err(error)) => Err(SendError::Connection(ConnectionError::Io(error))),
            None => Ok(None),
        }
    }
}

/// A body that does not come to its end.
pub enum Source {
    Flood,
    /// Gives its bytes and then nothing.
    Once(&'static [u8]),
}

impl Source {
    fn poll(&mut self, room: &mut [u8]) -> Poll<usize> {
        match self {
            Self::Flood => {
                room.fill(b'.');
                Poll::Ready(room.len())
            }
            Self::Once(b"") => Poll::Pending,
            Self::Once(bytes) => {
                let len = bytes.len().min(room.len());
                room[..len].copy_from_slice(&bytes[..len]);
                *bytes = &bytes[len..];
                Poll::Ready(len)
            }
        }
    }
}

impl tokio::io::AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = self.poll(buf.initialize_unfilled());
        poll.map(|len| {
            buf.advance(len);
            Ok(())
        })
    }
}

impl smol::io::AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(buf).map(Ok)
    }
}

pub(crate) struct Running {
    address: std::net::SocketAddr,
    slow: Arc<Slow>,
    pub(crate) seen: Arc<Seen>,
    stop: oneshot::Sender<()>,
    cut: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start<R: Runtime>(config: Config) -> Running {
    start_app::<R>(App::default(), config, |_| ())
}

/// A server of `app` whose connections have these limits, for clients some of which do not close.
pub(crate) fn start_with<R: Runtime>(app: App, limit: impl FnOnce(&mut Config)) -> Running {
    let mut config = Config::default();
    config.timeouts.linger = Some(Duration::from_millis(300));
    limit(&mut config);
    start_app::<R>(app, config, |_| ())
}

/// A server whose listener is [`failing`](crate::openings::failing).
pub(crate) fn start_failing<R: Runtime>(limit: impl FnOnce(&mut Config)) -> Running {
    let mut config = Config::default();
    limit(&mut config);
    start_by(App::default(), config, |_| (), R::serve_failing)
}

/// Starts a server, after `prepare` has had its listener.
pub(crate) fn start_app<R: Runtime>(
    app: App,
    config: Config,
    prepare: impl FnOnce(&std::net::TcpListener),
) -> Running {
    start_by(app, config, prepare, R::serve)
}

fn start_by(
    app: App,
    config: Config,
    prepare: impl FnOnce(&std::net::TcpListener),
    serve: fn(Task),
) -> Running {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    prepare(&listener);
    let address = listener.local_addr().unwrap();
    let slow = Arc::clone(&app.slow);
    let seen = Arc::clone(&app.seen);
    let (stop, stopped) = oneshot::channel();
    let (cut, dropped) = oneshot::channel();
    let task = Task {
        app,
        config,
        listener,
        stopped: Box::pin(async {
            let _ = stopped.await;
        }),
        dropped,
    };
    Running {
        address,
        slow,
        seen,
        stop,
        cut,
        ended: tokio::task::spawn_blocking(move || serve(task)),
    }
}

impl Running {
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Waits until a handler of `/slow` is under way.
    pub(crate) async fn is_slow(&self) {
        within(self.slow.is_under_way.notified()).await;
    }

    /// Has it shut down, and goes on meanwhile.
    pub(crate) fn stopping(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.ended
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
        self.seen.check().await;
    }

    pub(crate) async fn cut(self) {
        self.cut.send(()).unwrap();
        within(self.ended).await.unwrap();
    }
}

/// No test waits for ever.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), work)
        .await
        .expect("done in time")
}

/// A reply of this server, which has no further `\r\n\r\n`, without its date.
pub(crate) async fn reply(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.contains("\r\n\r\nhi") {
        let mut room = [0; 512];
        let n = within(stream.read(&mut room)).await.unwrap();
        assert!(n > 0, "the connection ended in {text:?}");
        text += std::str::from_utf8(&room[..n]).unwrap();
    }
    let lines = text
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("date: "));
    let rest: String = lines.collect();
    assert!(rest.len() + 37 == text.len(), "one date line in {text:?}");
    rest
}

pub(crate) async fn end(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut rest = Vec::new();
    within(stream.read_to_end(&mut rest)).await.map(|_| rest)
}

pub(crate) const KEPT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 2\r\n\r\nhi";
pub(crate) const CLOSING: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                       connection: close\r\ncontent-length: 2\r\n\r\nhi";

pub async fn a_connection_is_kept_until_a_request_says_close<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(reply(&mut stream).await, KEPT);
    }
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut stream).await, CLOSING);
    assert_eq!(end(&mut stream).await.unwrap(), b"");
    drop(stream);
    server.stop().await;
}

pub async fn shutdown_ends_idle_connections_and_finishes_the_others<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut idle).await, KEPT);
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();

    within(server.slow.is_under_way.notified()).await;

    let Running {
        address,
        slow,
        seen,
        stop,
        cut: _cut,
        ended,
    } = server;
    stop.send(()).unwrap();
    assert_eq!(end(&mut idle).await.unwrap(), b"");
    assert!(!ended.is_finished(), "a request is being answered");
    slow.go_on.notify_one();
    assert_eq!(reply(&mut busy).await, CLOSING);
    assert_eq!(end(&mut busy).await.unwrap(), b"");
    drop((busy, idle));
    within(ended).await.unwrap();
    seen.check().await;
    assert!(TcpStream::connect(address).await.is_err());
}

pub async fn what_outlives_the_grace_time_is_dropped<R: Runtime>() {
    let mut config = Config::default();
    config.grace = Duration::from_millis(50);
    let server = start::<R>(config).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    within(server.slow.is_under_way.notified()).await;
    server.stop().await;
    assert_ne!(end(&mut busy).await.ok().as_deref(), Some(KEPT.as_bytes()));
}

pub(crate) const TIMED_OUT: &str = "HTTP/1.1 408 Request Timeout\r\n\
                         content-type: text/plain; charset=utf-8\r\n\
                         connection: close\r\ncontent-length: 15\r\n\r\nRequest Timeout";

/// The rest of a connection, without the lines of dates.
pub(crate) async fn rest(stream: &mut TcpStream) -> String {
    let rest = String::from_utf8(end(stream).await.unwrap()).unwrap();
    let lines = rest.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

pub async fn a_slow_head_is_cut_and_an_idle_connection_ends<R: Runtime>() {
    let mut config = Config::default();
    config.timeouts.head = Some(Duration::from_millis(300));
    config.timeouts.idle = Some(Duration::from_millis(300));
    config.timeouts.linger = Some(Duration::from_millis(300));
    let server = start::<R>(config).await;

    let mut slow = server.connect().await;
    // Bytes keep coming, but the head has one deadline.
    for byte in b"GET /aaaaa" {
        slow.write_all(&[*byte]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rest(&mut slow).await, TIMED_OUT);

    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut idle).await, KEPT);
    assert_eq!(end(&mut idle).await.unwrap(), b"");
    server.stop().await;
}

pub async fn the_connection_that_is_idle_longest_makes_room<R: Runtime>() {
    let mut config = Config::default();
    config.connections = 2;
    let server = start::<R>(config).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = server.connect().await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(reply(&mut stream).await, KEPT);
        open.push(stream);
        // A connection is idle a while after its reply was read, in the order of threads.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for stream in &mut open[..2] {
        assert_eq!(end(stream).await.unwrap(), b"");
    }
    for stream in &mut open[2..] {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(reply(stream).await, KEPT);
    }
    drop(open);
    server.stop().await;
}

pub async fn a_connection_beyond_the_limit_waits_where_none_is_idle<R: Runtime>() {
    let mut config = Config::default();
    config.connections = 1;
    let server = start::<R>(config).await;
    let mut first = server.connect().await;
    first
        .write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    within(server.slow.is_under_way.notified()).await;
    let mut second = server.connect().await;
    second
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let early = timeout(Duration::from_millis(200), second.read(&mut [0; 8])).await;
    assert!(early.is_err(), "answered beyond the limit");
    // Once its reply has left, the first is idle, and makes room.
    server.slow.go_on.notify_one();
    assert_eq!(reply(&mut first).await, KEPT);
    assert_eq!(end(&mut first).await.unwrap(), b"");
    assert_eq!(reply(&mut second).await, KEPT);
    drop(second);
    server.stop().await;
}

pub async fn a_client_that_is_still_sending_can_read_the_last_reply<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    stream.write_all(&[b'x'; 200_000]).await.unwrap();
    assert_eq!(reply(&mut stream).await, CLOSING);
    drop(stream);
    server.stop().await;
}

pub async fn empty_lines_do_not_keep_a_connection<R: Runtime>() {
    let mut config = Config::default();
    config.timeouts.head = Some(Duration::from_millis(300));
    config.timeouts.idle = Some(Duration::from_millis(300));
    config.timeouts.linger = Some(Duration::from_millis(300));
    let server = start::<R>(config).await;
    let mut stream = server.connect().await;
    let lines = async {
        while stream.write_all(b"\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(lines).await;
    server.stop().await;
}

pub async fn a_body_cut_short_at_the_end_of_the_connection_is_a_reset<R: Runtime>() {
    let mut config = Config::default();
    config.grace = Duration::from_millis(50);
    let server = start::<R>(config).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /endless HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let mut room = [0; 512];
    let mut text = String::new();
    while !text.ends_with("part") {
        let n = within(stream.read(&mut room)).await.unwrap();
        text += std::str::from_utf8(&room[..n]).unwrap();
    }
    assert!(
        !text.contains("content-length") && !text.contains("chunked"),
        "{text}"
    );
    server.stop().await;
    let cut = end(&mut stream).await.unwrap_err();
    assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset);
}

pub async fn a_peer_that_takes_nothing_is_cut<R: Runtime>() {
    for path in ["/flood", "/file"] {
        let mut config = Config::default();
        config.timeouts.write = Some(Duration::from_millis(300));
        config.grace = Duration::MAX;
        let server = start::<R>(config).await;
        let mut stream = server.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        within(stream.readable()).await.unwrap();
        server.stop().await;
        let cut = end(&mut stream).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset, "{path}");
    }
}

pub(crate) const FAILED: &str = "HTTP/1.1 500 Internal Server Error\r\n\
                      content-type: text/plain; charset=utf-8\r\n\
                      connection: close\r\ncontent-length: 21\r\n\r\nInternal Server Error";

pub async fn a_handler_that_panics_is_answered_for_and_its_connection_closes<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut other = server.connect().await;
    for path in ["/panic", "/panic-elsewhere", "/panic"] {
        let mut stream = server.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(rest(&mut stream).await, FAILED);
    }
    other
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut other).await, KEPT);
    drop(other);
    server.stop().await;
}

pub async fn dropping_the_server_drops_its_connections<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut idle).await, KEPT);
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    within(server.slow.is_under_way.notified()).await;
    server.cut().await;
    // Where nothing of a reply has left, an end is as good as a reset.
    assert!(matches!(end(&mut busy).await.as_deref(), Ok([]) | Err(_)));
    assert!(matches!(end(&mut idle).await.as_deref(), Ok([]) | Err(_)));
}

pub async fn what_the_system_writes_to_a_socket_arrives_whole_at_a_slow_reader<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /file HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut reply = Vec::new();
    let mut room = vec![0; 256 << 10];
    loop {
        match within(stream.read(&mut room)).await.unwrap() {
            0 => break,
            n => reply.extend_from_slice(&room[..n]),
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let head = reply.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let body = &reply[head + 4..];
    assert_eq!(body.len() as u64, FILE_LEN);
    assert!((0..).zip(body).all(|(at, byte)| *byte == file_byte(at)));
    drop(stream);
    server.stop().await;
}

/// Reads until the text ends so.
pub(crate) async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut room = [0; 512];
        let n = within(stream.read(&mut room)).await.unwrap();
        assert!(n > 0, "the connection ended in {text:?}");
        text += std::str::from_utf8(&room[..n]).unwrap();
    }
    text
}

/// A connection that has read the head of a stream.
async fn streaming(server: &Running, path: &str) -> TcpStream {
    let mut stream = server.connect().await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_to(&mut stream, "\r\n\r\n").await;
    assert!(
        head.contains("\r\ncontent-type: text/event-stream"),
        "{head}"
    );
    stream
}

/// Resets the connection.
pub(crate) fn reset(stream: TcpStream) {
    SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

pub async fn a_stream_notices_that_its_peer_was_reset_while_its_source_waits<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    // Bytes that the peer has sent before are no reason to look away.
    for before in ["", "X", "GET / HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = streaming(&server, "/live").await;
        stream.write_all(before.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        reset(stream);
        within(server.slow.is_dropped.notified()).await;
    }
    server.stop().await;
}

pub async fn a_stream_ends_a_while_after_its_peer_has_half_closed<R: Runtime>() {
    let mut config = Config::default();
    config.timeouts.half_closed = Some(Duration::from_millis(300));
    let server = start::<R>(config).await;
    let mut stream = streaming(&server, "/live").await;
    stream.shutdown().await.unwrap();
    for _ in 0..3 {
        server.slow.go_on.notify_one();
        let event = read_to(&mut stream, "\n\n\r\n").await;
        assert_eq!(event, "b\r\ndata: now\n\n\r\n");
    }
    within(server.slow.is_dropped.notified()).await;
    let cut = end(&mut stream).await.unwrap_err();
    assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset);
    server.stop().await;
}

pub async fn an_event_leaves_while_its_stream_goes_on<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = streaming(&server, "/live").await;
    for _ in 0..3 {
        server.slow.go_on.notify_one();
        let event = read_to(&mut stream, "\n\n\r\n").await;
        assert_eq!(event, "b\r\ndata: now\n\n\r\n");
    }
    reset(stream);
    within(server.slow.is_dropped.notified()).await;
    server.stop().await;
}

pub async fn an_idle_stream_is_kept_alive<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = streaming(&server, "/kept").await;
    for _ in 0..3 {
        let ping = read_to(&mut stream, "\n\n\r\n").await;
        assert_eq!(ping, "8\r\n: ping\n\n\r\n");
    }
    server.slow.go_on.notify_one();
    // A ping may have been faster.
    read_to(&mut stream, "b\r\ndata: now\n\n\r\n").await;
    reset(stream);
    within(server.slow.is_dropped.notified()).await;
    server.stop().await;
}

pub async fn an_interim_reply_arrives_before_the_final_one<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /hints HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let hints = read_to(&mut stream, "\r\n\r\n").await;
    assert!(hints.starts_with("HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n"));
    assert!(!hints.contains("connection"), "{hints}");
    server.slow.go_on.notify_one();
    assert_eq!(reply(&mut stream).await, CLOSING);
    drop(stream);
    server.stop().await;
}

pub async fn background_work_is_done_before_the_next_request_is_answered<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /work HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut stream).await, KEPT);
    within(server.slow.is_under_way.notified()).await;
    let early = timeout(Duration::from_millis(100), stream.read(&mut [0; 8])).await;
    assert!(early.is_err(), "answered while there was work");
    server.slow.go_on.notify_one();
    assert_eq!(reply(&mut stream).await, KEPT);
    drop(stream);
    server.stop().await;
}

pub async fn a_hundred_connections_are_served_at_once<R: Runtime>() {
    let server = start::<R>(Config::default()).await;
    let mut streams = Vec::new();
    for _ in 0..100 {
        streams.push(server.connect().await);
    }
    for _ in 0..3 {
        for stream in &mut streams {
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
                .await
                .unwrap();
        }
        for stream in streams.iter_mut().rev() {
            assert_eq!(reply(stream).await, KEPT);
        }
    }
    for stream in &mut streams {
        stream
            .write_all(b"GET /kept HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
    }
    // All of them are being answered while the first one waits for its second ping.
    for stream in streams.iter_mut().rev() {
        read_to(stream, "8\r\n: ping\n\n\r\n").await;
    }
    for stream in &mut streams {
        read_to(stream, "8\r\n: ping\n\n\r\n").await;
    }
    drop(streams);
    server.stop().await;
}
