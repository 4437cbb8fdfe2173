//! The head of a request that is not written out: that of a host, by the feature `hosted`.

#[cfg(feature = "hosted")]
mod hosted;
#[cfg(not(feature = "hosted"))]
mod none;

#[cfg(feature = "hosted")]
pub use self::hosted::HostedParts;
#[cfg(feature = "hosted")]
pub(super) use self::hosted::Late;
#[cfg(not(feature = "hosted"))]
pub(super) use self::none::Late;
