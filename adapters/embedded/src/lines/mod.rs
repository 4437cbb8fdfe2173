//! The lines of every reply to one request: `asked` of the handler with the feature `template`,
//! else `none`, which takes no flash.

#[cfg(feature = "template")]
mod asked;
#[cfg(not(feature = "template"))]
mod none;

#[cfg(feature = "template")]
pub(crate) use self::asked::Lines;
#[cfg(not(feature = "template"))]
pub(crate) use self::none::Lines;
