//! The side that frames replies: a `host` may with the feature `hosted`, else only we, in `own`.

#[cfg(feature = "hosted")]
mod host;
#[cfg(not(feature = "hosted"))]
mod own;

#[cfg(feature = "hosted")]
pub(super) use self::host::Framer;
#[cfg(not(feature = "hosted"))]
pub(super) use self::own::Framer;
