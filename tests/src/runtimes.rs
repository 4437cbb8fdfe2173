//! The runtimes, each with the adapter for it.

use std::io;
use std::sync::Arc;

use replywire_std::{
    Answered, Connections, FromFutures, Handles, Listen, Request, Server, TemplateLines, Unanswered,
};

#[cfg(unix)]
use crate::executor;
use crate::listeners::{self, Listens, Who};
use crate::lives::{Counts, Listener, Own, StreamsTask};
use crate::openings::failing;
use crate::served::{App, Runtime, Task, unless_dropped};
use crate::tls::{self, Secure, ServesTls};
use crate::upgrades::{self, Begun, Echo, Upgrades};
use crate::web_sockets;

/// Serves the streams that `accept` gives, until it is to shut down.
async fn accept_itself<R, S>(own: Own, accept: impl AsyncFn() -> io::Result<S>)
where
    R: Handles<App, S> + Handles<App, <R as replywire_std::Runtime>::Stream>,
    S: Send + 'static,
{
    let seen = Arc::clone(&own.app.seen);
    let server = Server::<R, App>::new(own.app)
        .config(own.config)
        .observe(seen);
    let connections: Connections<R, App> = server.connections();
    let counted = connections.clone();
    let counts = own.counts.send(Box::new(move || Counts {
        open: counted.open(),
        busy: counted.busy(),
    }));
    assert!(counts.is_ok());
    let serve = async {
        loop {
            let stream = accept().await.unwrap();
            // Each waits for a slot of its own.
            let connections = connections.clone();
            R::spawn(async move {
                let _ = connections.slot().await.serve(stream).await;
            });
        }
    };
    ::tokio::select! {
        () = own.stopped => {}
        () = serve => {}
    }
    connections.shut_down().await;
}

/// Makes the servers of an adapter, whose names are those of the module.
macro_rules! servers {
    ($runtime:ty, $from:ident) => {
        impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for App {
            async fn handle(
                &self,
                request: &Request<'_>,
                responder: Responder<'_, S>,
            ) -> Result<Answered, Unanswered> {
                self.answer::<$runtime, _, _>(request, responder, $from)
                    .await
            }

            fn every_reply(
                &self,
                request: Option<&Request<'_>>,
                lines: &mut TemplateLines<'_>,
            ) -> Result<(), Unanswered> {
                self.write_lines(request, lines)
            }
        }

        pub(super) async fn serve(task: Task) {
            serve_from(task, tcp).await;
        }

        pub(super) async fn serve_failing(task: Task) {
            serve_from(task, |listener| failing(tcp(listener))).await;
        }

        async fn serve_from<L>(task: Task, listen: impl FnOnce(std::net::TcpListener) -> L)
        where
            L: Listen<$runtime, Stream = <$runtime as replywire_std::Runtime>::Stream>,
        {
            let listener = listen(task.listener);
            let hook = task.app.seen.logging();
            let server = Server::new(task.app).config(task.config).observe(hook);
            unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
        }

        pub(super) async fn serve_streams(task: StreamsTask) {
            let StreamsTask { listener, own } = task;
            match listener {
                Listener::Tcp(listener) => {
                    let listener = &tcp(listener);
                    let accept = async || listener.accept().await.map(|(stream, _)| stream);
                    accept_itself::<$runtime, _>(own, accept).await;
                }
                #[cfg(unix)]
                Listener::Unix(listener) => {
                    let listener = &unix(listener);
                    let accept = async || listener.accept().await.map(|(stream, _)| stream);
                    accept_itself::<$runtime, _>(own, accept).await;
                }
            }
        }

        impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Who {
            async fn handle(
                &self,
                request: &Request<'_>,
                responder: Responder<'_, S>,
            ) -> Result<Answered, Unanswered> {
                self.answer(request, responder).await
            }
        }

        pub(super) async fn serve_listeners(task: listeners::Task) {
            let greeted = Handshake::new(tcp(task.greeted), |mut incoming: Incoming| async {
                let mut byte = [0];
                incoming.stream_mut().read_exact(&mut byte).await?;
                Ok(incoming.value(listeners::greeting(byte[0])?))
            });
            let server = Server::new(Who).config(task.config).listen(greeted);
            #[cfg(unix)]
            let server = server.listen(unix(task.unix));
            let listeners: Vec<_> = task.tcp.into_iter().map(tcp).collect();
            assert_eq!(server.serve_until(listeners, task.stopped).await, Ok(()));
        }

        impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Echo {
            async fn handle(
                &self,
                request: &Request<'_>,
                responder: Responder<'_, S>,
            ) -> Result<Answered, Unanswered> {
                if request.path().starts_with("/web-socket") {
                    return web_sockets::echo::<$runtime, S>(request, responder).await;
                }
                let mut stream = match self.begin(request, responder).await? {
                    Begun::Upgraded(upgraded) => UpgradedStream::from(upgraded),
                    Begun::Answered(answered) => return Ok(answered),
                };
                let mut closing = stream.closing();
                let mut buf = [0; 16];
                loop {
                    let echoed = ::tokio::select! {
                        read = stream.read(&mut buf) => match read {
                            Ok(0) => return Ok(stream.finish().await?),
                            Ok(n) => stream.write_all(&buf[..n]).await,
                            Err(error) => Err(error),
                        },
                        () = &mut closing, if request.path() != "/deaf" => {
                            let _ = stream.write_all(b"bye").await;
                            return Ok(stream.finish().await?);
                        }
                    };
                    echoed.map_err(|_| Unanswered::new())?;
                }
            }
        }

        pub(super) async fn serve_upgrades(task: upgrades::Task) {
            let listener = tcp(task.listener);
            let server = Server::new(Echo).config(task.config);
            server.serve_until(listener, task.stopped).await;
        }
    };
}

