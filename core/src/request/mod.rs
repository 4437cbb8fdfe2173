//! Requests, as far as replies depend on them.

pub(crate) mod exchange;

pub use self::exchange::{Exchange, Method, Version};
