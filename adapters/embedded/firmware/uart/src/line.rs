//! A serial line as a transport.
//!
//! A line has no connections, so they end by rule. Half a request that pauses is over. After what
//! could not be read, all is dropped up to a pause. Whoever sends while a stream waits for its next
//! event is a client that does not want the rest of it.

use core::convert::Infallible;
use core::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_time::{Timer, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::{Idle, Phase, Transport};

use crate::port;

/// The time that half a request may pause.
const PAUSE: embassy_time::Duration = embassy_time::Duration::from_millis(250);

/// The time without a byte after which the rest of what could not be read is over.
const QUIET: embassy_time::Duration = embassy_time::Duration::from_millis(50);

pub(crate) struct Line {
    phase: Phase,
}

impl Line {
    pub(crate) const fn new() -> Self {
        Self { phase: Phase::Idle }
    }

    /// Reads and drops what comes until the line is quiet.
    pub(crate) async fn skip(&mut self) {
        let mut dropped = [0; 64];
        while with_timeout(QUIET, port::read(&mut dropped)).await.is_ok() {}
    }
}

impl ErrorType for Line {
    type Error = Infallible;
}

impl Read for Line {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let read = port::read(buf);
        Ok(match self.phase {
            Phase::Idle => read.await,
            _ => with_timeout(PAUSE, read).await.unwrap_or(0),
        })
    }
}

impl Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(port::write(bytes).await)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        port::flush().await;
        Ok(())
    }
}

impl Transport for Line {
    fn phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    async fn idle(&mut self, length: Option<Duration>) -> Idle {
        let over = async {
            match length.and_then(|length| length.try_into().ok()) {
                Some(length) => Timer::after(length).await,
                None => core::future::pending().await,
            }
        };
        match select(port::arrival(), over).await {
            Either::First(()) => Idle::Closed,
            Either::Second(()) => Idle::Over,
        }
    }
}
