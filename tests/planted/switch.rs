
/// The switch of the planted faults.
pub mod planted {
    use core::sync::atomic::{AtomicU64, Ordering};

    static ON: AtomicU64 = AtomicU64::new(0);

    /// Switches one fault on.
    pub fn switch_on(fault: u64) {
        ON.store(fault, Ordering::Relaxed);
    }

    /// Tells whether a fault is on.
    pub fn on(fault: u64) -> bool {
        ON.load(Ordering::Relaxed) == fault
    }
}
