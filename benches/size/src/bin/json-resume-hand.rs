//! What writes itself by hand, through 64 bytes.

#![no_std]
#![no_main]

use replywire::json::{Python, Resumable};
use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    let buf = buf.get_mut(..64).unwrap_or_default();
    let mut document = Resumable::new(Python::by_hand(dev));
    while let Ok(len @ 1..) = document.fill(buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
