//! `replywire-async-std` over real sockets.

use std::future::pending;

use async_std::net::{TcpListener, TcpStream};
use conformance::runtimes::AsyncStd;
use conformance::served::App;
use replywire_async_std::{Config, Server, serve_connection};

conformance::listeners!(conformance::runtimes::AsyncStd);
conformance::upgrades!(conformance::runtimes::AsyncStd);
conformance::web_sockets!(conformance::runtimes::AsyncStd);
conformance::tls!(conformance::runtimes::AsyncStd);
conformance::served!(AsyncStd);
conformance::observed!(AsyncStd);
conformance::openings!(AsyncStd);
conformance::lines!(AsyncStd);
conformance::lives!(AsyncStd);
conformance::sources!(conformance::runtimes::AsyncStd);
conformance::grown!(conformance::runtimes::AsyncStd);
conformance::file_replies!(conformance::runtimes::AsyncStd);
#[cfg(unix)]
conformance::lives_over_unix_sockets!(AsyncStd);

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) -> usize {
        size_of::<T>()
    }
    sent(|(listener, app): (TcpListener, App)| {
        Server::new(app).serve_until(listener, pending::<()>())
    });
    let size = sent(|(stream, app): (TcpStream, App)| async move {
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
    println!("size of a future: a connection of async-std, with its handler: {size} bytes");
}
