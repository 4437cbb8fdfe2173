//! `replywire-smol` over real sockets.

use std::future::pending;

use conformance::runtimes::Smol;
use conformance::served::App;
use replywire_smol::{Config, Server, serve_connection};
use smol::net::{TcpListener, TcpStream};

conformance::listeners!(conformance::runtimes::Smol);
conformance::upgrades!(conformance::runtimes::Smol);
conformance::web_sockets!(conformance::runtimes::Smol);
conformance::tls!(conformance::runtimes::Smol);
conformance::served!(Smol);
conformance::observed!(Smol);
conformance::openings!(Smol);
conformance::lines!(Smol);
conformance::lives!(Smol);
conformance::sources!(conformance::runtimes::Smol);
conformance::grown!(conformance::runtimes::Smol);
conformance::file_replies!(conformance::runtimes::Smol);
#[cfg(unix)]
conformance::lives_over_unix_sockets!(Smol);

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
    println!("size of a future: a connection of smol, with its handler: {size} bytes");
}
