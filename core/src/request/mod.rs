//! Requests, as far as replies depend on them.

pub(crate) mod exchange;
pub(crate) mod method;
pub(crate) mod moment;
pub(crate) mod version;

pub use self::exchange::Exchange;
pub use self::method::Method;
pub use self::version::Version;
