//! What the fuzz targets share.
//!
//! ```text
//! bytes ── input ──┬── drive: calls the library ────────── wire ──┐
//!                  └── model: the rules, told plainly ──── want ──┴── oracle: reads back, compares
//! ```

pub mod disposition;
pub mod document;
pub mod drive;
pub mod filtered;
pub mod input;
pub mod model;
pub mod oracle;
pub mod range;
pub mod request;
pub mod transfer;
