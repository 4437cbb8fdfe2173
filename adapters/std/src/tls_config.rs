use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Makes the configuration of a server of TLS, by files in the form PEM: the chain of its
/// certificates, its own first, and its key. They are read at once, which may block.
///
/// Clients need no certificate, and the one protocol that is offered to them is `http/1.1`. The
/// cryptography is that of the provider that the process has installed, or else of `ring`.
///
/// ```
/// use replywire_std::{TlsConfigError, tls_config};
///
/// let error = tls_config("no-such-chain.pem", "key.pem").unwrap_err();
/// assert!(matches!(error, TlsConfigError::Certificates(_)));
/// ```
///
/// # Errors
///
/// [`TlsConfigError`]
#[doc(alias("ssl", "certfile", "keyfile", "ssl-keyfile"))]
pub fn tls_config(
    certificates: impl AsRef<Path>,
    key: impl AsRef<Path>,
) -> Result<ServerConfig, TlsConfigError> {
    let chain = CertificateDer::pem_file_iter(certificates).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(TlsConfigError::Certificates)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(TlsConfigError::Key)?;
    let installed = CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(TlsConfigError::Tls)?.with_no_client_auth();
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(TlsConfigError::Tls)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The reason that there is no configuration of TLS.
#[non_exhaustive]
#[derive(Debug)]
pub enum TlsConfigError {
    /// The file of certificates could not be read.
    Certificates(pem::Error),
    /// The file of the key could not be read, or has none.
    Key(pem::Error),
    /// The certificates or the key are not right, such as for one another.
    Tls(rustls::Error),
}

impl fmt::Display for TlsConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificates(_) => "certificates not read",
            Self::Key(_) => "key not read",
            Self::Tls(_) => "certificates and key not taken",
        })
    }
}

impl Error for TlsConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Certificates(error) | Self::Key(error) => Some(error),
            Self::Tls(error) => Some(error),
        }
    }
}
