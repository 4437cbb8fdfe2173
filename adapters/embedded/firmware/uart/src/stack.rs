//! How deep the stack was: it is painted before `main`, and what is no longer paint was used.

use cortex_m_rt::STACK_PAINT_VALUE;
use routes::Stack;

const WORD: usize = size_of::<u32>();

pub(crate) fn measure() -> Stack {
    let (end, start) = (&raw const _stack_end, &raw const _stack_start);
    let words = (start.addr() - end.addr()) / WORD;
    let painted = (0..words).take_while(|word| {
        // SAFETY: these words are RAM that is always there, and only bytes are made of them. What is
        // behind them is the stack's alone, and a race with an interrupt's use can only tell of it
        // late.
        #[allow(unsafe_code)]
        let value = unsafe { end.add(*word).read_volatile() };
        value == STACK_PAINT_VALUE
    });
    let painted = painted.count();
    Stack {
        deepest: (words - painted) * WORD,
        size: words * WORD,
    }
}

// SAFETY: `link.x` of cortex-m-rt defines both; only their addresses are used.
#[allow(unsafe_code)]
unsafe extern "C" {
    safe static _stack_end: u32;
    safe static _stack_start: u32;
}
