//! What a program takes while it runs: stack, time, writes.
//!
//! qemu counts an instruction as 1024 ns, and the timer counts every 80 ns, so its ticks are
//! instructions. They are counted only while the program has neither to wait nor to send.

use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::port;

static SINCE: AtomicU32 = AtomicU32::new(0);
static TICKS: AtomicU32 = AtomicU32::new(0);
static WRITES: AtomicU32 = AtomicU32::new(0);

/// Paints the stack and starts the timer.
#[inline(always)]
pub fn begin() {
    const RELOAD: *mut u32 = 0xe000_e014 as *mut u32;
    const CONTROL: *mut u32 = 0xe000_e010 as *mut u32;
    const ENABLE_BY_PROCESSOR_CLOCK: u32 = 5;

    paint();
    // SAFETY: the timer is always there, and no one else has it.
    unsafe {
        RELOAD.write_volatile(MOST_TICKS);
        VALUE.write_volatile(0);
        CONTROL.write_volatile(ENABLE_BY_PROCESSOR_CLOCK);
    }
    restart();
}

/// Forgets what was counted.
#[inline(always)]
pub fn restart() {
    TICKS.store(0, Relaxed);
    WRITES.store(0, Relaxed);
    resume();
}

#[inline(always)]
pub(crate) fn resume() {
    SINCE.store(value(), Relaxed);
}

#[inline(always)]
pub(crate) fn pause() {
    // The timer counts down.
    let ticks = SINCE.load(Relaxed).wrapping_sub(value()) & MOST_TICKS;
    TICKS.store(TICKS.load(Relaxed).wrapping_add(ticks), Relaxed);
}

#[inline(always)]
pub(crate) fn count_write() {
    WRITES.store(WRITES.load(Relaxed).wrapping_add(1), Relaxed);
}

#[inline(always)]
pub fn end() -> ! {
    pause();
    tell()
}

/// Tells the figures, and ends qemu.
#[inline(always)]
pub(crate) fn tell() -> ! {
    for figure in [stack(), TICKS.load(Relaxed), WRITES.load(Relaxed)] {
        port::tell(figure);
    }
    port::exit()
}

const VALUE: *mut u32 = 0xe000_e018 as *mut u32;
const MOST_TICKS: u32 = 0xff_ffff;

#[inline(always)]
fn value() -> u32 {
    // SAFETY: the timer is always there.
    unsafe { VALUE.read_volatile() }
}

const PAINT: u32 = 0x5a5a_a5a5;

unsafe extern "C" {
    static mut stack_end: u32;
    static stack_top: u32;
}

/// Paints what the stack has not reached.
#[inline(always)]
fn paint() {
    let mut at = &raw mut stack_end;
    // SAFETY: nothing is between the end of the data and the stack, which this loop does not use.
    unsafe {
        let pointer: *mut u32;
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack));
        while at < pointer {
            at.write_volatile(PAINT);
            at = at.add(1);
        }
    }
}

/// How much of the stack was reached, in bytes.
#[inline(always)]
fn stack() -> u32 {
    let mut at = &raw const stack_end;
    // SAFETY: the program itself is on the stack, so there is an end of the paint.
    unsafe {
        while at.read_volatile() == PAINT {
            at = at.add(1);
        }
    }
    (&raw const stack_top).addr().wrapping_sub(at.addr()) as u32
}
