//! The serial ports of qemu's lm3s6965evb: the first is the connection, the second tells figures.

use core::arch::asm;

use crate::meter;

const CONNECTION: *mut u32 = 0x4000_c000 as *mut u32;
const FIGURES: *mut u32 = 0x4000_d000 as *mut u32;

/// Sends `bytes`, in one write.
#[inline(never)]
pub fn send(bytes: &[u8]) {
    meter::pause();
    meter::count_write();
    for byte in bytes {
        put(CONNECTION, *byte);
    }
    meter::resume();
}

/// Waits for a byte.
#[inline(always)]
pub(crate) fn receive() -> u8 {
    const FLAGS: *const u32 = 0x4000_c018 as *const u32;
    const RECEIVE_IS_EMPTY: u32 = 0x10;

    // SAFETY: the port is always there.
    unsafe {
        while FLAGS.read_volatile() & RECEIVE_IS_EMPTY != 0 {}
        CONNECTION.read_volatile() as u8
    }
}

#[inline(always)]
pub(crate) fn tell(figure: u32) {
    for shift in [0, 8, 16, 24] {
        put(FIGURES, (figure >> shift) as u8);
    }
}

#[inline(always)]
fn put(port: *mut u32, byte: u8) {
    // SAFETY: the ports are always there, and take a byte at a time.
    unsafe { port.write_volatile(u32::from(byte)) };
}

/// Ends qemu, by semihosting.
#[inline(always)]
pub(crate) fn exit() -> ! {
    // SAFETY: nothing runs after it.
    unsafe {
        asm!("bkpt 0xab", in("r0") 0x18, in("r1") 0x20026);
    }
    loop {}
}
