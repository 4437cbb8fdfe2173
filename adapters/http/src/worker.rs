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
use replywire::request::{Exchange, Requests};
use replywire_embedded::serve_hosted;
use replywire_std::Runtime;

use crate::desk::{Desk, End};
use crate::handler::{Bridge, Handler};
use crate::head::{Fields, ReplyHead};
use crate::host_conn::HostConn;
use crate::passage::{Passage, Seen};
use crate::pool::Pool;

/// The future that answers, which borrows from itself. It is made once for many requests, as it is
/// large: it has a handler's future in it.
type Running = Pin<Box<dyn Future<Output = Infallible> + Send>>;

pub(crate) struct Worker {
    running: Running,
    passage: Arc<Passage>,
    pool: Weak<Pool<Self>>,
    /// The desk, while nothing runs.
    desk: Option<Box<Desk>>,
}

impl Worker {
    pub(crate) fn new<R: Runtime, H: Handler<R> + 'static>(
        handler: Arc<H>,
        reply_buffer: usize,
        pool: &Arc<Pool<Self>>,
    ) -> Self {
        let passage = Arc::<Passage>::default();
        Self {
            running: Box::pin(run::<R, H>(handler, Arc::clone(&passage))),
            passage,
            pool: Arc::downgrade(pool),
            desk: Some(Box::new(Desk::new(reply_buffer))),
        }
    }

    /// Begins with the request that `put` puts on the desk.
    pub(crate) fn begin(&mut self, put: impl FnOnce(&mut Desk)) {
        if let Some(mut desk) = self.desk.take() {
            put(&mut desk);
            desk.begin();
            self.passage.begin(desk);
        }
    }

    pub(crate) const fn passage(&self) -> &Arc<Passage> {
        &self.passage
    }

    /// Does what can be done now.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Seen {
        // It never ends.
        let _ = self.running.as_mut().poll(cx);
        self.passage.see(&mut self.desk)
    }

    /// Tells if the reply is whole, or has broken off, once nothing runs.
    pub(crate) fn is_whole(&self) -> Option<bool> {
        let desk = self.desk.as_ref()?;
        Some(matches!(desk.end, End::Whole(_)))
    }

    /// The head of the reply, for the host, which polls with `cx`, and its `fields`.
    pub(crate) fn take_head(
        &mut self,
        cx: &Context<'_>,
        fields: &mut impl Fields,
    ) -> Option<ReplyHead> {
        let whole = self.desk.as_mut().and_then(|desk| desk.take_reply(fields));
        whole.or_else(|| self.passage.take_head(cx, fields))
    }

    /// Waits for the next request, once the last one has come to its end.
    pub(crate) fn rest(self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.put(self);
        }
    }
}

async fn run<R: Runtime, H: Handler<R>>(handler: Arc<H>, passage: Arc<Passage>) -> Infallible {
    let mut conn = HostConn::<R> {
        passage,
        exchange: Exchange::GET,
        has_written: false,
        content: None,
        extensions: Extensions::new(),
        version: http::Version::HTTP_11,
        peer: None,
        runtime: PhantomData,
    };
    let mut done = None;
    loop {
        let mut desk = poll_fn(|_| conn.passage.poll_desk(&mut done)).await;
        conn.exchange = desk.exchange();
        conn.has_written = false;
        conn.content = desk.content.take();
        conn.extensions = std::mem::take(&mut desk.extensions);
        conn.version = desk.version;
        conn.peer = desk.peer;
        let Desk {
            head,
            late,
            decoder,
            request,
            reply,
            ..
        } = &mut *desk;
        let left = match head {
            Ok(head) => {
                let request = match late {
                    Some(late) => Requests::hosted_late(request, *head, late, *decoder),
                    None => Requests::hosted(request, *head, *decoder),
                };
                let bridge = Bridge(&*handler);
                let served = serve_hosted(&mut conn, &bridge, request, reply).await;
                served.ok().flatten()
            }
            Err(refused) => {
                let page = Response::refuse(&conn.exchange, reply, refused.reason);
                page.ok().map(|page| page.into_parts().1)
            }
        };
        desk.end = match left {
            Some(left) if conn.has_written => {
                let rest = desk.reply.get(left).unwrap_or_default();
                match conn.write_all(rest).await {
                    Ok(()) => End::Whole(0..0),
                    Err(_) => End::Broken,
                }
            }
            Some(left) => End::Whole(left),
            None => End::Broken,
        };
        desk.late = None;
        conn.content = None;
        conn.extensions = Extensions::new();
        done = Some(desk);
    }
}
