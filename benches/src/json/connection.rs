//! A connection that is never ready at once, and what drives it.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorType, Write};

/// Keeps what is written to it.
pub(super) struct Connection {
    pub(super) received: Vec<u8>,
}

impl ErrorType for Connection {
    type Error = Infallible;
}

impl Write for Connection {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        pending_once().await;
        self.received.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

async fn pending_once() {
    let mut ready = false;
    std::future::poll_fn(|context| match ready {
        true => Poll::Ready(()),
        false => {
            ready = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// Polls until there is an output.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
