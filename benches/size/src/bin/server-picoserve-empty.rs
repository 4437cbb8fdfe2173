//! A server by `picoserve` that answers with no content.

#![no_std]
#![no_main]

use size::{Uart, block_on, buffer, peer::picoserve, program};

program!(block_on(picoserve::serve_empty(Uart::take(), buffer())));
