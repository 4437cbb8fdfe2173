//! A server that listens wherever it is told to: on several addresses, on Unix sockets, on the
//! sockets that systemd hands over, and with TLS.
//!
//! ```text
//! cargo run -p replywire-tokio --example listen -- 127.0.0.1:8000 unix:/tmp/socket systemd
//! TLS_CERTIFICATES=chain.pem TLS_KEY=key.pem \
//!     cargo run -p replywire-tokio --example listen -- 127.0.0.1:8000 tls:127.0.0.1:8443
//! ```
//!
//! It answers with what it knows of the connection.

use std::error::Error;
use std::process::ExitCode;

use replywire_tokio::{Answer, Handler, Handshake, Incoming, Request, Responder, Server};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio_rustls::TlsAcceptor;

use self::names::Names;

#[path = "shared/names.rs"]
mod names;
#[path = "shared/tls.rs"]
mod tls;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("listen: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut server = Server::new(Who);
    // Those that accept connections already, as the sockets of systemd do.
    let mut handed_over = Vec::new();
    for place in std::env::args().skip(1) {
        if let Some(address) = place.strip_prefix("tls:") {
            let acceptor = TlsAcceptor::from(tls::config()?);
            let open = move |incoming: Incoming| {
                let acceptor = acceptor.clone();
                async move {
                    let incoming = incoming.open(|stream| acceptor.accept(stream)).await?;
                    let names = Names::of(incoming.stream().get_ref().1);
                    // At its end, a connection tells the peer so by `close_notify`, and one that
                    // breaks off is reset by the socket below.
                    Ok(incoming.over(|tls| tls.get_ref().0).value(names))
                }
            };
            server = server.listen(Handshake::new(TcpListener::bind(address).await?, open));
        } else if let Some(path) = place.strip_prefix("unix:") {
            #[cfg(unix)]
            {
                server = server.listen(tokio::net::UnixListener::bind(path)?);
            }
            #[cfg(not(unix))]
            return Err(format!("no Unix sockets here: {path}").into());
        } else if place == "systemd" {
            let mut sockets = listenfd::ListenFd::from_env();
            for index in 0..sockets.len() {
                if let Some(socket) = sockets.take_tcp_listener(index)? {
                    socket.set_nonblocking(true)?;
                    handed_over.push(TcpListener::from_std(socket)?);
                }
            }
        } else {
            server = server.listen(TcpListener::bind(&place).await?);
        }
        println!("Listening on {place}");
    }
    server.serve_until(handed_over, ctrl_c()).await?;
    Ok(())
}

/// Tells what it knows of a connection, over every kind of stream.
struct Who;

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Who {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, S>) -> Answer {
        let names = responder.connection(|conn| conn.value::<Names>().cloned())?;
        let mut text = match responder.peer() {
            Some(address) => format!("peer: {address}\n"),
            None => "peer: of a socket without addresses\n".to_owned(),
        };
        if let Some(Names { server, client }) = names {
            text += &format!("server: {server:?}\nclient: {client:?}\n");
        }
        responder.ok().text(text.as_str()).await
    }
}
