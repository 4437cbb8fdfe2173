//! The work for a reply: a worker answers one request after the other.

use std::convert::Infallible;
use std::future::Future;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::Context;

use embedded_io_async::Write;
use http::Extensions;
use replywire::Response;
use replywire::request::{Exchange, Refused, Requests};
use replywire_embedded::{Closed, serve_hosted};
use replywire_std::Runtime;

use crate::handler::{Bridge, Handler};
use crate::host_conn::HostConn;
use crate::job::Job;
use crate::memory::Memory;
use crate::passage::{End, Passage, Seen};
use crate::pool::Pool;

/// The future that answers, which borrows from itself. It is made once for many requests, as it is
/// large: it has a handler's future in it, and the buffer of a reply.
type Running = Pin<Box<dyn Future<Output = Infallible> + Send>>;

pub(crate) struct Worker {
    running: Running,
    passage: Arc<Passage>,
    pool: Weak<Pool<Self>>,
    /// The memory for the head of the next request.
    head: Vec<u8>,
}

impl Worker {
    pub(crate) fn new<R: Runtime, H: Handler<R> + 'static>(
        handler: Arc<H>,
        reply_buffer: usize,
        pool: &Arc<Pool<Self>>,
    ) -> Self {
        let passage = Arc::<Passage>::default();
        Self {
            running: Box::pin(run::<R, H>(handler, Arc::clone(&passage), reply_buffer)),
            passage,
            pool: Arc::downgrade(pool),
            head: Vec::new(),
        }
    }

    pub(crate) fn take_memory(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.head)
    }

    /// Begins with a request.
    pub(crate) fn begin(&self, job: Job) {
        self.passage.begin(job);
    }

    pub(crate) const fn passage(&self) -> &Arc<Passage> {
        &self.passage
    }

    /// Does what can be done now.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Seen {
        // It never ends.
        let _ = self.running.as_mut().poll(cx);
        let mut seen = self.passage.see(cx);
        if let Some(end) = &mut seen.end {
            self.head = std::mem::take(&mut end.bytes);
        }
        seen
    }

    /// Waits for the next request, once the last one has come to its end.
    pub(crate) fn rest(self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.put(self);
        }
    }
}

async fn run<R: Runtime, H: Handler<R>>(
    handler: Arc<H>,
    passage: Arc<Passage>,
    reply_buffer: usize,
) -> Infallible {
    let mut reply = vec![0; reply_buffer];
    let mut conn = HostConn::<R> {
        passage,
        content: None,
        extensions: Extensions::new(),
        version: http::Version::HTTP_11,
        peer: None,
        memory: Memory::default(),
        runtime: PhantomData,
    };
    let mut end = None;
    loop {
        let mut job = poll_fn(|_| conn.passage.poll_job(&mut end)).await;
        conn.content = job.told.content;
        conn.extensions = job.told.extensions;
        conn.version = job.told.version;
        conn.peer = job.told.peer;
        let is_whole = match job.head {
            Ok(head) => {
                let (bytes, content) = (&mut *job.bytes, job.told.decoder);
                let request = match &job.fields {
                    Some(fields) => Requests::hosted_late(bytes, head, fields, content),
                    None => Requests::hosted(bytes, head, content),
                };
                let bridge = Bridge(&*handler);
                let served = serve_hosted(&mut conn, &bridge, request, &mut reply).await;
                matches!(served, Ok(Closed::Server))
            }
            Err(refused) => {
                let exchange = refused.exchange().hosted();
                refuse(&mut conn, &exchange, refused, &mut reply).await
            }
        };
        conn.content = None;
        conn.extensions = Extensions::new();
        let bytes = job.bytes;
        end = Some(End { is_whole, bytes });
    }
}

/// Answers a request whose head is none of ours, for all that the host takes it.
async fn refuse<R>(
    conn: &mut HostConn<R>,
    exchange: &Exchange<'_>,
    refused: Refused,
    buf: &mut [u8],
) -> bool {
    match Response::refuse(exchange, buf, refused.reason) {
        Ok(page) => conn.write_all(page.as_bytes()).await.is_ok(),
        Err(_) => false,
    }
}
