//! A connection and a source of chunks that follow scripts, and a common log of what they did.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use replywire::body::Trailers;
use replywire_embedded::{Chunks, Idle, KeepAlive, Transport};

/// The events of a connection, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Log {
    /// A read came to an end before its time.
    Cut,
    /// The source was dropped.
    Dropped,
    /// A write failed, or took nothing.
    Failed(Act),
    Flushed,
    /// The connection waited for this long.
    Idled(Option<Duration>),
    /// The source was asked for a chunk.
    Polled,
    /// A read failed.
    Unread,
    /// Background work of this number was begun.
    Worked(usize),
    Wrote(Vec<u8>),
}

/// The log, shared.
#[derive(Clone, Debug, Default)]
pub struct Logs(Rc<RefCell<Vec<Log>>>);

impl Logs {
    pub fn add(&self, log: Log) {
        self.0.borrow_mut().push(log);
    }

    /// All that happened.
    pub fn all(&self) -> Vec<Log> {
        self.0.borrow().clone()
    }

    /// Each write.
    pub fn writes(&self) -> Vec<Vec<u8>> {
        let all = self.0.borrow();
        let writes = all.iter().filter_map(|log| match log {
            Log::Wrote(bytes) => Some(bytes.clone()),
            _ => None,
        });
        writes.collect()
    }

    /// All that was written.
    pub fn wire(&self) -> Vec<u8> {
        self.writes().concat()
    }

    /// The number of times that this happened.
    pub fn count(&self, what: &Log) -> usize {
        self.0.borrow().iter().filter(|log| *log == what).count()
    }
}

/// The outcome of a read or a write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    Fail,
    /// It waits before what comes next.
    Pend,
    /// It takes as many bytes, or all there are.
    Take(usize),
    /// It takes none.
    Zero,
}

/// The error that a connection fails with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl embedded_io_async::Error for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::BrokenPipe
    }
}

/// A connection.
#[derive(Debug, Default)]
pub struct Line {
    input: VecDeque<u8>,
    reads: VecDeque<Act>,
    acts: VecDeque<Act>,
    fails_to_flush: bool,
    idles: VecDeque<Idle>,
    /// The most bytes of memory for a reply, and how many are lent.
    memory: usize,
    pub lent: Arc<AtomicUsize>,
    /// Writes of parts are one.
    is_vectored: bool,
    /// Set when nothing can be written any more.
    pub is_broken: Rc<Cell<bool>>,
    pub logs: Logs,
}

impl Line {
    /// A peer that sends `input` at once and then ends.
    pub fn new(input: impl AsRef<[u8]>) -> Self {
        Self {
            input: input.as_ref().iter().copied().collect(),
            ..Self::default()
        }
    }

    /// Sets the outcomes of the reads; those after take all. One that takes none is the end.
    pub fn reads(mut self, reads: impl IntoIterator<Item = Act>) -> Self {
        self.reads = reads.into_iter().collect();
        self
    }

    /// Sets the outcomes of the writes; those after take all.
    pub fn acts(mut self, acts: impl IntoIterator<Item = Act>) -> Self {
        self.acts = acts.into_iter().collect();
        self
    }

    /// Sets the most bytes of memory for a reply that outgrows its buffer.
    pub fn memory(mut self, most: usize) -> Self {
        self.memory = most;
        self
    }

    /// A write takes several parts.
    pub fn vectored(mut self) -> Self {
        self.is_vectored = true;
        self
    }

    /// A flush fails.
    pub fn failing_to_flush(mut self) -> Self {
        self.fails_to_flush = true;
        self
    }

    /// Sets how waits come to their end; those after have none.
    pub fn idles(mut self, idles: impl IntoIterator<Item = Idle>) -> Self {
        self.idles = idles.into_iter().collect();
        self
    }
}

impl ErrorType for Line {
    type Error = Broken;
}

impl Read for Line {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        let most = loop {
            match self.reads.pop_front().unwrap_or(Act::Take(usize::MAX)) {
                Act::Fail => {
                    self.logs.add(Log::Unread);
                    return Err(Broken);
                }
                Act::Pend => once_pending().await,
                Act::Take(n) => break n,
                Act::Zero => {
                    self.logs.add(Log::Cut);
                    self.input.clear();
                    break 0;
                }
            }
        };
        let n = most.min(buf.len()).min(self.input.len());
        for (to, from) in buf.iter_mut().zip(self.input.drain(..n)) {
            *to = from;
        }
        Ok(n)
    }
}

