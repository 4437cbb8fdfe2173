//! What the fuzz targets share.
//!
//! ```text
//! bytes ── input ──┬── drive: calls the library ────────── wire ──┐
//!                  └── model: the rules, told plainly ──── want ──┴── oracle: reads back, compares
//! ```

pub mod cookie;
pub mod dates;
pub mod disposition;
pub mod document;
pub mod drive;
pub mod fields;
pub mod filtered;
pub mod input;
pub mod model;
pub mod oracle;
pub mod range;
pub mod request;
pub mod request_parts;
pub mod transfer;

// What the tests have too. The simulated world is theirs; here its choices are a fuzzer's.
#[path = "../../tests/src/meant.rs"]
pub mod meant;
#[path = "../../tests/src/python_cookie.rs"]
pub mod python_cookie;
#[path = "../../tests/src/random.rs"]
pub mod random;
#[path = "../../tests/src/seen.rs"]
pub mod seen;
#[path = "../../tests/src/singletons.rs"]
pub mod singletons;
#[path = "../../tests/src/size.rs"]
pub mod size;
#[path = "../../tests/src/world/mod.rs"]
pub mod world;
