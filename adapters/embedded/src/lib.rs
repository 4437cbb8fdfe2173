#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

pub use replywire::request::Request;

pub use self::background::{AfterFailure, BackgroundError, background};
pub use self::chunks::{Chunks, KeepAlive};
pub use self::closed::Closed;
pub use self::connection::serve_connection;
pub use self::error::{ConnectionError, ContentError, SendError};
pub use self::file::{FileSource, send_file};
pub use self::handler::{Answered, Handler, Unanswered};
pub use self::json::JsonSender;
pub use self::responder::Responder;
pub use self::settings::{Buffers, Limits};
pub use self::transfer::send;
pub use self::transport::{Idle, Phase, Plain, Transport};

mod background;
mod begin;
mod chunks;
mod closed;
mod connection;
mod error;
mod file;
mod handler;
mod io;
mod json;
mod move_down;
mod next_request;
mod responder;
mod send;
mod settings;
mod state;
mod stream;
mod transfer;
mod transport;
