//! A site behind TLS in one file, to be copied: a folder, with ranges and validators, and lines
//! about security on every reply.
//!
//! ```text
//! cargo add replywire-tokio --features tokio-rustls-026
//! cargo add tokio --features macros,net,rt-multi-thread
//! cargo run -- 127.0.0.1:8443 FOLDER chain.pem key.pem
//! ```
//!
//! ```text
//! curl --cacert chain.pem https://localhost:8443/
//! ```

use std::error::Error;
use std::sync::Arc;

use replywire_tokio::{
    AccessLog, Answer, Folder, Handler, LogForm, Request, Responder, Server, TemplateLines,
    TlsStream, Unanswered, tls, tls_config,
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, folder, certificates, key] = &*args else {
        return Err("usage: tls_site ADDRESS FOLDER CERTIFICATES KEY".into());
    };
    let site = Site {
        folder: Arc::new(Folder::open(folder)?.html(true).precompressed(true)),
    };
    let listener = TcpListener::bind(address).await?;
    let listener = tls(listener, tls_config(certificates, key)?);
    let log = AccessLog::new(LogForm::Common, |line| eprintln!("{line}"));
    Server::new(site).observe(log).serve(listener).await;
    Ok(())
}

struct Site {
    folder: Arc<Folder>,
}

impl Handler<TlsStream> for Site {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, TlsStream>) -> Answer {
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
