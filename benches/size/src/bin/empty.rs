//! Reads the value and sends the buffer, and writes no JSON.

#![no_std]
#![no_main]

use core::hint::black_box;

use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    black_box(dev);
    send(buf);
}
