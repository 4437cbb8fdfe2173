//! All that a board has to supply: a transport, something that polls, buffers, a handler.

#![no_std]
#![no_main]

use core::ptr::NonNull;

use arm_pl011_uart::{Error, PL011Registers, Uart, UniqueMmioPointer};
use cortex_m_rt::entry;
use embassy_futures::block_on;
use embedded_io_async::{ErrorType, Read, Write};
use panic_halt as _;
use replywire::Status;
use replywire_embedded::{
    Answer, Buffers, Handler, Limits, Request, Responder, Transport, serve_connection,
};

struct Wire(Uart<'static>);

impl ErrorType for Wire {
    type Error = Error;
}

// There is nothing else to do meanwhile, so both wait where they are.
impl Read for Wire {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        embedded_io::Read::read(&mut self.0, buf)
    }
}

impl Write for Wire {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        embedded_io::Write::flush(&mut self.0)
    }
}

impl Transport for Wire {}

struct Hello;

impl<T: Transport> Handler<T> for Hello {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
        match request.path() {
            "/" => responder.ok().text("hello\n").await,
            _ => responder.status(Status::NOT_FOUND).empty().await,
        }
    }
}

#[entry]
fn main() -> ! {
    const UART0: NonNull<PL011Registers> =
        NonNull::new(0x4000_c000 as *mut PL011Registers).unwrap();
    // SAFETY: the first PL011 of the LM3S6965 is there, for ever, and `main` runs once.
    #[allow(unsafe_code)]
    let registers = unsafe { UniqueMmioPointer::new(UART0) };
    let mut wire = Wire(Uart::new(registers));
    let (mut request, mut reply) = ([0; 512], [0; 256]);
    loop {
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        // Whatever has ended a connection, on a line the next one begins.
        let _ = block_on(serve_connection(&mut wire, &Hello, buffers, &Limits::new()));
    }
}
