//! A site behind TLS in one file, to be copied: a folder, with ranges and validators, and lines
//! about security on every reply.
//!
//! ```text
//! cargo add replywire-tokio
//! cargo add rustls --no-default-features --features ring,std,tls12
//! cargo add tokio --features macros,net,rt-multi-thread
//! cargo add tokio-rustls --no-default-features --features ring,tls12
//! cargo run -- 127.0.0.1:8443 FOLDER chain.pem key.pem
//! ```
//!
//! ```text
//! curl --cacert chain.pem https://localhost:8443/
//! ```

use std::error::Error;
use std::sync::Arc;

use replywire_tokio::{
    AccessLog, Answer, Folder, Handler, Handshake, Incoming, LogForm, Request, Responder, Server,
    TemplateLines, Unanswered,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, folder, certificates, key] = &*args else {
        return Err("usage: tls_site ADDRESS FOLDER CERTIFICATES KEY".into());
    };
    let site = Site {
        folder: Arc::new(Folder::open(folder)?.html(true).precompressed(true)),
    };
    let acceptor = TlsAcceptor::from(Arc::new(tls(certificates, key)?));
    let listener = TcpListener::bind(address).await?;
    let listener = Handshake::new(listener, move |incoming: Incoming| {
        let acceptor = acceptor.clone();
        async move {
            let incoming = incoming.open(|stream| acceptor.accept(stream)).await?;
            Ok(incoming.over(|tls| tls.get_ref().0))
        }
    });
    let log = AccessLog::new(LogForm::Common, |line| eprintln!("{line}"));
    Server::new(site).observe(log).serve(listener).await;
    Ok(())
}

/// The configuration of TLS, by files in the form PEM.
fn tls(certificates: &str, key: &str) -> Result<ServerConfig, Box<dyn Error>> {
    let chain: Result<_, _> = CertificateDer::pem_file_iter(certificates)?.collect();
    let key = PrivateKeyDer::from_pem_file(key)?;
    let builder = ServerConfig::builder().with_no_client_auth();
    let mut config = builder.with_single_cert(chain?, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

struct Site {
    folder: Arc<Folder>,
}

type Tls = TlsStream<TcpStream>;

impl Handler<Tls> for Site {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, Tls>) -> Answer {
        Ok(self.folder.answer(request, responder).await?)
    }

    fn every_reply(
        &self,
        _: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        lines
            .header("strict-transport-security", "max-age=63072000")
            .header("content-security-policy", "default-src 'self'")
            .header("x-content-type-options", "nosniff");
        Ok(())
    }
}
