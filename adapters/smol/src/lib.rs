#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpListener, TcpStream};

#[doc(inline)]
pub use replywire_std::_guide;
pub use replywire_std::{
    Accepted, AccessLog, AfterReply, Again, Answer, Answered, BlockingError, BlockingWork, Cause,
    Chunks, Closed, Config, ConnectionError, ContentError, Counters, Ended, ErrorPage, ErrorPages,
    EveryReply, FileBody, FileReply, Folder, FromFn, FromFutures as FromSmol, FromStream,
    Generated, HandlerFn, Handshake, Items, KeepAlive, KeptAlive, Listen, LogForm, NoWork, Observe,
    OpenError, OpenFile, Rate, Replied, Request, Requested, SendError, Sender, Slot, TemplateLines,
    Timeouts, Unanswered, Unfailing, Upgraded, Work, chunks, chunks_from_fn, error_pages,
    every_reply, handler_fn, replywire, set_blocking_limit, try_chunks,
};

#[cfg(target_os = "linux")]
pub use replywire_std::{BoundPerCore, PerCore};
#[cfg(feature = "tungstenite")]
pub use replywire_std::{Message, WebSocketError};
#[cfg(feature = "futures-rustls-026")]
pub use replywire_std::{TlsConfigError, rustls, tls_config};

pub use self::runtime::Smol;

#[cfg(target_os = "linux")]
mod per_core;
mod runtime;
mod timer;
#[cfg(unix)]
mod unix;

replywire_std::adapter!(
    runtime: Smol,
    listener: TcpListener,
    stream: TcpStream,
    tls: "futures-rustls-026",
    web_socket: "tungstenite",
    streams: AsyncRead + AsyncWrite + Unpin
);

#[cfg(feature = "futures-rustls-026")]
replywire_std::adapter_tls!(
    crate: replywire_smol,
    runtime: Smol,
    listener: smol::net::TcpListener,
    stream: TcpStream,
    tls: futures_rustls,
    streams: AsyncRead + AsyncWrite + Unpin
);

/// A connection that was upgraded, or is a tunnel.
pub type UpgradedStream<'c, S = TcpStream> = replywire_std::UpgradedStream<'c, Smol, S>;