impl Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Broken> {
        assert!(!bytes.is_empty(), "an empty write says nothing");
        loop {
            let act = self.acts.pop_front().unwrap_or(Act::Take(usize::MAX));
            let act = if self.is_broken.get() { Act::Fail } else { act };
            match act {
                Act::Fail => {
                    self.logs.add(Log::Failed(act));
                    return Err(Broken);
                }
                Act::Pend => once_pending().await,
                Act::Take(n) => {
                    let n = n.min(bytes.len());
                    self.logs.add(Log::Wrote(bytes[..n].to_vec()));
                    return Ok(n);
                }
                Act::Zero => {
                    self.logs.add(Log::Failed(act));
                    return Ok(0);
                }
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Broken> {
        self.logs.add(Log::Flushed);
        match self.fails_to_flush {
            true => Err(Broken),
            false => Ok(()),
        }
    }
}

/// Memory for a reply, counted.
struct Memory(Vec<u8>, Arc<AtomicUsize>);

impl AsMut<[u8]> for Memory {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

impl Transport for Line {
    fn memory(&mut self, size: usize) -> Option<Box<dyn AsMut<[u8]> + Send>> {
        (size <= self.memory).then(|| {
            self.lent.fetch_add(size, Ordering::Relaxed);
            Box::new(Memory(vec![0xaa; size], Arc::clone(&self.lent))) as _
        })
    }

    async fn write_parts(&mut self, [first, then]: [&[u8]; 2]) -> Result<usize, Broken> {
        match self.is_vectored {
            true => self.write(&[first, then].concat()).await,
            false => self.write_more(first).await,
        }
    }

    async fn idle(&mut self, _: &mut [u8], length: Option<Duration>) -> Idle {
        self.logs.add(Log::Idled(length));
        match self.idles.pop_front() {
            Some(idle) => idle,
            None => pending().await,
        }
    }
}

/// Is pending when it is polled first.
pub async fn once_pending() {
    let mut is_pending = true;
    poll_fn(|_| match std::mem::take(&mut is_pending) {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
    .await;
}

/// The next thing that a source does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// Gives it.
    Chunk(Vec<u8>),
    Fail,
    /// Is pending for ever.
    Hang,
    /// Is pending once.
    Wait,
}

/// Gives these bytes.
pub fn chunk(bytes: impl AsRef<[u8]>) -> Next {
    Next::Chunk(bytes.as_ref().to_vec())
}

/// A source of bytes.
#[derive(Debug)]
pub struct Steps {
    steps: VecDeque<Next>,
    chunk: Vec<u8>,
    keep_alive: Option<KeepAlive>,
    trailers: Vec<(&'static str, &'static str)>,
    room: Vec<u8>,
    logs: Logs,
}

impl Steps {
    /// A source that does `steps` and then ends.
    pub fn new(steps: impl IntoIterator<Item = Next>, logs: &Logs) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            chunk: Vec::new(),
            keep_alive: None,
            trailers: Vec::new(),
            room: Vec::new(),
            logs: logs.clone(),
        }
    }

    /// The trailer fields after the last chunk, and how many bytes there are for them.
    pub fn trailers(mut self, fields: &[(&'static str, &'static str)], room: usize) -> Self {
        self.trailers = fields.to_vec();
        self.room = vec![0; room];
        self
    }

    pub fn keep_alive(mut self, keep_alive: Option<KeepAlive>) -> Self {
        self.keep_alive = keep_alive;
        self
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.logs.add(Log::Dropped);
    }
}

/// The error that a source fails with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dry;

impl fmt::Display for Dry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dry")
    }
}

impl std::error::Error for Dry {}

impl Chunks for Steps {
    type Chunk<'c> = &'c [u8];
    type Error = Dry;

    async fn next(&mut self) -> Result<Option<&[u8]>, Dry> {
        self.logs.add(Log::Polled);
        loop {
            match self.steps.pop_front() {
                None => return Ok(None),
                Some(Next::Chunk(bytes)) => {
                    self.chunk = bytes;
                    return Ok(Some(&self.chunk));
                }
                Some(Next::Fail) => return Err(Dry),
                Some(Next::Hang) => pending().await,
                Some(Next::Wait) => once_pending().await,
            }
        }
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        self.keep_alive
    }

    fn trailers(&mut self) -> Trailers<'_> {
        let none = Trailers::new(&mut self.room);
        let fields = self.trailers.iter();
        fields.fold(none, |trailers, (name, value)| {
            trailers.field(*name, *value)
        })
    }
}

impl ErrorType for Steps {
    type Error = Broken;
}

impl Read for Steps {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        if self.chunk.is_empty() {
            match self.next().await {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(0),
                Err(Dry) => return Err(Broken),
            }
        }
        let n = buf.len().min(self.chunk.len());
        buf[..n].copy_from_slice(&self.chunk[..n]);
        self.chunk.drain(..n);
        Ok(n)
    }
}
