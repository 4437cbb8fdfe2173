//! The handlers of these suites.

use std::convert::Infallible;
use std::future::pending;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use replywire::body::Event;
use replywire::{Response, Status};
use replywire_embedded::{
    Answered, Chunks, Request, Responder, Transport, Unanswered, chunks_from_fn,
};
use replywire_std::{Blocking, FromStream, blocking, chunks, try_chunks};
use tokio::sync::Notify;

/// Answers by sources that block, by the path; everything else at once.
#[derive(Clone, Default)]
pub struct Sources(pub(super) Arc<Signs>);

/// The signs that a source and its test give each other.
#[derive(Default)]
pub(super) struct Signs {
    /// A source blocks in a step, or work does.
    pub(super) blocks: Notify,
    /// The number of steps that may still be taken.
    may_go_on: Mutex<usize>,
    gone_on: Condvar,
    /// The number of steps that were begun.
    pub(super) steps: AtomicUsize,
    /// A source was dropped.
    pub(super) is_dropped: Notify,
    /// Work came to its end.
    pub(super) is_done: Notify,
}

impl Signs {
    /// Blocks its thread until it may go on.
    fn block(&self) {
        self.blocks.notify_one();
        let mut may_go_on = self.may_go_on.lock().unwrap();
        while *may_go_on == 0 {
            may_go_on = self.gone_on.wait(may_go_on).unwrap();
        }
        *may_go_on -= 1;
    }

    /// Lets so many go on.
    pub(super) fn go_on(&self, count: usize) {
        *self.may_go_on.lock().unwrap() += count;
        self.gone_on.notify_all();
    }
}

/// The number of lines of most bodies.
pub(super) const LINES: usize = 5_000;

/// A line of them, of a length that is no other's near it.
pub(super) fn line(number: usize) -> String {
    format!("{number} {}\u{e9}\n", &"..........."[..number % 11])
}

/// The lines, read a few bytes at a time.
struct Lines {
    next: usize,
    rest: Vec<u8>,
    reads: usize,
}

impl Read for Lines {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && self.next < LINES {
            let until = LINES.min(self.next + 1 + self.next % 900);
            self.rest = (self.next..until).map(line).collect::<String>().into();
            self.next = until;
        }
        self.reads += 1;
        if self.reads.is_multiple_of(7) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = self.rest.len().min(buf.len());
        buf[..n].copy_from_slice(&self.rest[..n]);
        self.rest.drain(..n);
        Ok(n)
    }
}

/// An iterator that blocks in each step.
struct Blocked {
    signs: Arc<Signs>,
    /// The number of items, after which it ends so.
    items: usize,
    end: End,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Failed,
    InOrder,
    Panicked,
}

impl Iterator for Blocked {
    type Item = io::Result<&'static str>;

    fn next(&mut self) -> Option<io::Result<&'static str>> {
        self.signs.steps.fetch_add(1, Ordering::SeqCst);
        self.signs.block();
        if self.items > 0 {
            self.items -= 1;
            return Some(Ok("now"));
        }
        match self.end {
            End::Failed => Some(Err(io::ErrorKind::UnexpectedEof.into())),
            End::InOrder => None,
            End::Panicked => panic!("an iterator that is wrong"),
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        self.signs.is_dropped.notify_one();
    }
}

/// The pieces of a path, which it borrows.
struct Pieces<'p>(&'p str);

impl Chunks for Pieces<'_> {
    type Chunk<'c> = &'c str;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&str>, Infallible> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let end = self.0.find('/').map_or(self.0.len(), |at| at + 1);
        let (piece, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok(Some(piece))
    }
}

/// Tells when it is dropped.
struct Told(Arc<Signs>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.is_dropped.notify_one();
    }
}

async fn stream<C: Chunks, T: Transport>(
    responder: Responder<'_, T>,
    source: C,
) -> Result<Answered, Unanswered> {
    let sent = responder.stream(
        |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
        source,
    );
    Ok(sent.await?)
}

