//! What writes itself by hand, into a slice.

#![no_std]
#![no_main]

use replywire::json::Python;
use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    if let Some(len) = Python::by_hand(dev).try_write(buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
