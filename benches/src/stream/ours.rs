//! Replywire, over each runtime.

use std::future::pending;
use std::io;

use replywire::body::Transfer;
use replywire::request::Exchange;
use replywire::{Error, Response, Status};
use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
use replywire_tokio::{Config, FromStream};

use super::source::Source;
use crate::server::{announce, end_when_released, runtime};

/// What a handler gives the responder.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    /// The chunks themselves.
    Chunks,
    /// The stream of bytes that the peers have, too.
    Stream,
}

#[derive(Clone, Copy, Debug)]
struct Streams(From);

impl Streams {
    async fn answer<T: Transport>(
        self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let Some(source) = Source::at(request.path()) else {
            let reply = responder
                .send(|exchange, buf| Response::to(exchange, buf, Status::NOT_FOUND).empty());
            return Ok(reply.await?);
        };
        Ok(match self.0 {
            From::Chunks => responder.stream(write, source).await?,
            From::Stream => responder.stream(write, FromStream::new(source)).await?,
        })
    }
}

fn write<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Transfer<'b>, Error> {
    Response::to(exchange, buf, Status::OK).stream()
}

/// Over tokio; the reply buffer has that length, or the one it has by itself.
pub(super) fn tokio(reply_buffer: Option<usize>, from: From) -> io::Result<()> {
    runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        let mut config = Config::default();
        config.reply_buffer = reply_buffer.unwrap_or(config.reply_buffer);
        replywire_tokio::Server::new(Streams(from))
            .config(config)
            .serve_until(listener, pending::<()>())
            .await;
        Ok(())
    })
}

impl replywire_tokio::Handler for Streams {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_tokio::Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        self.answer(request, responder).await
    }
}

pub(super) fn smol() -> io::Result<()> {
    end_when_released();
    smol::block_on(async {
        let listener = smol::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        replywire_smol::Server::new(Streams(From::Chunks))
            .serve_until(listener, pending::<()>())
            .await;
        Ok(())
    })
}

impl replywire_smol::Handler for Streams {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_smol::Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        self.answer(request, responder).await
    }
}

pub(super) fn async_std() -> io::Result<()> {
    end_when_released();
    async_std::task::block_on(async {
        let listener = async_std::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        replywire_async_std::Server::new(Streams(From::Chunks))
            .serve_until(listener, pending::<()>())
            .await;
        Ok(())
    })
}

impl replywire_async_std::Handler for Streams {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_async_std::Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        self.answer(request, responder).await
    }
}
