use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Makes the configuration of a server of TLS, by files in the form PEM: the chain of its
/// certificates, its own first, and its key. They are read at once, which may block, and once:
/// certificates that are renewed under a server come from a resolver, by
/// `ServerConfig::builder().with_no_client_auth().with_cert_resolver(…)` of [`rustls`], or after a
/// restart.
///
/// Clients need no certificate, and the one protocol that is offered to them is `http/1.1`. The
/// cryptography is that of the provider that the process has installed, or else of `ring`.
///
/// ```
/// use replywire_std::{TlsConfigError, tls_config};
///
/// let error = tls_config("no-such-chain.pem", "key.pem").unwrap_err();
/// assert!(matches!(error, TlsConfigError::Certificates { .. }));
/// assert_eq!(error.to_string(), "certificates not read: no-such-chain.pem");
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
    let (certificates, key) = (certificates.as_ref(), key.as_ref());
    let chain = chain(certificates).map_err(|error| TlsConfigError::Certificates {
        path: certificates.into(),
        error,
    })?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| TlsConfigError::Key {
        path: key.into(),
        error,
    })?;
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

/// The certificates of a file, of which there is one at least.
fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)?.collect::<Result<_, _>>()?;
    match chain.is_empty() {
        true => Err(pem::Error::NoItemsFound),
        false => Ok(chain),
    }
}

/// The reason that there is no configuration of TLS.
#[non_exhaustive]
#[derive(Debug)]
pub enum TlsConfigError {
    /// The file of certificates could not be read, or has none.
    Certificates {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: pem::Error,
    },
    /// The file of the key could not be read, or has none.
    Key {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: pem::Error,
    },
    /// The certificates or the key are not right, such as for one another.
    Tls(rustls::Error),
}

impl fmt::Display for TlsConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates { path, .. } => {
                write!(f, "certificates not read: {}", path.display())
            }
            Self::Key { path, .. } => write!(f, "key not read: {}", path.display()),
            Self::Tls(_) => f.write_str("certificates and key not taken"),
        }
    }
}

impl Error for TlsConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Certificates { error, .. } | Self::Key { error, .. } => Some(error),
            Self::Tls(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_what_it_is_for_is_named() {
        // A text without a certificate.
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
        let error = tls_config(&here, &here).unwrap_err();
        let TlsConfigError::Certificates { path, error } = error else {
            panic!("{error}");
        };
        assert_eq!(path, here);
        assert!(matches!(error, pem::Error::NoItemsFound), "{error}");
    }
}
