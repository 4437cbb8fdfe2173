//! The configuration of TLS for the examples: certificates and a key from files.

use std::env;
use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// The configuration by the environment: `TLS_CERTIFICATES` and `TLS_KEY` are the server's, and
/// clients need a certificate by one of `TLS_CLIENTS`, if that is there.
pub(crate) fn config() -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let path = |name| env::var(name).map_err(|_| format!("{name} names no file"));
    let certificates = CertificateDer::pem_file_iter(path("TLS_CERTIFICATES")?)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(path("TLS_KEY")?)?;
    let mut clients = Vec::new();
    if let Ok(path) = path("TLS_CLIENTS") {
        for certificate in CertificateDer::pem_file_iter(path)? {
            clients.push(certificate?);
        }
    }
    config_of(certificates, key, clients)
}

/// The configuration with these certificates and this key; clients need a certificate by one of
/// `clients`, if there is one.
pub(crate) fn config_of(
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clients: Vec<CertificateDer<'static>>,
) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions()?;
    let builder = if clients.is_empty() {
        builder.with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        for certificate in clients {
            roots.add(certificate)?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
        builder.with_client_cert_verifier(verifier.build()?)
    };
    let mut config = builder.with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
