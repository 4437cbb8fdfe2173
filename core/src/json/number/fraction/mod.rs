//! Numbers with a fraction: the shortest decimal that is read back as the same number.
//!
//! Targets of 64 bits look for a short one first, which most have, then do what 128 bits can; the
//! others spare this code. What is left is searched for by a backend: on targets of 64 bits by
//! `zmij`, unless the feature `ryu` is on, and on small ones by `ryu`, unless `zmij` is.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod exact;
#[cfg(target_pointer_width = "64")]
mod fast;
mod respell;
pub(in crate::json) mod shortest;

/// The crate that searches.
#[cfg(target_pointer_width = "64")]
mod backend {
    #[cfg(feature = "ryu")]
    pub(super) use ryu::Buffer;
    #[cfg(not(feature = "ryu"))]
    pub(super) use zmij::Buffer;
}

/// The crate that searches.
#[cfg(not(target_pointer_width = "64"))]
mod backend {
    #[cfg(not(feature = "zmij"))]
    pub(super) use ryu::Buffer;
    #[cfg(feature = "zmij")]
    pub(super) use zmij::Buffer;
}

#[cfg(not(target_pointer_width = "64"))]
pub(in crate::json) use self::compact::double;
#[cfg(target_pointer_width = "64")]
pub(in crate::json) use self::fast::double;
