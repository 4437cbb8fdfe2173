//! What `serde` derives, into a slice.

#![no_std]
#![no_main]

use replywire::json::{Dialect as _, Document as _, Strict};
use size::{Dev, buffer, dev, program, send};

program!(run(dev(), buffer()));

fn run(dev: &Dev<'_>, buf: &mut [u8]) {
    if let Some(len) = Strict::of(dev).try_write(buf) {
        send(buf.get(..len).unwrap_or_default());
    }
}
