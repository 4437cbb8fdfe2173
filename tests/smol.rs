//! `replywire-smol` over real sockets.

use conformance::served::{App, Task, unless_dropped};
use replywire_smol::{
    Config, FromSmol, Handler, Request, Responder, Sent, Server, Unsent, serve_connection,
};
use smol::net::{TcpListener, TcpStream};

struct Served(App);

impl Handler for Served {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Sent, Unsent> {
        self.0.answer(request, responder, FromSmol).await
    }
}

async fn serve(task: Task) {
    let listener = TcpListener::try_from(task.listener).unwrap();
    let server = Server::new(Served(task.app)).config(task.config);
    unless_dropped(server.serve_until(listener, task.stopped), task.dropped).await;
}

struct Smol;

impl conformance::served::Runtime for Smol {
    fn serve(task: Task) {
        smol::block_on(serve(task));
    }
}

conformance::served!(Smol);

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) {}
    sent(serve);
    sent(|(stream, app): (TcpStream, App)| async move {
        let _ = serve_connection(stream, &Served(app), Config::default()).await;
    });
}
