#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpListener, TcpStream};

pub use replywire_std::{
    AfterReply, Answer, Answered, BlockingError, BlockingWork, Cause, Chunks, Closed, Config,
    ConnectionError, ContentError, FileBody, FileReply, Folder, FromFn, FromFutures as FromSmol,
    FromStream, Generated, KeepAlive, KeptAlive, NoWork, OpenError, OpenFile, Rate, Request,
    SendError, Sender, Slot, Timeouts, Unanswered, Unfailing, Work, chunks, chunks_from_fn,
    replywire, set_blocking_limit, try_chunks,
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
