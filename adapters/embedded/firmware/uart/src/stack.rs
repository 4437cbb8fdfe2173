//! The depth of the stack: it is painted before `main`, and what is no longer paint was used.

use cortex_m_rt::STACK_PAINT_VALUE;
use routes::Stack;

const WORD: usize = size_of::<u32>();

pub(crate) fn measure() -> Stack {
    let end = (&raw const _stack_end).expose_provenance();
    let start = (&raw const _stack_start).expose_provenance();
    let painted = (end..start).step_by(WORD).take_while(|address| {
        let word = core::ptr::with_exposed_provenance::<u32>(*address);
        // SAFETY: this RAM is always there, and of every word of it the value is a number. What an
        // interrupt writes meanwhile is seen by the next measurement.
        #[allow(unsafe_code)]
        let value = unsafe { word.read_volatile() };
        value == STACK_PAINT_VALUE
    });
    let size = start - end;
    Stack {
        deepest: size - painted.count() * WORD,
        size,
    }
}

// SAFETY: `link.x` of cortex-m-rt defines both; only their addresses are used.
#[allow(unsafe_code)]
unsafe extern "C" {
    safe static _stack_end: u32;
    safe static _stack_start: u32;
}
