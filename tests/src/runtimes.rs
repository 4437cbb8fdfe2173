//! The runtimes, each with the adapter for it.

use std::sync::Arc;

use replywire_std::{Answered, FromFutures, Request, Unanswered};

#[cfg(unix)]
use crate::executor;
use crate::served::{App, Runtime, Task, unless_dropped};

mod tokio {
    use replywire_tokio::{Answered, FromTokio, Handler, Request, Responder, Server, Unanswered};
    use tokio::io::{AsyncRead, AsyncWrite};
    use tokio::net::TcpListener;

    use super::{App, Task, unless_dropped};

    impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for App {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_, S>,
        ) -> Result<Answered, Unanswered> {
            self.answer(request, responder, FromTokio).await
        }
    }

    pub(super) async fn serve(task: Task) {
        let listener = TcpListener::from_std(task.listener).unwrap();
        let server = Server::new(task.app).config(task.config);
        unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
    }
}

mod smol {
    use replywire_smol::{Answered, FromSmol, Handler, Request, Responder, Server, Unanswered};
    use smol::net::TcpListener;

    use super::{App, Task, unless_dropped};

    impl Handler for App {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_>,
        ) -> Result<Answered, Unanswered> {
            self.answer(request, responder, FromSmol).await
        }
    }

    pub(super) async fn serve(task: Task) {
        let listener = TcpListener::try_from(task.listener).unwrap();
        let server = Server::new(task.app).config(task.config);
        unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
    }
}

mod async_std {
    use async_std::net::TcpListener;
    use replywire_async_std::{
        Answered, FromAsyncStd, Handler, Request, Responder, Server, Unanswered,
    };

    use super::{App, Task, unless_dropped};

    impl Handler for App {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_>,
        ) -> Result<Answered, Unanswered> {
            self.answer(request, responder, FromAsyncStd).await
        }
    }

    pub(super) async fn serve(task: Task) {
        let listener = TcpListener::from(task.listener);
        let server = Server::new(task.app).config(task.config);
        unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
    }
}

#[cfg(unix)]
impl executor::Handler for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: executor::Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        self.answer(request, responder, FromFutures).await
    }
}

/// Tokio on the thread that calls.
pub struct TokioOneThread;

impl Runtime for TokioOneThread {
    fn serve(task: Task) {
        let runtime = ::tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(tokio::serve(task));
    }
}

/// Tokio with two threads of its own.
pub struct TokioManyThreads;

impl Runtime for TokioManyThreads {
    fn serve(task: Task) {
        let runtime = ::tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.unwrap().block_on(tokio::serve(task));
    }
}

/// Smol's global executor.
pub struct Smol;

impl Runtime for Smol {
    fn serve(task: Task) {
        ::smol::block_on(smol::serve(task));
    }
}

/// Async-std's global executor.
pub struct AsyncStd;

impl Runtime for AsyncStd {
    fn serve(task: Task) {
        ::async_std::task::block_on(async_std::serve(task));
    }
}

/// An executor of these tests' own.
#[cfg(unix)]
pub struct Fifth;

#[cfg(unix)]
impl Runtime for Fifth {
    fn serve(task: Task) {
        let listener = Arc::new(task.listener);
        let server = executor::Server::new(task.app).config(task.config);
        let served = server.serve_until(listener, task.stopped);
        executor::block_on(unless_dropped(served, task.dropped));
    }
}
