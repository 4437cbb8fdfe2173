//! The reply by `core::fmt`.

#![no_std]
#![no_main]

use size::{answer, program, send};

program!(run());

fn run() {
    if let Some(reply) = size::peer::fmt::all(answer()) {
        send(reply.as_bytes());
    }
}
