//! The routes over the serial port of an LM3S6965, as QEMU's `lm3s6965evb` has it.
//!
//! A serial line has no connections, so where one ends is this program's to say; see `line`.

#![no_std]
#![no_main]

use core::cell::Cell;

use embassy_executor::Spawner;
use embassy_time::{Instant, Timer};
use panic_halt as _;
use replywire_embedded::{
    Answered, Buffers, Closed, Handler, Limits, Request, Responder, Unanswered, serve_connection,
};
use routes::{Board, Site, Stack};

use crate::line::Line;

mod line;
mod port;
mod stack;
mod ticks;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let Some(core) = cortex_m::Peripherals::take() else {
        return;
    };
    ticks::start(core.SYST);
    port::start();
    let site = Polite {
        site: Site::new(Lm3s6965, &["localhost", "127.0.0.1"]),
        ends: Cell::new(false),
    };
    let (mut request, mut reply) = ([0; 1024], [0; 1024]);
    loop {
        site.ends.set(false);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let mut line = Line::new();
        let closed = serve_connection(&mut line, &site, buffers, &LIMITS).await;
        if closed == Ok(Closed::Server) && !site.ends.get() {
            line.skip().await;
        }
    }
}

const LIMITS: Limits<24> = Limits::new().headers();

/// The site, and whether the client itself asked for the end of the connection: then what comes
/// next is a new connection, and not the rest of what could not be read.
struct Polite<B> {
    site: Site<B>,
    ends: Cell<bool>,
}

impl<B: Board> Handler<Line> for Polite<B> {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        let is_whole = responder.remaining() == Some(0);
        self.ends.set(is_whole && !request.exchange().keep_alive());
        self.site.handle(request, responder).await
    }
}

struct Lm3s6965;

impl Board for Lm3s6965 {
    fn uptime(&self) -> u64 {
        Instant::now().as_millis()
    }

    async fn sleep(&self, millis: u32) {
        Timer::after_millis(millis.into()).await;
    }

    /// QEMU's board has no thermometer.
    fn temperature(&self) -> i32 {
        routes::wave(self.uptime())
    }

    /// Nor has it a source of chance: this is when the request was read, in cycles, which can be
    /// guessed.
    fn nonce(&self) -> u64 {
        ticks::cycles()
    }

    fn stack(&self) -> Stack {
        stack::measure()
    }
}
