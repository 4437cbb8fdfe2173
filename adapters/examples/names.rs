//! The names that a handshake of TLS tells: that of the server, and those of a client that has a
//! certificate too.

use rustls::ServerConnection;

/// The names that a handshake has told, the value of a connection over TLS.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// The name by which the client calls the server.
    pub(crate) server: Option<String>,
    /// The names in the certificate of the client, which was checked.
    pub(crate) client: Vec<String>,
}

impl Names {
    pub(crate) fn of(tls: &ServerConnection) -> Self {
        let certificate = tls.peer_certificates().and_then(<[_]>::first);
        let certificate = certificate.and_then(|it| webpki::EndEntityCert::try_from(it).ok());
        let client = certificate.iter().flat_map(|it| it.valid_dns_names());
        Self {
            server: tls.server_name().map(str::to_owned),
            client: client.map(str::to_owned).collect(),
        }
    }
}
