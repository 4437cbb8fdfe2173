#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub use replywire::request::Request;
#[cfg(feature = "template")]
pub use replywire::{Template, TemplateLines};

pub use self::again::Again;
pub use self::background::{AfterReply, NoWork, Work};
pub use self::chain::{Chain, Interim};
pub use self::chunks::{Chunks, KeepAlive, KeptAlive};
pub use self::closed::Closed;
pub use self::connection::{serve_connection, serve_until_idle};
pub use self::error::{ConnectionError, ContentError, SendError};
pub use self::error_pages::{ErrorPages, error_pages};
pub use self::event::Event;
#[cfg(feature = "template")]
pub use self::every_reply::{EveryReply, every_reply};
#[doc(hidden)]
pub use self::feed::Feed;
pub use self::file::{FileSource, send_file};
pub use self::from_fn::{FromFn, NextFn, NextItem, chunks_from_fn};
pub use self::from_future::{FromFuture, Outcome};
pub use self::handler::{Answer, Answered, ErrorPage, Handler};
pub use self::handler_fn::{HandlerFn, handler_fn};
pub use self::handover::{Handover, Place, Receiver, Sender};
#[cfg(feature = "hosted")]
pub use self::hosted::serve_hosted;
pub use self::items::Items;
pub use self::json::JsonSender;
#[cfg(feature = "defmt")]
pub use self::logged::Logged;
pub use self::responder::Responder;
pub use self::settings::{Buffers, Limits};
pub use self::transfer::send;
pub use self::transport::{Idle, Phase, Plain, Transport};
pub use self::unanswered::{Cause, Unanswered};
pub use self::upgrade::Upgraded;

mod again;
mod attend;
mod background;
mod begin;
#[cfg(feature = "blocking")]
pub mod blocking;
mod chain;
mod chunks;
mod closed;
mod connection;
mod content;
mod continuing;
#[cfg(any(feature = "serde_html_form", feature = "serde_json"))]
mod deserialize;
mod error;
mod error_pages;
mod event;
#[cfg(feature = "template")]
mod every_reply;
mod feed;
mod file;
mod from_error;
mod from_fn;
mod from_future;
mod grown;
mod handler;
mod handler_fn;
mod handover;
#[cfg(feature = "hosted")]
mod hosted;
mod io;
mod items;
mod json;
mod kept;
mod lent;
mod lines;
#[cfg(feature = "defmt")]
mod logged;
mod move_down;
mod next_request;
mod pump;
mod queue;
mod responder;
mod room;
mod send;
mod settings;
mod state;
mod stream;
mod transfer;
mod transport;
mod unanswered;
mod upgrade;
