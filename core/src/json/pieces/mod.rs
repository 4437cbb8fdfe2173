//! Documents that leave in pieces, through a small buffer. Bodies that are made of such pieces are
//! in another room.

mod point;
mod replay;
pub(crate) mod resumable;
#[cfg(test)]
mod tests;
mod window;
