//! What the programs share: the value they write, the buffer, and the port their bytes leave by.
//!
//! Value and buffer are opaque to the compiler, so that a program is what it would be with values
//! known at run time. `empty` does all but to write JSON; what another program takes beyond it is
//! the JSON.

#![no_std]

mod hand;

use core::arch::asm;
use core::hint::black_box;
use core::panic::PanicInfo;

use serde::Serialize;

/// What a device tells of itself.
#[derive(Serialize)]
pub struct Dev<'a> {
    pub id: u32,
    pub name: &'a str,
    pub on: bool,
    pub level: u8,
    pub rssi: i16,
    pub pos: Pos,
    pub samples: [u16; 4],
}

#[derive(Serialize)]
pub struct Pos {
    pub x: i32,
    pub y: i32,
}

/// How long the longest text is that a program writes at once.
pub const ROOM: usize = 256;

static DEV: Dev<'static> = Dev {
    id: 4_021_337_100,
    name: "roof, north side",
    on: true,
    level: 87,
    rssi: -67,
    pos: Pos {
        x: -120_345,
        y: 998_877,
    },
    samples: [0, 17, 4095, 65_535],
};

static mut BUFFER: [u8; ROOM] = [0; ROOM];

/// Names the function that a program is.
#[macro_export]
macro_rules! program {
    ($write:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn start() -> ! {
            $write($crate::value(), $crate::buffer());
            $crate::exit()
        }
    };
}

#[inline(always)]
pub fn value() -> &'static Dev<'static> {
    black_box(&DEV)
}

/// The buffer, once.
#[inline(always)]
pub fn buffer() -> &'static mut [u8] {
    // SAFETY: `start` is the only caller, and runs once.
    let buffer = unsafe { &mut *(&raw mut BUFFER) };
    black_box(buffer.as_mut_slice())
}

/// Sends `bytes` by the first serial port of qemu's lm3s6965evb.
#[inline(never)]
pub fn send(bytes: &[u8]) {
    const PORT: *mut u32 = 0x4000_c000 as *mut u32;
    for byte in bytes {
        // SAFETY: the port is always there, and takes a byte at a time.
        unsafe { PORT.write_volatile(u32::from(*byte)) };
    }
}

/// Ends qemu, by semihosting.
#[inline(always)]
pub fn exit() -> ! {
    // SAFETY: nothing runs after it.
    unsafe {
        asm!("bkpt 0xab", in("r0") 0x18, in("r1") 0x20026);
    }
    loop {}
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
