#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use replywire;
pub use replywire_embedded::{
    AfterReply, Again, Answer, Answered, Cause, Chain, Chunks, Closed, ConnectionError,
    ContentError, ErrorPage, ErrorPages, EveryReply, FromFn, HandlerFn, Items, JsonSender,
    KeepAlive, KeptAlive, NoWork, Request, Responder, SendError, TemplateLines, Unanswered,
    Upgraded, Work, chunks_from_fn, error_pages, every_reply, handler_fn,
};
pub use replywire_files::{FileBody, FileReply, Folder, OpenError, OpenFile};
#[cfg(feature = "rustls-023")]
pub use rustls;

pub use self::access_log::{AccessLog, LogForm};
pub use self::blocking::{BlockingError, BlockingWork, blocking, try_blocking};
pub use self::blocking_source::Blocking;
pub use self::config::{Config, Rate, Timeouts};
pub use self::conn::Conn;
pub use self::connections::{Connections, Slot};
#[cfg(target_os = "linux")]
pub use self::core_runtime::CoreRuntime;
pub use self::counters::Counters;
pub use self::futures::{FromFutures, FuturesIo};
pub use self::generated::{Generated, Sender, chunks, try_chunks};
pub use self::handler::{Handles, SendFn};
pub use self::handshake::Handshake;
pub use self::incoming::Incoming;
pub use self::listen::Listen;
pub use self::observe::{Accepted, Ended, Observe, Replied, Requested};
pub use self::owned_event::OwnedEvent;
#[cfg(target_os = "linux")]
pub use self::per_core::{BoundPerCore, PerCore};
pub use self::places::set_blocking_limit;
pub use self::runtime::{Runtime, Streams};
pub use self::server::{Server, serve_connection};
pub use self::socket::{Peer, Socket};
pub use self::stream::FromStream;
pub use self::timer::Timer;
#[cfg(feature = "rustls-023")]
pub use self::tls_config::{TlsConfigError, tls_config};
pub use self::unfailing::Unfailing;
pub use self::upgraded_stream::UpgradedStream;
#[cfg(feature = "tungstenite")]
pub use self::web_socket::{Message, WebSocket, WebSocketError};

mod access_log;
mod adapter;
#[cfg(feature = "rustls-023")]
mod adapter_tls;
mod blocking;
mod blocking_source;
mod buffers;
mod clock;
mod config;
mod conn;
mod connection_slot;
mod connections;
#[cfg(target_os = "linux")]
mod core_runtime;
mod counters;
mod deadline_timer;
mod deadlines;
mod forwarded;
mod futures;
mod generated;
mod grown_reply;
mod handler;
mod handshake;
mod incoming;
mod listen;
mod observe;
mod owned_event;
mod pace;
#[cfg(target_os = "linux")]
mod per_core;
mod places;
mod pointers;
mod reads;
mod run;
mod runtime;
mod server;
mod slots;
mod socket;
mod standing;
#[cfg(target_os = "linux")]
mod stop;
mod stream;
mod thread;
#[cfg(test)]
mod threads;
mod timer;
#[cfg(feature = "rustls-023")]
mod tls_config;
mod unfailing;
mod upgraded_stream;
mod watch;
#[cfg(feature = "tungstenite")]
mod web_socket;
mod wrapped;

/// Answers to what users ask. The code of the pages is for tokio, and the same for others.
#[cfg(not(doctest))]
pub mod _guide {
    #[doc = include_str!("../docs/behind-a-proxy.md")]
    #[doc(alias("nginx", "x-forwarded-for", "reverse proxy", "ProxyHeadersMiddleware"))]
    pub mod behind_a_proxy {}

    #[doc = include_str!("../docs/why-a-500.md")]
    #[doc(alias("internal server error", "500"))]
    pub mod why_a_500 {}
}

/// The names that services need on every runtime; the `prelude` of an adapter has those of its
/// runtime, too.
pub mod prelude {
    pub use replywire::body::Event;
    #[cfg(feature = "serde")]
    pub use replywire::body::JsonItem;
    pub use replywire::json::Python;
    pub use replywire::request::{Method, Pairs, Refusal};
    pub use replywire::{Cors, HeaderName, Headers, Preflight, SameSite, SetCookie, Status};

    #[cfg(feature = "rustls-023")]
    pub use crate::tls_config::tls_config;
    pub use crate::{
        AccessLog, Answer, Cause, Chunks, Config, FileReply, Folder, FromStream, Handshake,
        KeepAlive, LogForm, OwnedEvent, Request, Timeouts, Unanswered, chunks, chunks_from_fn,
        error_pages, every_reply, handler_fn,
    };
}

/// The names that other adapters of this project need, and nobody else: they are no part of the
/// interface, and change without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::clock::now;
    pub use crate::handler::{CatchPanic, page_without_panic};
}
