//! Numbers for the fields that replies treat apart; the number of a constant name is found at
//! compile time.

use super::grammar::is_name;

macro_rules! ids {
    ($($field:ident $name:literal)+) => {
        /// A field that replies treat apart, or any other.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum FieldId {
            $($field,)+
            Other,
        }

        impl FieldId {
            /// The field of this name, in any case.
            #[cfg_attr(target_pointer_width = "64", inline(always))]
            pub(crate) const fn of(name: &[u8]) -> Self {
                $(
                    if name.len() == $name.len() && is_name(name, $name) {
                        return Self::$field;
                    }
                )+
                Self::Other
            }
        }
    };
}

ids! {
    // Singletons: they hold one value, so a draft's line replaces the reply's instead of joining a
    // list; RFC 9110 § 5.3. Unknown fields count as lists: nothing of theirs is lost.
    AccessControlAllowCredentials b"access-control-allow-credentials"
    AccessControlAllowOrigin b"access-control-allow-origin"
    AccessControlAllowPrivateNetwork b"access-control-allow-private-network"
    AccessControlMaxAge b"access-control-max-age"
    Age b"age"
    ContentDisposition b"content-disposition"
    ContentLocation b"content-location"
    ContentRange b"content-range"
    ContentType b"content-type"
    CrossOriginEmbedderPolicy b"cross-origin-embedder-policy"
    CrossOriginOpenerPolicy b"cross-origin-opener-policy"
    CrossOriginResourcePolicy b"cross-origin-resource-policy"
    Date b"date"
    ETag b"etag"
    Expires b"expires"
    LastModified b"last-modified"
    Location b"location"
    OriginAgentCluster b"origin-agent-cluster"
    ReferrerPolicy b"referrer-policy"
    RetryAfter b"retry-after"
    Server b"server"
    StrictTransportSecurity b"strict-transport-security"
    XContentTypeOptions b"x-content-type-options"
    XFrameOptions b"x-frame-options"
    // Lists, and what is not registered.
    AcceptRanges b"accept-ranges"
    CacheControl b"cache-control"
    ContentEncoding b"content-encoding"
    ContentLanguage b"content-language"
    XAccelBuffering b"x-accel-buffering"
}

impl FieldId {
    /// True for a field that holds one value.
    pub(crate) const fn is_singleton(self) -> bool {
        self as u8 <= Self::XFrameOptions as u8
    }
}

/// A set of singletons.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Singletons(u32);

impl Singletons {
    /// Adds a field; the result is `false` for one that is no singleton.
    pub(crate) const fn add(&mut self, field: FieldId) -> bool {
        self.0 |= Self::bit(field);
        field.is_singleton()
    }

    #[inline(always)]
    pub(crate) const fn has(self, field: FieldId) -> bool {
        self.0 & Self::bit(field) != 0
    }

    #[inline(always)]
    const fn bit(field: FieldId) -> u32 {
        match field.is_singleton() {
            true => 1 << field as u8,
            false => 0,
        }
    }
}
