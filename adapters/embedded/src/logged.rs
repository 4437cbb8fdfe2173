//! A transport that logs to a device's log what becomes of its requests.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::future::Future;
use core::net::SocketAddr;
use core::task::{Context, Poll};
use core::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;

use crate::event::Event;
use crate::transport::{Idle, Phase, Transport};

/// A transport that logs each request, reply and failure by `defmt`: requests and replies with the
/// level `info`, failures with `warn`. All else it leaves to the transport in it.
#[derive(Debug)]
pub struct Logged<T>(pub T);

impl<T: ErrorType> ErrorType for Logged<T> {
    type Error = T::Error;
}

impl<T: Read> Read for Logged<T> {
    fn read(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<usize, T::Error>> {
        self.0.read(buf)
    }
}

impl<T: Write> Write for Logged<T> {
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, T::Error>> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> impl Future<Output = Result<(), T::Error>> {
        self.0.flush()
    }
}

impl<T: Transport> Transport for Logged<T> {
    const OBSERVES: bool = true;

    fn phase(&mut self, phase: Phase) {
        self.0.phase(phase);
    }

    fn write_more(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, T::Error>> {
        self.0.write_more(bytes)
    }

    #[cfg(feature = "alloc")]
    fn write_parts(&mut self, parts: [&[u8]; 2]) -> impl Future<Output = Result<usize, T::Error>> {
        self.0.write_parts(parts)
    }

    fn idle(&mut self, room: &mut [u8], length: Option<Duration>) -> impl Future<Output = Idle> {
        self.0.idle(room, length)
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.0.peer()
    }

    fn under_way(&mut self, is_under_way: bool) {
        self.0.under_way(is_under_way);
    }

    #[cfg(feature = "alloc")]
    fn memory(&mut self, size: usize) -> Option<Box<dyn AsMut<[u8]> + Send>> {
        self.0.memory(size)
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_closing(cx)
    }

    fn observe(&mut self, event: Event<'_>) {
        match event {
            Event::Request(request) => {
                defmt::info!("{} {}", request.method(), request.target());
            }
            Event::Reply { status, len } => defmt::info!("{}, {} bytes", status.code(), len),
            Event::Failed(failure) => defmt::warn!("{}", failure),
            // The failure tells of a refusal.
            Event::Refused(_) | Event::Interim { .. } | Event::Withdrawn | Event::End => {}
        }
        self.0.observe(event);
    }

    fn now(&self) -> Option<HttpDate> {
        self.0.now()
    }
}
