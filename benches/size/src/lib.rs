//! What the programs share: the values they write, the buffer, the ports, and what is measured.
//!
//! Values and buffer are opaque to the compiler, so that a program is what it would be with values
//! known at run time. The programs `empty` do all but to write; what another program takes beyond
//! its empty one is the writing.

#![no_std]

mod answer;
mod dev;
pub mod meter;
mod port;
pub mod reply;

use core::hint::black_box;
use core::panic::PanicInfo;

pub use self::answer::{Answer, Reading, answer};
pub use self::dev::{Dev, Pos, TEXT_ROOM, dev};
pub use self::port::send;

/// How long the longest reply is that a program writes at once.
pub const ROOM: usize = 512;

static mut BUFFER: [u8; ROOM] = [0; ROOM];

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

/// The buffer, once.
#[inline(always)]
pub fn buffer() -> &'static mut [u8] {
    // SAFETY: `start` is the only caller, and runs once.
    let buffer = unsafe { &mut *(&raw mut BUFFER) };
    black_box(buffer.as_mut_slice())
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
