#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

pub use self::background::{AfterFailure, BackgroundError, background};
pub use self::connection::{Buffers, Closed, Limits, ServeError, serve_connection};
pub use self::driver::{SendError, send};
pub use self::file::{FileSource, send_file};
pub use self::handler::{Handler, Sent, Unsent};
pub use self::json::JsonSender;
pub use self::request::Request;
pub use self::responder::{ContentError, Responder};
pub use self::stream::{Chunks, KeepAlive};
pub use self::transport::{Idle, Phase, Plain, Transport};

mod background;
mod connection;
mod content;
mod driver;
mod file;
mod handler;
mod head;
mod json;
mod page;
mod request;
mod responder;
mod stream;
mod transport;
