//! Tests of a server with TLS, as the examples set it up, the same on runtimes that have it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use replywire_embedded::{Answered, Request, Responder, Unanswered};
use replywire_std::{Config, Conn, Counters, FromStream, Streams};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use smol::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use self::names::Names;
use crate::served::within;

#[path = "../../adapters/examples/names.rs"]
mod names;

#[path = "../../adapters/examples/tls.rs"]
#[allow(dead_code, reason = "the example reads its certificates from files")]
mod example;

/// Makes every case of this module a test on the [`ServesTls`].
#[macro_export]
macro_rules! tls {
    ($runtime:ty) => {
        $crate::tls! { $runtime:
            a_connection_ends_with_close_notify_and_its_handler_is_told_the_names
            a_listener_of_tls_ends_connections_with_close_notify
            a_handshake_of_tls_that_never_ends_has_a_limit
            a_reply_that_breaks_off_does_not_look_whole_over_tls
            a_client_without_a_certificate_is_refused
            an_idle_connection_that_ends_without_close_notify_has_not_failed
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::tls::$case::<$runtime>().await;
        })*
    };
}

/// A runtime that serves [`Secure`].
pub trait ServesTls: 'static {
    /// Serves on this thread until the server has ended.
    fn serve(task: Task);

    /// The same by the adapter's listener of TLS, which tells no names.
    fn serve_listener(task: Task);
}

/// The things that a server is given, and its end.
pub struct Task {
    pub config: Config,
    pub tls: Arc<ServerConfig>,
    pub listener: std::net::TcpListener,
    /// The hook of the server.
    pub counters: Arc<Counters>,
    /// Done when the server is to shut down.
    pub stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// The value of a connection.
#[must_use]
pub fn value(tls: &rustls::ServerConnection) -> impl Send + Sync + use<> {
    Names::of(tls)
}

/// Answers with the names that it was told; `/broken` with a part.
pub struct Secure;

impl Secure {
    /// Answers one request.
    ///
    /// # Errors
    ///
    /// [`Unanswered`]
    pub async fn answer<R: Streams<S>, S>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Conn<R, S>>,
    ) -> Result<Answered, Unanswered> {
        if request.path() == "/broken" {
            let mut polls = 0;
            // The part leaves while the source waits.
            let broken = stream::poll_fn(move |cx| {
                polls += 1;
                match polls {
                    1 => Poll::Ready(Some(Ok("part"))),
                    2 => {
                        cx.waker().wake_by_ref();
                        Poll::Pending
                    }
                    _ => Poll::Ready(Some(Err(std::io::Error::other("no more")))),
                }
            });
            return responder.ok().stream(FromStream::new(broken)).await;
        }
        let names = responder.connection(|conn| conn.value::<Names>().cloned())?;
        let text = names.map(|Names { server, client }| format!("{server:?} {client:?}"));
        responder.ok().text(text.unwrap_or_default().as_str()).await
    }
}

struct Running {
    address: std::net::SocketAddr,
    root: CertificateDer<'static>,
    client: (CertificateDer<'static>, PrivateKeyDer<'static>),
    counters: Arc<Counters>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

fn certificate(name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
    (made.cert.der().clone(), key.unwrap())
}

fn start<T: ServesTls>(limit: impl FnOnce(&mut Config)) -> Running {
    start_by(T::serve, limit)
}

fn start_by(serve: fn(Task), limit: impl FnOnce(&mut Config)) -> Running {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (root, key) = certificate("server.example");
    let client = certificate("client.example");
    let clients = vec![client.0.clone()];
    let tls = example::config_of(vec![root.clone()], key, clients).unwrap();
    let mut config = Config::default();
    limit(&mut config);
    let (stop, stopped) = oneshot::channel();
    let counters = Arc::new(Counters::default());
    let task = Task {
        config,
        tls,
        listener,
        counters: Arc::clone(&counters),
        stopped: Box::pin(async {
            let _ = stopped.await;
        }),
    };
    Running {
        address,
        root,
        client,
        counters,
        stop,
        ended: tokio::task::spawn_blocking(move || serve(task)),
    }
}

impl Running {
    /// Connects, and sends a request.
    async fn ask(
        &self,
        is_known: bool,
        request: &[u8],
    ) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match is_known {
            true => {
                let (certificate, key) = &self.client;
                let chain = vec![certificate.clone()];
                builder
                    .with_client_auth_cert(chain, key.clone_key())
                    .unwrap()
            }
            false => builder.with_no_client_auth(),
        };
        let connector = TlsConnector::from(Arc::new(config));
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("server.example").unwrap();
        let mut stream = within(connector.connect(name, stream)).await?;
        stream.write_all(request).await?;
        Ok(stream)
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
    }
}

