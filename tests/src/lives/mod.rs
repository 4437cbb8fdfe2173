//! Tests of the lives of connections over real sockets, the same on every runtime: no reply is
//! lost, and no place is held by a peer that is slow, silent or gone.

use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use replywire_std::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::app::Signs;
pub use self::app::{Lives, WHOLE_LEN};
use crate::served::{self, App, Running, Runtime, end, file_byte, within};

mod app;
pub mod held;
pub mod lost;
pub mod own;

/// Makes the cases of these modules tests on the [`Runtime`]. Most of a case is waiting, so those
/// of a module run at once.
#[macro_export]
macro_rules! lives {
    ($runtime:ty) => {
        $crate::lives! { $runtime:
            no_reply_is_lost lost
            no_place_is_held held
            an_accept_loop_of_its_own_does_the_same own
        }
    };
    ($runtime:ty: $($test:ident $module:ident)*) => {
        $(#[tokio::test]
        async fn $test() {
            $crate::lives::$module::all::<$runtime>().await;
        })*
    };
}

/// Makes the cases of streams that are no TCP sockets tests on the [`Runtime`].
#[macro_export]
macro_rules! lives_over_unix_sockets {
    ($runtime:ty) => {
        #[tokio::test]
        async fn a_unix_socket_is_served_like_any_other() {
            $crate::lives::own::a_unix_socket_is_served_like_any_other::<$runtime>().await;
        }
    };
}

/// Runs the cases of a module.
macro_rules! cases {
    ($($case:ident)*) => {
        pub async fn all<R: Runtime>() {
            $crate::lives::run([$((stringify!($case), Box::pin($case::<R>()))),*]).await;
        }
    };
}
use cases;

type Case = Pin<Box<dyn Future<Output = ()>>>;

/// Does all of it at once, and tells which have failed.
async fn run<const N: usize>(cases: [(&str, Case); N]) {
    let failed = Mutex::new(Vec::new());
    let all = cases.map(|(name, mut case)| {
        let failed = &failed;
        poll_fn(move |cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| case.as_mut().poll(cx)));
            polled.unwrap_or_else(|_| {
                failed.lock().unwrap().push(name);
                Poll::Ready(())
            })
        })
    });
    at_once(all).await;
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The things that an accept loop of its own is given.
pub struct StreamsTask {
    pub listener: Listener,
    pub own: Own,
}

pub enum Listener {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

pub struct Own {
    pub app: App,
    pub config: Config,
    /// Given the way to count the connections.
    pub counts: oneshot::Sender<Box<dyn Fn() -> Counts + Send>>,
    /// Done when the server is to shut down.
    pub stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// The number of connections that are open, and of those with buffers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Counts {
    pub open: usize,
    pub busy: usize,
}

/// A server of [`Lives`].
struct Served {
    running: Running,
    signs: Arc<Signs>,
}

fn start<R: Runtime>() -> Served {
    start_with::<R>(|_| ())
}

/// A server whose connections have these limits.
fn start_with<R: Runtime>(limit: impl FnOnce(&mut Config)) -> Served {
    let lives = Lives::default();
    let signs = Arc::clone(&lives.0);
    let running = served::start_with::<R>(App::of(lives), limit);
    Served { running, signs }
}

impl Served {
    /// A connection that has sent these bytes.
    async fn sent(&self, bytes: impl AsRef<[u8]>) -> TcpStream {
        let mut stream = self.running.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        stream
    }

    /// Likewise, with little memory for what comes. With less than a few segments, the system drops
    /// what it has no room for.
    async fn sent_narrow(&self, bytes: impl AsRef<[u8]>, room: u32) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(room).unwrap();
        let mut stream = socket.connect(self.running.address()).await.unwrap();
        stream.write_all(bytes.as_ref()).await.unwrap();
        stream
    }

    async fn waits(&self) {
        within(self.signs.waits.notified()).await;
    }

    async fn is_dropped(&self) {
        within(self.signs.is_dropped.notified()).await;
    }

    /// Another client has its turn.
    async fn answers(&self) {
        let mut stream = self.sent(get("/a", "connection: close\r\n")).await;
        assert_eq!(rest(&mut stream).await, crate::served::CLOSING);
    }

    async fn stop(self) {
        self.running.stop().await;
    }

    fn stopping(self) -> JoinHandle<()> {
        self.running.stopping()
    }
}

fn get(path: &str, lines: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{lines}\r\n")
}

fn post(path: &str, length: usize, content: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{content}")
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

async fn pause(length: u64) {
    tokio::time::sleep(ms(length)).await;
}

/// The rest of a connection, without the lines of dates.
async fn rest<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut bytes = Vec::new();
    within(stream.read_to_end(&mut bytes)).await.unwrap();
    dateless(&bytes)
}

fn dateless(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap();
    let lines = text.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

/// The connection was reset, after so many bytes of it or fewer.
async fn assert_reset(stream: &mut TcpStream) {
    let ended = end(stream).await;
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

/// Reads a head.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.unwrap());
    }
    dateless(&head)
}

/// Reads so many bytes of the body of `/whole` or `/file`, from a place on.
async fn read_body(stream: &mut TcpStream, from: u64, len: u64) {
    let mut body = vec![0; usize::try_from(len).unwrap()];
    within(stream.read_exact(&mut body)).await.unwrap();
    assert!((from..).zip(&body).all(|(at, byte)| *byte == file_byte(at)));
}

/// Does all of it at once.
async fn at_once<const N: usize>(works: [impl Future<Output = ()>; N]) {
    let mut works = works.map(|work| Some(Box::pin(work)));
    poll_fn(|cx| {
        for work in &mut works {
            if work
                .as_mut()
                .is_some_and(|work| work.as_mut().poll(cx).is_ready())
            {
                *work = None;
            }
        }
        match works.iter().all(Option::is_none) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}