/// Makes its server for TLS.
macro_rules! secure_server {
    () => {
        impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Secure {
            async fn handle(
                &self,
                request: &Request<'_>,
                responder: Responder<'_, S>,
            ) -> Result<Answered, Unanswered> {
                self.answer(request, responder).await
            }
        }

        pub(super) async fn serve_tls(task: tls::Task) {
            let acceptor = TlsAcceptor::from(task.tls);
            let open = move |incoming: Incoming| {
                let acceptor = acceptor.clone();
                async move {
                    let incoming = incoming.open(|stream| acceptor.accept(stream)).await?;
                    let value = tls::value(incoming.stream().get_ref().1);
                    Ok(incoming.over(|tls| tls.get_ref().0).value(value))
                }
            };
            let listener = Handshake::new(tcp(task.listener), open);
            let server = Server::new(Secure).config(task.config);
            let server = server.observe(task.counters);
            server.serve_until(listener, task.stopped).await;
        }

        pub(super) async fn serve_listener_of_tls(task: tls::Task) {
            let listener = listener_of_tls(tcp(task.listener), task.tls);
            let server = Server::new(Secure).config(task.config);
            let server = server.observe(task.counters);
            server.serve_until(listener, task.stopped).await;
        }
    };
}

mod tokio {
    use replywire_tokio::{
        Answered, FromTokio, Handler, Handshake, Incoming, Request, Responder, Server, Unanswered,
        UpgradedStream, tls as listener_of_tls,
    };
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::{
        App, Begun, Echo, Listen, Listener, Secure, StreamsTask, Task, TemplateLines, Who,
        accept_itself, failing, listeners, tls, unless_dropped, upgrades, web_sockets,
    };

    fn tcp(listener: std::net::TcpListener) -> TcpListener {
        TcpListener::from_std(listener).unwrap()
    }

    #[cfg(unix)]
    fn unix(listener: std::os::unix::net::UnixListener) -> tokio::net::UnixListener {
        tokio::net::UnixListener::from_std(listener).unwrap()
    }

    servers!(replywire_tokio::Tokio, FromTokio);
    secure_server!();
}

