use httparse::Header;
use replywire::{Exchange, Version};

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    pub(crate) method: &'r str,
    pub(crate) target: &'r str,
    pub(crate) headers: &'r [Header<'r>],
    pub(crate) exchange: &'r Exchange,
}

impl<'r> Request<'r> {
    /// The method as it was sent; methods are case-sensitive.
    pub const fn method(&self) -> &'r str {
        self.method
    }

    /// The request target as it was sent, RFC 9112 § 3.2. Nothing in it is decoded.
    pub const fn target(&self) -> &'r str {
        self.target
    }

    /// The path of the target, up to the first `?`; of a target in absolute form, what follows the
    /// authority (RFC 9112 § 3.2.2).
    pub fn path(&self) -> &'r str {
        let target = match self.target.split_once("://") {
            Some((_, rest)) if !self.target.starts_with('/') => {
                let authority = rest.find(['/', '?']).unwrap_or(rest.len());
                rest.get(authority..).unwrap_or_default()
            }
            _ => self.target,
        };
        match target.split_once('?').map_or(target, |(path, _)| path) {
            "" => "/",
            path => path,
        }
    }

    /// The target behind the first `?`.
    pub fn query(&self) -> Option<&'r str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The version.
    pub const fn version(&self) -> Version {
        self.exchange.version()
    }

    /// What a reply has to know of the request.
    pub const fn exchange(&self) -> &'r Exchange {
        self.exchange
    }

    /// All header fields in order; names as they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> + Clone + use<'r> {
        self.headers
            .iter()
            .map(|header| (header.name, header.value))
    }

    /// The value of the first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.headers()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}
