//! Reads what there is to tell and sends the buffer, and writes no reply.

#![no_std]
#![no_main]

use core::hint::black_box;

use size::{Answer, answer, buffer, program, send};

program!(run(answer(), buffer()));

fn run(answer: &Answer<'_>, buf: &mut [u8]) {
    black_box(answer);
    send(buf);
}
