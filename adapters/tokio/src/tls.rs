use std::sync::Arc;

use replywire_std::{Handshake, Listen, Socket};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::Tokio;

/// A stream of TLS over a socket.
pub type TlsStream<S = TcpStream> = tokio_rustls::server::TlsStream<S>;

/// Has clients of `listener` speak TLS: a [`Handshake`] over its sockets, which is done in the task
/// of each connection.
///
/// ```no_run
/// use replywire_tokio::{
///     Answer, Handler, Request, Responder, TlsStream, serve, tls, tls_config,
/// };
/// use tokio::net::TcpListener;
///
/// struct Hello;
///
/// impl Handler<TlsStream> for Hello {
///     async fn handle(&self, _: &Request<'_>, responder: Responder<'_, TlsStream>) -> Answer {
///         responder.ok().text("hello, world").await
///     }
/// }
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = TcpListener::bind("127.0.0.1:8443").await?;
/// serve(tls(listener, tls_config("chain.pem", "key.pem")?), Hello).await;
/// # Ok(())
/// # }
/// ```
///
/// Any configuration of `rustls` is one, such as one that asks clients for a certificate, which
/// handlers see then:
///
/// ```
/// use replywire_tokio::{Answer, Request, Responder, TlsStream};
///
/// async fn known(_: &Request<'_>, responder: Responder<'_, TlsStream>) -> Answer {
///     let certificates = responder.connection(|conn| {
///         let (_, tls) = conn.stream().get_ref();
///         tls.peer_certificates().map(<[_]>::to_vec)
///     })?;
///     let told = certificates.map_or(0, |chain| chain.len());
///     responder.ok().text(&format!("certificates: {told}")).await
/// }
/// ```
#[doc(alias("ssl", "https", "rustls"))]
pub fn tls<L, S>(
    listener: L,
    config: impl Into<Arc<ServerConfig>>,
) -> impl Listen<Tokio, Stream = TlsStream<S>>
where
    L: Listen<Tokio, Stream = S>,
    S: Socket + AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let acceptor = TlsAcceptor::from(config.into());
    Handshake::over(
        listener,
        move |socket| acceptor.accept(socket),
        |tls: &TlsStream<S>| tls.get_ref().0,
    )
}
