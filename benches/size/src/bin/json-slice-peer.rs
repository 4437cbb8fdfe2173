//! What `serde` derives, by `serde-json-core`.

#![no_std]
#![no_main]

use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    if let Ok(len) = serde_json_core::to_slice(dev, buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
