//! Tests of connections that are upgraded, the same on every runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use replywire::Status;
use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered, Upgraded};
use replywire_std::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::served::within;

/// Makes every case of this module a test on the [`Upgrades`].
#[macro_export]
macro_rules! upgrades {
    ($runtime:ty) => {
        $crate::upgrades! { $runtime:
            bytes_after_the_head_and_all_others_come_back
            replies_before_an_upgrade_leave_before_it
            what_was_not_asked_for_is_no_upgrade
            content_before_an_upgrade_is_dropped
            a_connect_is_a_tunnel
            an_upgraded_connection_keeps_its_place
            an_upgraded_connection_is_told_of_a_shutdown
            an_upgraded_connection_ends_with_the_grace_time
            an_upgraded_connection_that_is_dropped_is_reset
            a_limit_of_an_upgraded_connection_counts_where_it_is_asked_for
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::upgrades::$case::<$runtime>().await;
        })*
    };
}

/// A runtime that serves [`Echo`].
pub trait Upgrades: 'static {
    /// Serves on this thread until the server has ended.
    fn serve(task: Task);
}

/// The things that a server is given, and its end.
pub struct Task {
    pub config: Config,
    pub listener: std::net::TcpListener,
    /// Done when the server is to shut down.
    pub stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Sends each byte of an upgraded connection back, and `bye` at a shutdown; to `/deaf` it does not
/// notice one, and `/dropped` it drops. What is asked of `/web-socket` or below it is one.
pub struct Echo;

/// The beginning of an answer.
pub enum Begun<'c, T: Transport> {
    Answered(Answered),
    Upgraded(Upgraded<'c, T>),
}

impl Echo {
    /// Has the connection upgraded, where it is asked for.
    ///
    /// # Errors
    ///
    /// [`Unanswered`]
    pub async fn begin<'c, T: Transport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'c, T>,
    ) -> Result<Begun<'c, T>, Unanswered> {
        if request.method() == "CONNECT" {
            let upgraded = responder.ok().header("x-tunnel", "1").tunnel().await?;
            return Ok(Begun::Upgraded(upgraded));
        }
        if request.path() == "/" {
            return Ok(Begun::Answered(responder.ok().text("hi").await?));
        }
        let reply = responder.status(Status::SWITCHING_PROTOCOLS);
        let upgraded = reply.upgrade(request, "echo").await?;
        match request.path() {
            "/dropped" => Err(Unanswered::new()),
            _ => Ok(Begun::Upgraded(upgraded)),
        }
    }
}

/// A server that runs.
pub(crate) struct Running {
    address: std::net::SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) ended: JoinHandle<()>,
}

pub(crate) fn start<U: Upgrades>(limit: impl FnOnce(&mut Config)) -> Running {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let mut config = Config::default();
    config.timeouts.linger = Some(Duration::from_millis(300));
    limit(&mut config);
    let task = Task {
        config,
        listener,
        stopped: Box::pin(async {
            let _ = stopped.await;
        }),
    };
    Running {
        address,
        stop,
        ended: tokio::task::spawn_blocking(|| U::serve(task)),
    }
}

impl Running {
    pub(crate) async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// A connection that is upgraded.
    async fn upgraded(&self, path: &str) -> TcpStream {
        let mut stream = self.send(&asking("GET", path)).await;
        expect(&mut stream, SWITCHED).await;
        stream
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
    }
}

fn asking(method: &str, path: &str) -> Vec<u8> {
    let fields = "host: x\r\nconnection: Upgrade\r\nupgrade: other, ECHO\r\n";
    format!("{method} {path} HTTP/1.1\r\n{fields}\r\n").into_bytes()
}

const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\n\
                        connection: upgrade\r\nupgrade: echo\r\n\r\n";

/// Reads `want`, and lines with dates that stand between its lines.
pub(crate) async fn expect(stream: &mut TcpStream, want: &str) {
    let mut text = String::new();
    let mut byte = [0];
    while text != want {
        assert!(
            text.len() < want.len() + 40,
            "{text:?} in the place of {want:?}"
        );
        within(stream.read_exact(&mut byte)).await.expect(&text);
        text.push(byte[0].into());
        let line = text
            .strip_suffix("\r\n")
            .and_then(|text| text.rsplit("\r\n").next());
        if let Some(date) = line.filter(|line| line.starts_with("date: ")) {
            text.truncate(text.len() - date.len() - 2);
        }
    }
}

pub(crate) async fn rest(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut rest = String::new();
    within(stream.read_to_string(&mut rest)).await?;
    Ok(rest)
}

pub async fn bytes_after_the_head_and_all_others_come_back<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let early: String = ('a'..='z').collect();
    for len in 0..=early.len() {
        let mut bytes = asking("GET", "/upgrade");
        bytes.extend(&early.as_bytes()[..len]);
        let mut stream = server.send(&bytes).await;
        expect(&mut stream, &format!("{SWITCHED}{}", &early[..len])).await;
        for _ in 0..3 {
            stream.write_all(early.as_bytes()).await.unwrap();
            expect(&mut stream, &early).await;
        }
        stream.shutdown().await.unwrap();
        assert_eq!(rest(&mut stream).await.unwrap(), "");
    }
    server.stop().await;
}

