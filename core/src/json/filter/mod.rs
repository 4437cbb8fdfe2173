//! Models and filters of replies: what FastAPI's response models do, around any `Serialize`. Values
//! that write themselves by hand leave out what they like.

mod context;
mod fields;
pub(super) mod filtered;
mod key;
mod list;
mod map;
pub(super) mod model;
pub(super) mod part;
mod probe;
mod serializer;
pub(super) mod settings;
mod tree;
mod variant;
