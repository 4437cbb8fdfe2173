#![doc = include_str!("../README.md")]

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

pub use replywire_std::{
    AfterFailure, Answered, BackgroundError, Chunks, Closed, Config, ConnectionError, ContentError,
    FileBody, Folder, FromStream, KeepAlive, OpenError, OpenFile, Request, SendError, Timeouts,
    Unanswered, background, replywire,
};

pub use self::runtime::Tokio;
pub use self::source::FromTokio;

mod runtime;
mod source;
mod timer;

replywire_std::adapter!(
    runtime: Tokio,
    listener: TcpListener,
    stream: TcpStream,
    streams: AsyncRead + AsyncWrite + Unpin
);
