//! What the programs share: the values they write, the buffer, the ports, and what is measured.
//!
//! Values and buffer are opaque to the compiler, so that a program is what it would be with values
//! known at run time. The programs `empty` do all but to write; what another program takes beyond
//! its empty one is the writing.

#![no_std]

mod answer;
mod block_on;
mod buffer;
mod dev;
pub mod meter;
pub mod peer;
mod port;
pub mod reply;
mod uart;

use core::panic::PanicInfo;

pub use self::answer::{Answer, Reading, answer};
pub use self::block_on::block_on;
pub use self::buffer::{ROOM, buffer, request_buffer};
pub use self::dev::{Dev, Pos, TEXT_ROOM, dev};
pub use self::port::send;
pub use self::uart::Uart;

/// Says what a program does, between the two looks of the meter.
#[macro_export]
macro_rules! program {
    ($run:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn start() -> ! {
            $crate::meter::begin();
            $run;
            $crate::meter::end()
        }
    };
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
