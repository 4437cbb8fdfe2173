//! The lines that an exchange carries for every reply: `carried` with the feature `template`, else
//! `none`, which takes no flash.

#[cfg(feature = "template")]
mod carried;
#[cfg(feature = "template")]
mod lines;
#[cfg(not(feature = "template"))]
mod none;

#[cfg(feature = "template")]
pub use self::carried::{Template, write_template_last};
#[cfg(feature = "template")]
pub use self::lines::TemplateLines;
#[cfg(not(feature = "template"))]
pub(crate) use self::none::Template;
