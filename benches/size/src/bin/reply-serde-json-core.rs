//! The reply by `core::fmt`, its JSON by `serde-json-core`.

#![no_std]
#![no_main]

use size::{answer, program, send};

program!(run());

fn run() {
    if let Some(reply) = size::peer::fmt::head(answer()) {
        send(reply.as_bytes());
    }
}
