//! The reply into a buffer, with what `serde` derives.

#![no_std]
#![no_main]

use replywire::request::Exchange;
use size::{Answer, answer, buffer, program, reply, send};

program!(run(answer(), buffer()));

fn run(answer: &Answer<'_>, buf: &mut [u8]) {
    if let Ok(reply) = reply::serde(&Exchange::GET, buf, answer) {
        send(reply.as_bytes());
    }
}
