#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

#[doc(inline)]
pub use replywire_std::_guide;
pub use replywire_std::{
    Accepted, AccessLog, AfterReply, Again, Answer, Answered, BlockingError, BlockingWork, Cause,
    Chunks, Closed, Config, ConnectionError, ContentError, Counters, Ended, ErrorPage, ErrorPages,
    EveryReply, FileBody, FileReply, Folder, FromFn, FromStream, Generated, HandlerFn, Handshake,
    Items, KeepAlive, KeptAlive, Listen, LogForm, NoWork, Observe, OpenError, OpenFile, OwnedEvent,
    Rate, Replied, Request, Requested, SendError, Sender, Slot, TemplateLines, Timeouts,
    Unanswered, Unfailing, Upgraded, Work, chunks, chunks_from_fn, error_pages, every_reply,
    handler_fn, replywire, set_blocking_limit, try_chunks,
};

#[cfg(target_os = "linux")]
pub use replywire_std::{BoundPerCore, PerCore};

#[cfg(feature = "tungstenite")]
pub use replywire_std::{Message, WebSocketError};
#[cfg(feature = "tokio-rustls-026")]
pub use replywire_std::{TlsConfigError, rustls, tls_config};

pub use self::runtime::Tokio;
pub use self::source::FromTokio;
pub use self::upgraded_stream::UpgradedStream;

mod runtime;
mod source;
mod timer;
#[cfg(unix)]
mod unix;
mod upgraded_stream;

replywire_std::adapter!(
    runtime: Tokio,
    listener: TcpListener,
    stream: TcpStream,
    tls: "tokio-rustls-026",
    web_socket: "tungstenite",
    streams: AsyncRead + AsyncWrite + Unpin
);

#[cfg(feature = "tokio-rustls-026")]
replywire_std::adapter_tls!(
    crate: replywire_tokio,
    runtime: Tokio,
    listener: tokio::net::TcpListener,
    stream: TcpStream,
    tls: tokio_rustls,
    streams: AsyncRead + AsyncWrite + Unpin
);
