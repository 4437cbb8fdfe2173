//! What `serde` derives, into a slice.

#![no_std]
#![no_main]

use replywire::json::Python;
use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    if let Some(len) = Python::of(dev).try_write(buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
