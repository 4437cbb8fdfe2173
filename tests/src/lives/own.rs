//! Accept loops of one's own, over any streams.

use std::sync::Arc;

use replywire_std::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::app::Signs;
use super::{Counts, Listener, Lives, Own, StreamsTask, cases, get, ms, pause, post, rest};
use crate::served::{App, CLOSING, KEPT, Runtime, TIMED_OUT, reset, within};

cases! {
    buffers_are_lent_to_connections_that_are_not_idle
    several_may_wait_for_a_slot
}

/// A server with an accept loop of its own.
struct Served {
    signs: Arc<Signs>,
    counts: Box<dyn Fn() -> Counts + Send>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start<R: Runtime>(listener: Listener, limit: impl FnOnce(&mut Config)) -> Served {
    let mut config = Config::default();
    limit(&mut config);
    let lives = Lives::default();
    let signs = Arc::clone(&lives.0);
    let (stop, stopped) = oneshot::channel();
    let (counts, counted) = oneshot::channel();
    let own = Own {
        app: App::of(lives),
        config,
        counts,
        stopped: Box::pin(async {
            let _ = stopped.await;
        }),
    };
    let task = StreamsTask { listener, own };
    let ended = tokio::task::spawn_blocking(|| R::serve_streams(task));
    let counts = within(counted).await.unwrap();
    Served {
        signs,
        counts,
        stop,
        ended,
    }
}

impl Served {
    async fn counts(&self, open: usize, busy: usize) {
        let want = Counts { open, busy };
        let counted = async {
            while (self.counts)() != want {
                pause(10).await;
            }
        };
        let counted = tokio::time::timeout(ms(10_000), counted).await;
        assert!(
            counted.is_ok(),
            "{:?} in place of {want:?}",
            (self.counts)()
        );
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
    }
}

async fn tcp<R: Runtime>(limit: impl FnOnce(&mut Config)) -> (Served, std::net::SocketAddr) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (start::<R>(Listener::Tcp(listener), limit).await, address)
}

async fn reply<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) {
    let mut reply = [0; KEPT.len() + 37];
    within(stream.read_exact(&mut reply)).await.unwrap();
    assert_eq!(super::dateless(&reply), KEPT);
}

async fn buffers_are_lent_to_connections_that_are_not_idle<R: Runtime>() {
    let (server, address) = tcp::<R>(|config| {
        config.timeouts.handler = Some(ms(300));
        config.timeouts.linger = Some(ms(300));
    })
    .await;
    let mut idle = Vec::new();
    for count in 1..=8 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if count % 2 == 0 {
            stream.write_all(get("/a", "").as_bytes()).await.unwrap();
            reply(&mut stream).await;
        }
        idle.push(stream);
        server.counts(count, 0).await;
    }
    // They come back however a request ends.
    for request in [
        get("/panic", ""),
        get("/forever", ""),
        post("/panic-in-read", 10, "abc"),
        "no head\r\n\r\n".into(),
        post("/a", 1 << 30, "abc"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let ended = rest(&mut stream).await;
        assert!(ended.starts_with("HTTP/1.1 "), "{request:?}: {ended:?}");
        drop(stream);
        server.counts(8, 0).await;
    }
    for before in ["GE", "\r\n", &get("/silent", "")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(before.as_bytes()).await.unwrap();
        server.counts(9, 1).await;
        reset(stream);
        server.counts(8, 0).await;
    }
    for stream in &mut idle {
        stream.write_all(get("/a", "").as_bytes()).await.unwrap();
        reply(stream).await;
    }
    server.counts(8, 0).await;
    drop(idle);
    server.counts(0, 0).await;
    server.stop().await;
}

async fn several_may_wait_for_a_slot<R: Runtime>() {
    let (server, address) = tcp::<R>(|config| {
        config.connections = 1;
        config.timeouts.linger = Some(ms(100));
    })
    .await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = get("/wait", "connection: close\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    pause(100).await;
    for _ in &streams {
        within(server.signs.waits.notified()).await;
        server.signs.go_on.notify_one();
    }
    for stream in &mut streams {
        assert_eq!(rest(stream).await, CLOSING);
    }
    drop(streams);
    server.stop().await;
}

#[cfg(unix)]
pub async fn a_unix_socket_is_served_like_any_other<R: Runtime>() {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("replywire-{}-{count}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    let connect = async |bytes: &str| {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    };
    let server = start::<R>(Listener::Unix(listener), |config| {
        config.connections = 2;
        config.timeouts.head = Some(ms(300));
        config.timeouts.content = Some(ms(300));
        config.timeouts.half_closed = Some(ms(300));
        config.timeouts.linger = Some(ms(600));
    })
    .await;
    // Limits.
    let mut late = connect("GE").await;
    assert_eq!(rest(&mut late).await, TIMED_OUT);
    let mut late = connect(&post("/read", 10, "abc")).await;
    assert_eq!(rest(&mut late).await, TIMED_OUT);
    drop(late);
    // The longest idle one makes room.
    let mut idle = connect(&get("/a", "")).await;
    reply(&mut idle).await;
    server.counts(1, 0).await;
    let mut next = connect(&get("/a", "")).await;
    reply(&mut next).await;
    let mut third = connect(&get("/a", "connection: close\r\n")).await;
    assert_eq!(rest(&mut idle).await, "");
    assert_eq!(rest(&mut third).await, CLOSING);
    drop(third);
    // A peer that has gone, and one that has ended its half.
    let half_closed = connect(&get("/three", "")).await;
    half_closed
        .into_std()
        .unwrap()
        .shutdown(std::net::Shutdown::Write)
        .unwrap();
    within(server.signs.is_dropped.notified()).await;
    drop(connect(&get("/forever", "")).await);
    within(server.signs.is_dropped.notified()).await;
    // A client that still sends can read the last reply.
    let mut sending = connect(&post("/a", 1 << 30, "")).await;
    for _ in 0..10 {
        sending.write_all(&[b'x'; 10_000]).await.unwrap();
        pause(30).await;
    }
    assert_eq!(rest(&mut sending).await, CLOSING);
    drop(sending);
    // The shutdown.
    let mut events = connect(&get("/events", "")).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(events.read_u8()).await.unwrap());
    }
    let Served { stop, ended, .. } = server;
    stop.send(()).unwrap();
    assert_eq!(rest(&mut events).await, "0\r\n\r\n");
    assert_eq!(rest(&mut next).await, "");
    drop(events);
    within(ended).await.unwrap();
    std::fs::remove_file(path).unwrap();
}
