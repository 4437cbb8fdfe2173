//! A server that listens on an address and, with TLS, on another one.
//!
//! ```text
//! TLS_CERTIFICATES=chain.pem TLS_KEY=key.pem \
//!     cargo run -p replywire-smol --example listen -- 127.0.0.1:8000 127.0.0.1:8443
//! ```
//!
//! It answers with what it knows of the connection.

use std::error::Error;
use std::process::ExitCode;

use futures_rustls::TlsAcceptor;
use replywire_smol::{Answer, Handler, Handshake, Incoming, Request, Responder, Server};
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::TcpListener;

use self::names::Names;

#[path = "shared/names.rs"]
mod names;
#[path = "shared/tls.rs"]
mod tls;

fn main() -> ExitCode {
    match smol::block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("listen: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(plain), Some(secure), None) = (args.next(), args.next(), args.next()) else {
        return Err("usage: listen ADDRESS ADDRESS".into());
    };
    let acceptor = TlsAcceptor::from(tls::config()?);
    let open = move |incoming: Incoming| {
        let acceptor = acceptor.clone();
        async move {
            let incoming = incoming.open(|stream| acceptor.accept(stream)).await?;
            let names = Names::of(incoming.stream().get_ref().1);
            // At its end, a connection tells the peer so by `close_notify`, and one that breaks off
            // is reset by the socket below.
            Ok(incoming.over(|tls| tls.get_ref().0).value(names))
        }
    };
    let secure = Handshake::new(TcpListener::bind(secure).await?, open);
    let plain = TcpListener::bind(plain).await?;
    Server::new(Who).listen(secure).serve(plain).await;
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
