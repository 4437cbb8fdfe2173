//! A runtime of its own, by the README of `replywire-std`, over real sockets.
#![cfg(unix)]

use std::future::pending;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use conformance::executor::{Server, serve_connection};
use conformance::runtimes::Fifth;
use conformance::served::App;
use replywire_std::Config;

conformance::served!(Fifth);
conformance::observed!(Fifth);
conformance::openings!(Fifth);
conformance::lines!(Fifth);
conformance::lives!(Fifth);
conformance::sources!(conformance::runtimes::Fifth);
conformance::grown!(conformance::runtimes::Fifth);
conformance::file_replies!(conformance::runtimes::Fifth);

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) {}
    sent(|(listener, app): (Arc<TcpListener>, App)| {
        Server::new(app).serve_until(listener, pending::<()>())
    });
    sent(|(stream, app): (Arc<TcpStream>, App)| async move {
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
}
