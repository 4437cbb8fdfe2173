//! The work for a reply: a worker answers one request after the other.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use embedded_io_async::Write;
use http::Extensions;
use replywire::Response;
use replywire::request::{Exchange, Requests};
use replywire_embedded::serve_hosted;
use replywire_std::Runtime;

use crate::desk::{Desk, End};
use crate::handler::{Bridge, Handler};
use crate::host_conn::HostConn;
use crate::passage::{Passage, Seen};
use crate::pool::Pool;
use crate::reply_head::{Fields, ReplyHead};
use crate::request_head::Late;

/// The future that answers, which borrows from itself. It is made once for many requests, as it is
/// large: it has a handler's future in it.
type Running = Pin<Box<dyn Future<Output = Infallible> + Send>>;

thread_local! {
    /// The desk, where a worker is polled that takes it, or has given it back.
    static HANDED: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
}

pub(crate) struct Worker {
    running: Running,
    passage: Arc<Passage>,
    /// Something of the last reply may have gone through the passage.
    has_passed: bool,
    pool: Weak<Pool<Box<Self>>>,
    at: At,
}

/// The place of the desk.
enum At {
    /// The request on it was not begun with.
    Asked(Box<Desk>),
    /// The request is being answered.
    Work,
    /// The reply is whole, or has broken off.
    Done(Box<Desk>),
}

impl Worker {
    pub(crate) fn new<R: Runtime, H: Handler<R> + 'static>(
        handler: Arc<H>,
        reply_buffer: usize,
        pool: &Arc<Pool<Box<Self>>>,
    ) -> Box<Self> {
        let passage = Arc::<Passage>::default();
        Box::new(Self {
            running: Box::pin(run::<R, H>(handler, Arc::clone(&passage))),
            passage,
            has_passed: false,
            pool: Arc::downgrade(pool),
            at: At::Done(Box::new(Desk::new(reply_buffer))),
        })
    }

    /// The desk, while nothing runs.
    pub(crate) fn desk(&mut self) -> Option<&mut Desk> {
        match &mut self.at {
            At::Asked(desk) | At::Done(desk) => Some(desk),
            At::Work => None,
        }
    }

    /// Begins with the request on the desk.
    pub(crate) fn begin(&mut self) {
        if mem::take(&mut self.has_passed) {
            self.passage.clear();
        }
        if let At::Done(mut desk) = mem::replace(&mut self.at, At::Work) {
            desk.begin();
            self.at = At::Asked(desk);
        }
    }

    pub(crate) const fn passage(&self) -> &Arc<Passage> {
        &self.passage
    }

    /// Does what can be done now.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Seen {
        let asked = match mem::replace(&mut self.at, At::Work) {
            At::Asked(desk) => Some(desk),
            At::Work => None,
            done @ At::Done(_) => {
                self.at = done;
                return self.passage.see();
            }
        };
        // Nothing is there before: a worker that polls this one has taken its desk.
        HANDED.set(asked);
        // It never ends.
        let _ = self.running.as_mut().poll(cx);
        if let Some(done) = HANDED.take() {
            let is_here = done.is_whole_here();
            self.at = At::Done(done);
            if is_here {
                return Seen::NOTHING;
            }
        }
        self.has_passed = true;
        self.passage.see()
    }

    /// Tells if the reply is whole, or has broken off, once nothing runs.
    pub(crate) fn is_whole(&self) -> Option<bool> {
        match &self.at {
            At::Done(desk) => Some(matches!(desk.end, End::Whole(_))),
            _ => None,
        }
    }

    /// The head of the reply, for the host, which polls with `cx`, and its `fields`.
    pub(crate) fn take_head(
        &mut self,
        cx: &Context<'_>,
        fields: &mut impl Fields,
    ) -> Option<ReplyHead> {
        match &mut self.at {
            At::Done(desk) if desk.is_whole_here() => desk.take_reply(fields),
            _ => self.passage.take_head(cx, fields),
        }
    }

    /// Waits for the next request, once the last one has come to its end.
    pub(crate) fn rest(mut self: Box<Self>) {
        if let At::Done(desk) = &mut self.at {
            desk.parts = None;
        }
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
        let mut desk = poll_fn(|_| next_desk(&mut done)).await;
        conn.exchange = desk.exchange;
        conn.has_written = false;
        conn.content = desk.content.take();
        if let Some(parts) = &mut desk.parts {
            conn.extensions = mem::take(&mut parts.extensions);
        }
        conn.version = desk.version;
        conn.peer = desk.peer;
        let Desk {
            head,
            parts,
            target,
            decoder,
            request,
            reply,
            ..
        } = &mut *desk;
        let left = match head {
            Ok(head) => {
                let late = parts
                    .as_ref()
                    .map(|parts| Late::new(parts, target.as_deref()));
                let request = match &late {
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
        conn.content = None;
        conn.extensions = Extensions::new();
        done = Some(desk);
    }
}

/// Waits for the desk with a request, after another is `done`; nobody is woken for it, as who
/// begins with it polls.
fn next_desk(done: &mut Option<Box<Desk>>) -> Poll<Box<Desk>> {
    if done.is_some() {
        HANDED.set(done.take());
        return Poll::Pending;
    }
    match HANDED.take() {
        Some(desk) => Poll::Ready(desk),
        None => Poll::Pending,
    }
}