const CLOSE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

pub async fn a_connection_ends_with_close_notify_and_its_handler_is_told_the_names<T>()
where
    T: ServesTls,
{
    let server = start::<T>(|_| ());
    let mut stream = server.ask(true, CLOSE).await.unwrap();
    let mut reply = String::new();
    // An end without `close_notify` is an error of this.
    within(stream.read_to_string(&mut reply)).await.unwrap();
    let want = "\r\n\r\nSome(\"server.example\") [\"client.example\"]";
    assert!(reply.ends_with(want), "{reply}");
    drop(stream);
    server.stop().await;
}

pub async fn a_listener_of_tls_ends_connections_with_close_notify<T: ServesTls>() {
    let server = start_by(T::serve_listener, |_| ());
    let mut stream = server.ask(true, CLOSE).await.unwrap();
    let mut reply = String::new();
    // An end without `close_notify` is an error of this.
    within(stream.read_to_string(&mut reply)).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    drop(stream);
    server.stop().await;
}

pub async fn a_handshake_of_tls_that_never_ends_has_a_limit<T: ServesTls>() {
    let limit = Duration::from_millis(200);
    let server = start::<T>(|config| config.timeouts.handshake = Some(limit));
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    // The beginning of a handshake, of which the rest never comes.
    silent.write_all(b"\x16\x03\x01\x02\x00").await.unwrap();
    let mut stream = server.ask(true, CLOSE).await.unwrap();
    within(stream.read_to_end(&mut Vec::new())).await.unwrap();
    let read = within(silent.read(&mut [0])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    drop(stream);
    server.stop().await;
}

pub async fn a_reply_that_breaks_off_does_not_look_whole_over_tls<T: ServesTls>() {
    let server = start::<T>(|_| ());
    let mut stream = server
        .ask(true, b"GET /broken HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let read = within(stream.read_to_end(&mut Vec::new())).await;
    assert!(read.is_err(), "{read:?}");
    server.stop().await;
}

pub async fn a_client_without_a_certificate_is_refused<T: ServesTls>() {
    let server = start::<T>(|_| ());
    let read = match server.ask(false, CLOSE).await {
        Ok(mut stream) => within(stream.read_to_end(&mut Vec::new())).await,
        Err(error) => Err(error),
    };
    assert!(read.is_err(), "{read:?}");
    server.stop().await;
}

pub async fn an_idle_connection_that_ends_without_close_notify_has_not_failed<T: ServesTls>() {
    let server = start::<T>(|_| ());
    let mut stream = server
        .ask(true, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"[\"client.example\"]") {
        assert_ne!(within(stream.read_buf(&mut reply)).await.unwrap(), 0);
    }
    // The socket says that nothing follows, and TLS does not.
    let (mut socket, _) = stream.into_inner();
    socket.shutdown().await.unwrap();
    let _ = within(socket.read_to_end(&mut Vec::new())).await;
    let counters = Arc::clone(&server.counters);
    server.stop().await;
    let counted = [
        counters.connections_ended(),
        counters.replies(),
        counters.failures(),
    ];
    assert_eq!(counted, [1, 1, 0]);
}
