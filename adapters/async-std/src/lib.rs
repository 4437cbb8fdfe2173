#![doc = include_str!("../README.md")]

pub use replywire;
pub use replywire_embedded::{
    AfterFailure, BackgroundError, Chunks, Closed, ConnectionError, ContentError, KeepAlive,
    Request, SendError, Sent, Unsent, background,
};
pub use replywire_files::{FileBody, Folder, OpenError, OpenFile};
pub use replywire_std::{Config, FromStream, Timeouts};

pub use self::conn::{Conn, FromAsyncStd};
pub use self::handler::{Handler, JsonSender, Responder};
pub use self::server::{Server, serve, serve_connection};

mod conn;
mod handler;
mod server;