impl Sources {
    pub(crate) async fn answer<R: replywire_std::Runtime, T: Transport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let signs = &self.0;
        let lines = (0..LINES).map(line);
        let path = request.path();
        match path {
            "/iter" => stream(responder, Blocking::<R, _>::iter(lines)).await,
            "/results" => {
                let results = lines.map(|line| Ok::<_, Infallible>(line.into_bytes()));
                stream(responder, Blocking::<R, _, _>::try_iter(results)).await
            }
            "/read" => {
                let lines = Lines {
                    next: 0,
                    rest: Vec::new(),
                    reads: 0,
                };
                stream(responder, Blocking::<R, _, _>::read(lines)).await
            }
            "/from-fn" => {
                let mut lines = lines;
                stream(responder, Blocking::<R, _>::from_fn(move || lines.next())).await
            }
            "/receiver" => {
                let (sender, receiver) = std::sync::mpsc::sync_channel(7);
                thread::spawn(move || lines.map(|line| sender.send(line)).all(|sent| sent.is_ok()));
                stream(responder, Blocking::<R, _>::iter(receiver)).await
            }
            "/channel" => {
                let (sender, receiver) = smol::channel::bounded(7);
                thread::spawn(move || {
                    lines
                        .map(|line| sender.send_blocking(line))
                        .all(|sent| sent.is_ok())
                });
                stream(responder, FromStream::plain(Box::pin(receiver))).await
            }
            "/recv" => {
                let (sender, mut receiver) = tokio::sync::mpsc::channel(7);
                thread::spawn(move || {
                    lines
                        .map(|line| sender.blocking_send(line))
                        .all(|sent| sent.is_ok())
                });
                stream(
                    responder,
                    chunks_from_fn(async move || receiver.recv().await),
                )
                .await
            }
            "/block" => {
                let block = chunks(|mut sender| async move {
                    for (at, line) in lines.enumerate() {
                        if at.is_multiple_of(100) {
                            smol::future::yield_now().await;
                        }
                        sender.send(line).await;
                    }
                });
                stream(responder, block).await
            }
            "/try-block" => {
                let (sender, receiver) = smol::channel::bounded(7);
                thread::spawn(move || {
                    lines
                        .map(|line| sender.send_blocking(line))
                        .all(|sent| sent.is_ok())
                });
                let block = try_chunks(|mut sender| async move {
                    for _ in 0..LINES {
                        sender.send(receiver.recv().await?).await;
                    }
                    Ok::<_, smol::channel::RecvError>(())
                });
                stream(responder, block).await
            }
            "/blocked" | "/blocked/fails" | "/blocked/panics" | "/at-once/fails"
            | "/at-once/panics" => {
                let source = Blocked {
                    signs: signs.clone(),
                    items: usize::from(path.starts_with("/blocked")),
                    end: match path.rsplit('/').next() {
                        Some("fails") => End::Failed,
                        Some("panics") => End::Panicked,
                        _ => End::InOrder,
                    },
                };
                stream(responder, Blocking::<R, _, _>::try_iter(source)).await
            }
            "/endless" => {
                let told = Told(signs.clone());
                let endless = move || {
                    told.0.steps.fetch_add(1, Ordering::SeqCst);
                    Some([b'.'; 4096])
                };
                stream(responder, Blocking::<R, _>::from_fn(endless)).await
            }
            "/events" => {
                let source = Blocked {
                    signs: signs.clone(),
                    items: usize::MAX,
                    end: End::InOrder,
                };
                let events = source.map(|item| item.map(|text| Event::new().data(text)));
                let sent = responder.stream(
                    |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                    Blocking::<R, _, _>::try_iter(events),
                );
                Ok(sent.await?)
            }
            "/borrows/block" => {
                let block = chunks(|mut sender| async move {
                    for piece in path.split_inclusive('/') {
                        sender.send(piece).await;
                    }
                });
                stream(responder, block).await
            }
            "/borrows/impl" => stream(responder, Pieces(path)).await,
            "/silent-block" => {
                let told = Told(signs.clone());
                let block = chunks(|mut sender| async move {
                    sender.send("now").await;
                    told.0.blocks.notify_one();
                    pending().await
                });
                stream(responder, block).await
            }
            "/work" | "/work/fails" | "/work/panics" => {
                let signs = Arc::clone(signs);
                let (fails, panics) = (path.ends_with("/fails"), path.ends_with("/panics"));
                let work = blocking::<R, _, _, _>(move || {
                    signs.block();
                    signs.is_done.notify_one();
                    match fails {
                        true => Err(io::Error::other("work that fails")),
                        false if panics => panic!("work that is wrong"),
                        false => Ok(()),
                    }
                });
                responder.ok().background(work).text("hi").await
            }
            _ => responder.ok().text("hi").await,
        }
    }
}
