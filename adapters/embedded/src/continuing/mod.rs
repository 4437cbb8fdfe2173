//! The interim reply that asks for content: `with_lines` with the feature `template`, else `plain`.

#[cfg(not(feature = "template"))]
mod plain;
#[cfg(feature = "template")]
mod with_lines;

#[cfg(not(feature = "template"))]
pub(crate) use self::plain::put_continue;
#[cfg(feature = "template")]
pub(crate) use self::with_lines::put_continue;
