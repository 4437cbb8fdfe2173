//! Calls all that `replywire` offers, with arguments that the compiler cannot see through.
//!
//! Nothing here is run. `tests/panics.rs` builds it and looks at the symbols of the object: what is
//! linked is what can be reached, so a name of the panic machinery means a panic that can be.

#![no_std]
#![cfg_attr(
    any(feature = "one-dialect", feature = "panicking"),
    allow(
        dead_code,
        unused_imports,
        reason = "what the surface is made with is left, without some of it"
    )
)]

use core::fmt::{self, Debug, Display, Write};
use core::hint::black_box;
use core::panic::PanicInfo;

#[cfg(not(feature = "panicking"))]
mod documents;
#[cfg(not(feature = "panicking"))]
mod fields;
#[cfg(not(feature = "panicking"))]
mod files;
#[cfg(not(feature = "panicking"))]
mod json;
#[cfg(not(feature = "panicking"))]
mod replies;
#[cfg(not(feature = "panicking"))]
mod streams;

unsafe extern "C" {
    /// Defined nowhere, so that even a panic that is inlined to its end leaves a name.
    safe fn surface_panicked() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    surface_panicked()
}

/// The panic that the test must find: an index that only run time knows.
#[cfg(feature = "panicking")]
#[unsafe(no_mangle)]
pub extern "C" fn surface_panicking(at: usize) -> u8 {
    bytes()[at]
}

/// A text of unknown content and length.
fn text() -> &'static str {
    black_box("text")
}

/// Bytes of unknown content and length.
fn bytes() -> &'static [u8] {
    black_box(b"bytes")
}

/// Any of the values that a type can have, as far as the compiler knows.
fn any<T>(value: T) -> T {
    black_box(value)
}

/// A buffer of unknown length, with unknown bytes.
fn room(bytes: &mut [u8; 512]) -> &mut [u8] {
    black_box(bytes)
}

fn keep<T>(value: T) {
    black_box(value);
}

fn show_debug(value: &dyn Debug) {
    let mut out = Out;
    let out: &mut dyn Write = black_box(&mut out);
    keep(write!(out, "{:?}", black_box(value)));
    keep(write!(out, "{:#?}", black_box(value)));
    keep(write!(out, "{:>40.4?}", black_box(value)));
}

fn show<T: Debug + Display>(value: &T) {
    let mut out = Out;
    let out: &mut dyn Write = black_box(&mut out);
    let display: &dyn Display = value;
    keep(write!(out, "{}", black_box(display)));
    keep(write!(out, "{:>40.4}", black_box(display)));
    show_debug(value);
}

struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        black_box(Ok(()))
    }
}
