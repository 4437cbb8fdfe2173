//! What `serde` derives, into a slice; where it is too short, how much it needed.

#![no_std]
#![no_main]

use replywire::json::Python;
use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    if let Ok(len) = Python::of(dev).write(buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
