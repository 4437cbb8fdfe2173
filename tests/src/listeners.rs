//! Tests of what a server listens on, the same on every runtime.

use std::io;
use std::time::Duration;

use replywire_embedded::{Answered, Request, Responder, Unanswered};
use replywire_std::{Config, Conn, Streams};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::served::within;

/// Makes every case of this module a test on the [`Listens`].
#[macro_export]
macro_rules! listeners {
    ($runtime:ty) => {
        $crate::listeners! { $runtime:
            a_server_accepts_from_listeners_of_every_kind
            a_handler_is_told_of_its_connection
            a_handshake_that_never_ends_holds_up_no_other_and_has_a_limit
            a_handshake_makes_room_for_others
            a_handshake_ends_with_the_server
            a_handshake_that_fails_ends_the_connection
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::listeners::$case::<$runtime>().await;
        })*
    };
}

/// A runtime that serves [`Who`] over listeners of all kinds.
pub trait Listens: 'static {
    /// Serves on this thread until the server has ended.
    fn serve(task: Task);
}

/// The listeners of a server, and its end.
pub struct Task {
    pub config: Config,
    /// Served as one `Vec`.
    pub tcp: Vec<std::net::TcpListener>,
    #[cfg(unix)]
    pub unix: std::os::unix::net::UnixListener,
    /// Its connections begin with one byte of the client, a digit, which is their value.
    pub greeted: std::net::TcpListener,
    /// Done when the server is to shut down, which returns its output.
    pub stopped: oneshot::Receiver<()>,
}

/// The value of a connection that began with this byte.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] where that is no digit.
pub fn greeting(byte: u8) -> io::Result<Greeting> {
    match byte {
        b'0'..=b'9' => Ok(Greeting(byte - b'0')),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The first byte of a client.
#[derive(Clone, Copy, Debug)]
pub struct Greeting(u8);

/// Tells what is known of the connection.
pub struct Who;

impl Who {
    /// Answers one request.
    pub async fn answer<R: Streams<S>, S>(
        &self,
        _: &Request<'_>,
        responder: Responder<'_, Conn<R, S>>,
    ) -> Result<Answered, Unanswered> {
        let greeting = responder.connection(|conn| conn.value::<Greeting>().copied())?;
        let wrong = responder.connection(|conn| conn.value::<u8>().copied())?;
        assert_eq!(wrong, None);
        let text = format!(
            "{:?} {:?}",
            responder.peer().map(|peer| peer.port()),
            greeting.map(|greeting| greeting.0)
        );
        responder.ok().text(text.as_str()).await
    }
}

struct Running {
    tcp: [std::net::SocketAddr; 2],
    greeted: std::net::SocketAddr,
    #[cfg(unix)]
    path: std::path::PathBuf,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

fn start<L: Listens>(config: Config) -> Running {
    let listener = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        listener
    };
    let tcp = [listener(), listener()];
    let greeted = listener();
    let (stop, stopped) = oneshot::channel();
    let addresses = tcp.each_ref().map(|tcp| tcp.local_addr().unwrap());
    #[cfg(unix)]
    let (path, unix) = {
        let name = format!("replywire-{}-{}", std::process::id(), addresses[0].port());
        let path = std::env::temp_dir().join(name);
        let unix = std::os::unix::net::UnixListener::bind(&path).unwrap();
        unix.set_nonblocking(true).unwrap();
        (path, unix)
    };
    let greeted_at = greeted.local_addr().unwrap();
    let task = Task {
        config,
        tcp: tcp.into(),
        #[cfg(unix)]
        unix,
        greeted,
        stopped,
    };
    Running {
        tcp: addresses,
        greeted: greeted_at,
        #[cfg(unix)]
        path,
        stop,
        ended: tokio::task::spawn_blocking(|| L::serve(task)),
    }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
        for address in self.tcp {
            assert!(TcpStream::connect(address).await.is_err());
        }
        #[cfg(unix)]
        std::fs::remove_file(self.path).unwrap();
    }
}

/// The text that a server answers, over a connection that it then closes.
async fn told(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    within(stream.write_all(request)).await.unwrap();
    let mut reply = String::new();
    within(stream.read_to_string(&mut reply)).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    let text = reply.rsplit_once("\r\n\r\n").unwrap().1;
    text.to_owned()
}

async fn greet(server: &Running, byte: u8) -> TcpStream {
    let mut stream = TcpStream::connect(server.greeted).await.unwrap();
    stream.write_all(&[byte]).await.unwrap();
    stream
}

pub async fn a_server_accepts_from_listeners_of_every_kind<L: Listens>() {
    let server = start::<L>(Config::default());
    for round in 0..3 {
        for address in server.tcp {
            let stream = TcpStream::connect(address).await.unwrap();
            let port = stream.local_addr().unwrap().port();
            assert_eq!(told(stream).await, format!("Some({port}) None"), "{round}");
        }
        #[cfg(unix)]
        {
            let stream = tokio::net::UnixStream::connect(&server.path).await;
            assert_eq!(told(stream.unwrap()).await, "None None");
        }
        told(greet(&server, b'1').await).await;
    }
    server.stop().await;
}

pub async fn a_handler_is_told_of_its_connection<L: Listens>() {
    let server = start::<L>(Config::default());
    for digit in 0..10 {
        let stream = greet(&server, b'0' + digit).await;
        let port = stream.local_addr().unwrap().port();
        assert_eq!(told(stream).await, format!("Some({port}) Some({digit})"));
    }
    server.stop().await;
}

pub async fn a_handshake_that_never_ends_holds_up_no_other_and_has_a_limit<L: Listens>() {
    let mut config = Config::default();
    config.timeouts.handshake = Some(Duration::from_millis(200));
    let server = start::<L>(config);
    let mut silent = TcpStream::connect(server.greeted).await.unwrap();
    told(greet(&server, b'1').await).await;
    let read = within(silent.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    server.stop().await;
}

pub async fn a_handshake_makes_room_for_others<L: Listens>() {
    let mut config = Config::default();
    config.connections = 1;
    config.timeouts.handshake = None;
    let server = start::<L>(config);
    let mut silent = TcpStream::connect(server.greeted).await.unwrap();
    silent.set_nodelay(true).unwrap();
    told(greet(&server, b'1').await).await;
    let read = within(silent.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    server.stop().await;
}

pub async fn a_handshake_ends_with_the_server<L: Listens>() {
    let mut config = Config::default();
    config.timeouts.handshake = None;
    let server = start::<L>(config);
    let mut silent = TcpStream::connect(server.greeted).await.unwrap();
    // One that was accepted after it has been answered, so it has begun.
    told(greet(&server, b'1').await).await;
    server.stop().await;
    let read = within(silent.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

pub async fn a_handshake_that_fails_ends_the_connection<L: Listens>() {
    let server = start::<L>(Config::default());
    let mut stream = greet(&server, b'x').await;
    let read = within(stream.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    told(greet(&server, b'1').await).await;
    server.stop().await;
}
