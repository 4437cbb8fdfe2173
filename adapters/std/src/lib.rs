#![doc = include_str!("../README.md")]

pub use replywire;
pub use replywire_embedded::{
    AfterFailure, Answered, BackgroundError, Chunks, Closed, ConnectionError, ContentError,
    JsonSender, KeepAlive, Request, Responder, SendError, Unanswered, background,
};
pub use replywire_files::{FileBody, Folder, OpenError, OpenFile};

pub use self::config::{Config, Timeouts};
pub use self::conn::Conn;
pub use self::futures::{FromFutures, FuturesIo};
pub use self::handler::Handles;
pub use self::runtime::{Runtime, Streams};
pub use self::server::{Server, serve_connection};
pub use self::stream::FromStream;
pub use self::timer::Timer;

mod adapter;
mod clock;
mod config;
mod conn;
mod connection_slot;
mod connections;
mod deadline_timer;
mod deadlines;
mod ending;
mod futures;
mod handler;
mod run;
mod runtime;
mod server;
mod stream;
mod thread;
mod timer;
