#![doc = include_str!("../README.md")]

use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpListener, TcpStream};

pub use replywire_std::{
    AfterFailure, Answered, BackgroundError, Chunks, Closed, Config, ConnectionError, ContentError,
    FileBody, Folder, FromFutures as FromSmol, FromStream, KeepAlive, OpenError, OpenFile, Request,
    SendError, Timeouts, Unanswered, background, replywire,
};

pub use self::runtime::Smol;

mod runtime;
mod timer;

replywire_std::adapter!(
    runtime: Smol,
    listener: TcpListener,
    stream: TcpStream,
    streams: AsyncRead + AsyncWrite + Unpin
);
