#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use replywire_std::{Answer, Answered, Cause, ErrorPage, HandlerFn, Unanswered, handler_fn};

#[cfg(feature = "actix")]
pub use self::actix::answering::ActixAnswering;
#[cfg(feature = "actix")]
pub use self::actix::body::ActixBody;
pub use self::answering::Answering;
#[cfg(feature = "axum")]
pub use self::axum::ForReply;
pub use self::convert::{
    exchange, header_map, header_name, header_value, method, method_of, name, response, status,
    status_code, value, version, version_of,
};
pub use self::error::BrokenOff;
pub use self::folder::FolderHandler;
pub use self::handler::Handler;
pub use self::host_conn::HostConn;
pub use self::hosted::Hosted;
pub use self::reply_body::ReplyBody;
pub use self::reply_to::ReplyTo;
#[cfg(feature = "tower")]
pub use self::request_body::RequestBody;
#[cfg(feature = "tower")]
pub use self::service::ServiceHandler;
#[cfg(any(feature = "hyper", feature = "tower"))]
pub use self::unfailing::Unfailing;
pub use self::written::{NotWritten, written};

/// A request's head, as a handler sees it.
pub type Request<'r> = replywire_std::Request<'r>;

/// The answer to one request, which leaves through a host, on the runtime `R`.
pub type Responder<'c, R> = replywire_std::Responder<'c, HostConn<R>>;

#[cfg(feature = "actix")]
mod actix;
mod answering;
#[cfg(feature = "axum")]
mod axum;
mod content;
mod convert;
mod desk;
mod driver;
mod error;
mod folder;
mod frame;
mod handler;
mod host_conn;
mod hosted;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "tower")]
mod incoming;
#[cfg(feature = "tower")]
mod intake;
#[cfg(feature = "tower")]
mod outflow;
mod passage;
mod pool;
mod reply_body;
mod reply_head;
mod reply_to;
#[cfg(feature = "tower")]
mod request_body;
mod request_head;
#[cfg(feature = "tower")]
mod service;
#[cfg(feature = "tokio")]
mod tokio;
#[cfg(feature = "tower")]
mod tower;
#[cfg(any(feature = "actix", feature = "tower"))]
mod trough;
#[cfg(any(feature = "hyper", feature = "tower"))]
mod unfailing;
mod worker;
mod written;
