//! Numbers for the fields that replies treat apart; the number of a constant name is found at
//! compile time.

use super::grammar::is_name;

macro_rules! ids {
    ($($field:ident $($name:literal)+)+) => {
        /// A field that replies treat apart, or any other.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum FieldId {
            $($field,)+
            Other,
        }

        impl FieldId {
            /// The field of this name, or one that counts as it, in any case.
            #[cfg_attr(target_pointer_width = "64", inline(always))]
            pub(crate) const fn of(name: &[u8]) -> Self {
                $($(
                    if is_name(name, $name) {
                        return Self::$field;
                    }
                )+)+
                Self::Other
            }
        }
    };
}

ids! {
    // Singletons: they hold one value, so a later line replaces an earlier one; RFC 9110 § 5.3.
    // Unknown fields count as lists: nothing of theirs is lost.
    AccessControlAllowCredentials b"access-control-allow-credentials"
    AccessControlAllowOrigin b"access-control-allow-origin"
    AccessControlAllowPrivateNetwork b"access-control-allow-private-network"
    AccessControlMaxAge b"access-control-max-age"
    Age b"age"
    ContentDisposition b"content-disposition"
    ContentLocation b"content-location"
    ContentMd5 b"content-md5"
    ContentRange b"content-range"
    ContentType b"content-type"
    CrossOriginEmbedderPolicy b"cross-origin-embedder-policy"
    CrossOriginEmbedderPolicyReportOnly b"cross-origin-embedder-policy-report-only"
    CrossOriginOpenerPolicy b"cross-origin-opener-policy"
    CrossOriginOpenerPolicyReportOnly b"cross-origin-opener-policy-report-only"
    CrossOriginResourcePolicy b"cross-origin-resource-policy"
    Date b"date"
    Deprecation b"deprecation"
    ETag b"etag"
    Expires b"expires"
    LastModified b"last-modified"
    Location b"location"
    LockToken b"lock-token"
    MementoDatetime b"memento-datetime"
    MimeVersion b"mime-version"
    OriginAgentCluster b"origin-agent-cluster"
    ReferrerPolicy b"referrer-policy"
    Refresh b"refresh"
    ReplayNonce b"replay-nonce"
    RetryAfter b"retry-after"
    ScheduleTag b"schedule-tag"
    SecWebSocketAccept b"sec-websocket-accept"
    SecWebSocketProtocol b"sec-websocket-protocol"
    Server b"server"
    ServiceWorkerAllowed b"service-worker-allowed"
    SourceMap b"sourcemap"
    StrictTransportSecurity b"strict-transport-security"
    Sunset b"sunset"
    XContentTypeOptions b"x-content-type-options"
    XFrameOptions b"x-frame-options"
    // Lists, and what is not registered.
    AcceptRanges b"accept-ranges"
    CacheControl b"cache-control"
    ContentDigest b"content-digest"
    ContentEncoding b"content-encoding"
    ContentLanguage b"content-language"
    ReprDigest b"repr-digest" b"digest"
    XAccelBuffering b"x-accel-buffering"
}

impl FieldId {
    /// The number of singletons, whose own numbers are below it.
    pub(crate) const SINGLETONS: usize = Self::XFrameOptions as usize + 1;

    /// True for a field that holds one value.
    pub(crate) const fn is_singleton(self) -> bool {
        (self as usize) < Self::SINGLETONS
    }
}

const _: () = assert!((FieldId::Other as u8) < 64);

/// A set of fields, of which [`FieldId::Other`] is never one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FieldSet(u64);

impl FieldSet {
    pub(crate) const NONE: Self = Self(0);

    /// The set of no field that is not all zeros: such a value is built in registers, not by a call
    /// that clears memory.
    pub(crate) const MARKED: Self = Self(1 << FieldId::Other as u8);

    /// The fields of these names.
    pub(crate) const fn of(names: &[&[u8]]) -> Self {
        let mut set = Self::NONE;
        let mut rest = names;
        while let [name, others @ ..] = rest {
            set.add(FieldId::of(name));
            rest = others;
        }
        set
    }

    #[inline(always)]
    pub(crate) const fn add(&mut self, field: FieldId) {
        self.0 |= Self::bit(field);
    }

    #[inline(always)]
    pub(crate) const fn remove(&mut self, field: FieldId) {
        self.0 &= !Self::bit(field);
    }

    pub(crate) const fn add_all(&mut self, fields: Self) {
        self.0 |= fields.0;
    }

    pub(crate) const fn remove_all(&mut self, fields: Self) {
        self.0 &= !fields.0;
    }

    #[inline(always)]
    pub(crate) const fn has(self, field: FieldId) -> bool {
        self.0 & Self::bit(field) != 0
    }

    /// True if the sets have a field in common.
    #[cfg(feature = "template")]
    pub(crate) const fn has_any(self, fields: Self) -> bool {
        self.0 & fields.0 != 0
    }

    #[inline(always)]
    const fn bit(field: FieldId) -> u64 {
        match field {
            FieldId::Other => 0,
            _ => 1 << field as u8,
        }
    }
}
