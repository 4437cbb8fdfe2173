//! Content codings, RFC 9110 § 8.4.1.

/// A content coding: a compression of a body that its media type does not tell.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Coding {
    /// `br`, RFC 7932.
    Brotli,
    /// `gzip`, RFC 9110 § 8.4.1.3.
    Gzip,
    /// `identity`, which means no coding and is not sent; RFC 9110 § 12.5.3.
    Identity,
    /// `zstd`, RFC 8878.
    Zstd,
}

impl Coding {
    /// The name, as `content-encoding` tells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
            Self::Zstd => "zstd",
        }
    }

    /// The suffix of a file that holds another file's content in this coding.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
            Self::Zstd => ".zst",
        }
    }
}
