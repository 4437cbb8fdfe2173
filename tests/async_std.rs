//! `replywire-async-std` over real sockets.

use async_std::net::{TcpListener, TcpStream};
use conformance::served::{App, Task, unless_dropped};
use replywire_async_std::{
    Config, FromAsyncStd, Handler, Request, Responder, Sent, Server, Unsent, serve_connection,
};

struct Served(App);

impl Handler for Served {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Sent, Unsent> {
        self.0.answer(request, responder, FromAsyncStd).await
    }
}

async fn serve(task: Task) {
    let listener = TcpListener::from(task.listener);
    let server = Server::new(Served(task.app)).config(task.config);
    unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
}

struct AsyncStd;

impl conformance::served::Runtime for AsyncStd {
    fn serve(task: Task) {
        async_std::task::block_on(serve(task));
    }
}

conformance::served!(AsyncStd);

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) {}
    sent(serve);
    sent(|(stream, app): (TcpStream, App)| async move {
        let _ = serve_connection(stream, &Served(app), Config::default()).await;
    });
}
