//! `replywire-tokio` over real sockets.

use std::time::Duration;

use conformance::served::{App, FILE_LEN, Task, file_byte, unless_dropped};
use replywire_tokio::{
    Closed, Config, FromTokio, Handler, Request, Responder, Sent, Server, Unsent, serve_connection,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

struct Served(App);

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Served {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, S>,
    ) -> Result<Sent, Unsent> {
        self.0.answer(request, responder, FromTokio).await
    }
}

async fn serve(task: Task) {
    let listener = TcpListener::from_std(task.listener).unwrap();
    let server = Server::new(Served(task.app)).config(task.config);
    unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
}

mod one_thread {
    struct OneThread;

    impl conformance::served::Runtime for OneThread {
        fn serve(task: super::Task) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(super::serve(task));
        }
    }

    conformance::served!(OneThread);
}

mod many_threads {
    struct ManyThreads;

    impl conformance::served::Runtime for ManyThreads {
        fn serve(task: super::Task) {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            runtime.unwrap().block_on(super::serve(task));
        }
    }

    conformance::served!(ManyThreads);
}

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) {}
    sent(serve);
    sent(|(stream, app): (TcpStream, App)| async move {
        let _ = serve_connection(stream, &Served(app), Config::default()).await;
    });
}

#[tokio::test(start_paused = true)]
async fn limits_are_by_tokios_clock() {
    let (mut client, stream) = duplex(1024);
    let served = tokio::spawn(async {
        let app = Served(App::default());
        let served = serve_connection(stream, &app, Config::default()).await;
        served.map(|(closed, _)| closed)
    });
    let began = Instant::now();
    for _ in 0..2 {
        tokio::time::advance(Duration::from_secs(9)).await;
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\nhi") {
            assert_ne!(client.read_buf(&mut text).await.unwrap(), 0);
        }
    }
    assert!(matches!(served.await.unwrap(), Ok(Closed::Peer)));
    let took = began.elapsed().as_secs_f64();
    assert!((93.0..93.1).contains(&took), "{took} seconds");
}

#[tokio::test]
async fn a_stream_that_is_no_socket_is_sent_the_same_file() {
    let (mut client, stream) = duplex(1 << 16);
    tokio::spawn(async {
        let app = Served(App::default());
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
    client
        .write_all(b"GET /file HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).await.unwrap();
    let head = reply.len() - usize::try_from(FILE_LEN).unwrap();
    assert!(reply[..head].ends_with(b"content-length: 16777216\r\n\r\n"));
    let mut body = (0..).zip(&reply[head..]);
    assert!(body.all(|(at, byte)| *byte == file_byte(at)));
}