mod smol {
    use replywire_smol::{
        Answered, FromSmol, Handler, Handshake, Incoming, Request, Responder, Server, Unanswered,
        UpgradedStream, tls as listener_of_tls,
    };
    use smol::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

    use futures_rustls::TlsAcceptor;
    use smol::net::TcpListener;

    use super::{
        App, Begun, Echo, Listen, Listener, Secure, StreamsTask, Task, TemplateLines, Who,
        accept_itself, failing, listeners, tls, unless_dropped, upgrades, web_sockets,
    };

    fn tcp(listener: std::net::TcpListener) -> TcpListener {
        TcpListener::try_from(listener).unwrap()
    }

    #[cfg(unix)]
    fn unix(listener: std::os::unix::net::UnixListener) -> smol::net::unix::UnixListener {
        smol::net::unix::UnixListener::try_from(listener).unwrap()
    }

    servers!(replywire_smol::Smol, FromSmol);
    secure_server!();
}

mod async_std {
    use async_std::io::{Read as AsyncRead, ReadExt, Write as AsyncWrite, WriteExt};
    use replywire_async_std::{
        Answered, FromAsyncStd, Handler, Handshake, Incoming, Request, Responder, Server,
        Unanswered, UpgradedStream, tls as listener_of_tls,
    };

    use async_std::net::TcpListener;
    use futures_rustls::TlsAcceptor;

    use super::{
        App, Begun, Echo, Listen, Listener, Secure, StreamsTask, Task, TemplateLines, Who,
        accept_itself, failing, listeners, tls, unless_dropped, upgrades, web_sockets,
    };

    fn tcp(listener: std::net::TcpListener) -> TcpListener {
        TcpListener::from(listener)
    }

    #[cfg(unix)]
    fn unix(listener: std::os::unix::net::UnixListener) -> async_std::os::unix::net::UnixListener {
        async_std::os::unix::net::UnixListener::from(listener)
    }

    servers!(replywire_async_std::AsyncStd, FromAsyncStd);
    secure_server!();
}

#[cfg(unix)]
impl executor::Handler for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: executor::Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        self.answer::<executor::Executor, _, _>(request, responder, FromFutures)
            .await
    }

    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        self.write_lines(request, lines)
    }
}

/// Tokio on the thread that calls.
pub struct TokioOneThread;

impl TokioOneThread {
    fn block_on(work: impl Future<Output = ()>) {
        let runtime = ::tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(work);
    }
}

impl Runtime for TokioOneThread {
    fn serve(task: Task) {
        Self::block_on(tokio::serve(task));
    }

    fn serve_failing(task: Task) {
        Self::block_on(tokio::serve_failing(task));
    }

    fn serve_streams(task: StreamsTask) {
        Self::block_on(tokio::serve_streams(task));
    }
}

/// Tokio with two threads of its own.
pub struct TokioManyThreads;

impl TokioManyThreads {
    fn block_on(work: impl Future<Output = ()>) {
        let runtime = ::tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.unwrap().block_on(work);
    }
}

impl Runtime for TokioManyThreads {
    fn serve(task: Task) {
        Self::block_on(tokio::serve(task));
    }

    fn serve_failing(task: Task) {
        Self::block_on(tokio::serve_failing(task));
    }

    fn serve_streams(task: StreamsTask) {
        Self::block_on(tokio::serve_streams(task));
    }
}

/// Smol's global executor.
pub struct Smol;

impl Runtime for Smol {
    fn serve(task: Task) {
        ::smol::block_on(smol::serve(task));
    }

    fn serve_failing(task: Task) {
        ::smol::block_on(smol::serve_failing(task));
    }

    fn serve_streams(task: StreamsTask) {
        ::smol::block_on(smol::serve_streams(task));
    }
}

/// Async-std's global executor.
pub struct AsyncStd;

impl Runtime for AsyncStd {
    fn serve(task: Task) {
        ::async_std::task::block_on(async_std::serve(task));
    }

