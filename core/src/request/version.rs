//! The version of HTTP that a request was sent in.

/// The version of a request; RFC 9112 § 2.3.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Version {
    /// `HTTP/1.0`: no chunked coding, and the connection closes after the reply.
    Http10,
    /// `HTTP/1.1`
    Http11,
}

impl Version {
    /// The text of the version, as it stands in a request line: `HTTP/1.1`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        }
    }
}
