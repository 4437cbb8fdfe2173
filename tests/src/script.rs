//! A transport that follows a script, in memory.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::Transport;

/// Gives its input in pieces, then its end; keeps what is written.
#[derive(Clone, Debug)]
pub struct Script {
    input: Vec<Vec<u8>>,
    /// The most bytes that one write takes.
    max_write: usize,
    /// Every read and write is pending once before it is done.
    hesitates: bool,
    /// Each write, whole.
    pub writes: Vec<Vec<u8>>,
}

impl Script {
    /// A transport that gives each of `pieces` to one read, if the read has room for it.
    pub fn new<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Self {
        let mut input: Vec<Vec<u8>> = pieces
            .into_iter()
            .map(|piece| piece.as_ref().to_vec())
            .collect();
        input.retain(|piece| !piece.is_empty());
        input.reverse();
        Self {
            input,
            max_write: usize::MAX,
            hesitates: false,
            writes: Vec::new(),
        }
    }

    /// No write takes more than `bytes`.
    pub fn max_write(mut self, bytes: usize) -> Self {
        self.max_write = bytes;
        self
    }

    /// Every operation is pending once before it is done.
    pub fn hesitates(mut self) -> Self {
        self.hesitates = true;
        self
    }

    /// All that was written.
    pub fn wire(&self) -> Vec<u8> {
        self.writes.concat()
    }

    async fn hesitate(&self) {
        let mut pending = self.hesitates;
        poll_fn(|_| match std::mem::take(&mut pending) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
    }
}

impl ErrorType for Script {
    type Error = Infallible;
}

impl Read for Script {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        self.hesitate().await;
        let Some(piece) = self.input.last_mut() else {
            return Ok(0);
        };
        let n = piece.len().min(buf.len());
        buf[..n].copy_from_slice(&piece[..n]);
        piece.drain(..n);
        if piece.is_empty() {
            self.input.pop();
        }
        Ok(n)
    }
}

impl Write for Script {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        assert!(!bytes.is_empty(), "an empty write says nothing");
        self.hesitate().await;
        let n = bytes.len().min(self.max_write);
        self.writes.push(bytes[..n].to_vec());
        Ok(n)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        self.hesitate().await;
        Ok(())
    }
}

impl Transport for Script {}

/// Polls `future` at most `times`; `None` when it was dropped before its end.
pub fn poll_times<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}