    fn serve_failing(task: Task) {
        ::async_std::task::block_on(async_std::serve_failing(task));
    }

    fn serve_streams(task: StreamsTask) {
        ::async_std::task::block_on(async_std::serve_streams(task));
    }
}

/// An executor of these tests' own.
#[cfg(unix)]
pub struct Fifth;

#[cfg(unix)]
impl Fifth {
    fn serve_from<L>(task: Task, listen: impl FnOnce(std::net::TcpListener) -> L)
    where
        L: Listen<executor::Executor, Stream = Arc<std::net::TcpStream>>,
    {
        let listener = listen(task.listener);
        let hook = task.app.seen.logging();
        let server = executor::Server::new(task.app)
            .config(task.config)
            .observe(hook);
        let served = server.serve_until(listener, task.stopped);
        executor::block_on(unless_dropped(served, task.dropped));
    }
}

#[cfg(unix)]
impl Runtime for Fifth {
    fn serve(task: Task) {
        Self::serve_from(task, Arc::new);
    }

    fn serve_failing(task: Task) {
        Self::serve_from(task, |listener| failing(Arc::new(listener)));
    }

    fn serve_streams(task: StreamsTask) {
        let Listener::Tcp(listener) = task.listener else {
            unreachable!("it has no Unix sockets");
        };
        let listener = Arc::new(listener);
        let accept = async || {
            let accepted = <executor::Executor as replywire_std::Runtime>::accept(&listener).await;
            accepted.map(|(stream, _)| stream)
        };
        executor::block_on(accept_itself::<executor::Executor, _>(task.own, accept));
    }
}

impl Listens for TokioOneThread {
    fn serve(task: listeners::Task) {
        Self::block_on(tokio::serve_listeners(task));
    }
}

impl Listens for TokioManyThreads {
    fn serve(task: listeners::Task) {
        Self::block_on(tokio::serve_listeners(task));
    }
}

impl Listens for Smol {
    fn serve(task: listeners::Task) {
        ::smol::block_on(smol::serve_listeners(task));
    }
}

impl Listens for AsyncStd {
    fn serve(task: listeners::Task) {
        ::async_std::task::block_on(async_std::serve_listeners(task));
    }
}

impl Upgrades for TokioOneThread {
    fn serve(task: upgrades::Task) {
        Self::block_on(tokio::serve_upgrades(task));
    }
}

impl ServesTls for TokioOneThread {
    fn serve(task: tls::Task) {
        Self::block_on(tokio::serve_tls(task));
    }

    fn serve_listener(task: tls::Task) {
        Self::block_on(tokio::serve_listener_of_tls(task));
    }
}

impl Upgrades for TokioManyThreads {
    fn serve(task: upgrades::Task) {
        Self::block_on(tokio::serve_upgrades(task));
    }
}

impl ServesTls for TokioManyThreads {
    fn serve(task: tls::Task) {
        Self::block_on(tokio::serve_tls(task));
    }

    fn serve_listener(task: tls::Task) {
        Self::block_on(tokio::serve_listener_of_tls(task));
    }
}

impl Upgrades for Smol {
    fn serve(task: upgrades::Task) {
        ::smol::block_on(smol::serve_upgrades(task));
    }
}

impl ServesTls for Smol {
    fn serve(task: tls::Task) {
        ::smol::block_on(smol::serve_tls(task));
    }

    fn serve_listener(task: tls::Task) {
        ::smol::block_on(smol::serve_listener_of_tls(task));
    }
}

impl Upgrades for AsyncStd {
    fn serve(task: upgrades::Task) {
        ::async_std::task::block_on(async_std::serve_upgrades(task));
    }
}

impl ServesTls for AsyncStd {
    fn serve(task: tls::Task) {
        ::async_std::task::block_on(async_std::serve_tls(task));
    }

    fn serve_listener(task: tls::Task) {
        ::async_std::task::block_on(async_std::serve_listener_of_tls(task));
    }
}
