//! The time, from SysTick. A hundred ticks a second are few enough for QEMU not to lose any on a
//! host that is busy.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;

use crate::port::CLOCK;

const CYCLES: u32 = CLOCK / TICK_HZ as u32;

struct Ticks {
    now: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static TICKS: Ticks = Ticks {
    now: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

pub(crate) fn start(mut timer: SYST) {
    timer.set_reload(CYCLES - 1);
    timer.set_clock_source(SystClkSource::Core);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// The cycles since the start.
pub(crate) fn cycles() -> u64 {
    critical_section::with(|cs| {
        let within = CYCLES.saturating_sub(SYST::get_current());
        TICKS.now.borrow(cs).get() * u64::from(CYCLES) + u64::from(within)
    })
}

impl Driver for Ticks {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.now.borrow(cs).get())
    }

    /// The next tick looks at what is due.
    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| self.queue.borrow_ref_mut(cs).schedule_wake(at, waker));
    }
}

#[exception]
fn SysTick() {
    critical_section::with(|cs| {
        let now = TICKS.now.borrow(cs).get() + 1;
        TICKS.now.borrow(cs).set(now);
        TICKS.queue.borrow_ref_mut(cs).next_expiration(now);
    });
}