pub async fn replies_before_an_upgrade_leave_before_it<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut bytes = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(3);
    bytes.extend(asking("GET", "/upgrade"));
    bytes.extend(b"early");
    let mut stream = server.send(&bytes).await;
    const KEPT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                        content-length: 2\r\n\r\nhi";
    expect(&mut stream, &format!("{KEPT}{KEPT}{KEPT}{SWITCHED}early")).await;
    drop(stream);
    server.stop().await;
}

pub async fn what_was_not_asked_for_is_no_upgrade<U: Upgrades>() {
    let server = start::<U>(|_| ());
    for fields in [
        "",
        "connection: upgrade\r\n",
        "upgrade: echo\r\n",
        "connection: upgrade\r\nupgrade: other\r\n",
    ] {
        let request = format!("GET /upgrade HTTP/1.1\r\nhost: x\r\n{fields}\r\n");
        let mut stream = server.send(request.as_bytes()).await;
        let reply = rest(&mut stream).await.unwrap();
        assert!(reply.starts_with("HTTP/1.1 500 "), "{fields}: {reply}");
    }
    // HTTP/1.0 has no upgrades, RFC 9110 § 7.8.
    let request = b"GET /upgrade HTTP/1.0\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    let reply = rest(&mut server.send(request).await).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 500 "), "{reply}");
    server.stop().await;
}

pub async fn content_before_an_upgrade_is_dropped<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let head = asking("POST", "/upgrade");
    let mut bytes = head[..head.len() - 2].to_vec();
    bytes.extend(b"content-length: 5\r\n\r\n01234early");
    for split in [
        bytes.len() - 10,
        bytes.len() - 7,
        bytes.len() - 5,
        bytes.len(),
    ] {
        let (first, second) = bytes.split_at(split);
        let mut stream = server.send(first).await;
        stream.set_nodelay(true).unwrap();
        sleep(Duration::from_millis(20)).await;
        stream.write_all(second).await.unwrap();
        expect(&mut stream, &format!("{SWITCHED}early")).await;
    }
    server.stop().await;
}

pub async fn a_connect_is_a_tunnel<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut stream = server
        .send(b"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\nearly")
        .await;
    expect(&mut stream, "HTTP/1.1 200 OK\r\nx-tunnel: 1\r\n\r\nearly").await;
    stream.write_all(b"late").await.unwrap();
    expect(&mut stream, "late").await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "");
    server.stop().await;
}

pub async fn an_upgraded_connection_keeps_its_place<U: Upgrades>() {
    let server = start::<U>(|config| {
        config.connections = 1;
        config.timeouts.first = Some(Duration::from_millis(50));
        config.timeouts.head = config.timeouts.first;
        config.timeouts.idle = config.timeouts.first;
        config.timeouts.content = config.timeouts.first;
    });
    let mut upgraded = server.upgraded("/upgrade").await;
    let mut other = server
        .send(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    // Longer than a connection is spared that has sent nothing.
    let waited = tokio::time::timeout(Duration::from_millis(700), other.read_u8()).await;
    assert!(waited.is_err(), "there is one place");
    upgraded.write_all(b"here").await.unwrap();
    expect(&mut upgraded, "here").await;
    drop(upgraded);
    let reply = rest(&mut other).await.unwrap();
    assert!(reply.ends_with("\r\n\r\nhi"), "{reply}");
    drop(other);
    server.stop().await;
}

pub async fn an_upgraded_connection_is_told_of_a_shutdown<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut upgraded = server.upgraded("/upgrade").await;
    server.stop.send(()).unwrap();
    assert_eq!(rest(&mut upgraded).await.unwrap(), "bye");
    drop(upgraded);
    within(server.ended).await.unwrap();
}

pub async fn an_upgraded_connection_ends_with_the_grace_time<U: Upgrades>() {
    let server = start::<U>(|config| config.grace = Duration::from_millis(100));
    let mut upgraded = server.upgraded("/deaf").await;
    server.stop.send(()).unwrap();
    assert!(rest(&mut upgraded).await.is_err(), "it is reset");
    within(server.ended).await.unwrap();
}

pub async fn an_upgraded_connection_that_is_dropped_is_reset<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut stream = server.send(&asking("GET", "/dropped")).await;
    assert!(rest(&mut stream).await.is_err(), "it is reset");
    server.stop().await;
}

pub async fn a_limit_of_an_upgraded_connection_counts_where_it_is_asked_for<U: Upgrades>() {
    let limit = Duration::from_millis(100);
    let server = start::<U>(|config| config.timeouts.upgraded = Some(limit));
    let began = std::time::Instant::now();
    let mut upgraded = server.upgraded("/upgrade").await;
    // A read that fails is one of the handler, which gives up.
    assert!(rest(&mut upgraded).await.is_err());
    assert!(began.elapsed() >= limit);
    server.stop().await;
}
