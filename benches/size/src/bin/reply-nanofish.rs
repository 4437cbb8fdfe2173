//! The reply by `nanofish`.

#![no_std]
#![no_main]

use size::{answer, program, send};

program!(run());

fn run() {
    if let Some(reply) = size::peer::nanofish::reply(answer()) {
        send(&reply);
    }
}
