#![doc = include_str!("../README.md")]

use async_std::io::{Read, Write};
use async_std::net::{TcpListener, TcpStream};

pub use replywire_std::{
    AfterFailure, Answered, BackgroundError, Chunks, Closed, Config, ConnectionError, ContentError,
    FileBody, Folder, FromFutures as FromAsyncStd, FromStream, KeepAlive, OpenError, OpenFile,
    Request, SendError, Timeouts, Unanswered, background, replywire,
};

pub use self::runtime::AsyncStd;

mod runtime;
mod timer;

replywire_std::adapter!(
    runtime: AsyncStd,
    listener: TcpListener,
    stream: TcpStream,
    streams: Read + Write + Unpin
);
