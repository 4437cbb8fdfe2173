//! Models and filters of replies: what FastAPI's response models do, around any `Serialize`. Values
//! that write themselves by hand leave out what they like.

mod check;
mod context;
pub mod derived;
mod fields;
pub(super) mod filtered;
mod flatten;
mod key;
mod list;
mod map;
pub(super) mod model;
pub(super) mod part;
mod probe;
mod serializer;
pub(super) mod settable;
pub(super) mod settings;
pub(super) mod shape;
#[cfg(feature = "alloc")]
mod standard;
mod tree;
mod variant;
