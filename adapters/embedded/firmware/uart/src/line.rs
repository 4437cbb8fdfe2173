//! A serial line as a transport.
//!
//! A line has no connections, so they end by rule. Half a request that pauses is over, and so is
//! what was spoken after an upgrade. After what could not be read, all is dropped up to a pause.
//! Whoever sends while a stream waits for its next event is a client that does not want the rest of
//! it.

use core::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_time::{Timer, with_timeout};
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use replywire_embedded::{Idle, Phase, Transport};

use crate::port;

/// The time that half a request may pause.
const PAUSE: embassy_time::Duration = embassy_time::Duration::from_millis(250);

/// The time without a byte after which the rest of what could not be read is over.
const QUIET: embassy_time::Duration = embassy_time::Duration::from_millis(50);

pub(crate) struct Line {
    phase: Phase,
    is_under_way: bool,
}

impl Line {
    pub(crate) const fn new() -> Self {
        Self {
            phase: Phase::Idle,
            is_under_way: false,
        }
    }

    /// Reads and drops what comes until the line is quiet.
    pub(crate) async fn skip(&mut self) {
        let mut dropped = [0; 64];
        while with_timeout(QUIET, port::read(&mut dropped)).await.is_ok() {}
    }
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        let read = port::read(buf);
        match self.phase {
            Phase::Idle => Ok(read.await),
            // A reply to half a head would be read as the one to the next client's request.
            // What is spoken after an upgrade ends with a pause.
            Phase::Head | Phase::Upgraded => Ok(with_timeout(PAUSE, read).await.unwrap_or(0)),
            _ => with_timeout(PAUSE, read)
                .await
                .map_err(|_| ErrorKind::TimedOut),
        }
    }
}

impl Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(port::write(bytes).await)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        port::flush().await;
        Ok(())
    }
}

impl Transport for Line {
    fn phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    fn under_way(&mut self, is_under_way: bool) {
        self.is_under_way = is_under_way;
    }

    async fn idle(&mut self, room: &mut [u8], length: Option<Duration>) -> Idle {
        let over = async {
            match length.and_then(|length| length.try_into().ok()) {
                Some(length) => Timer::after(length).await,
                None => core::future::pending().await,
            }
        };
        let arrival = async {
            match (self.is_under_way, room.is_empty()) {
                (true, _) => {
                    port::arrival().await;
                    Idle::Closed
                }
                // Requests that follow wait until the handler is done.
                (false, true) => core::future::pending().await,
                (false, false) => Idle::Received(port::read(room).await),
            }
        };
        match select(arrival, over).await {
            Either::First(idle) => idle,
            Either::Second(()) => Idle::Over,
        }
    }
}
