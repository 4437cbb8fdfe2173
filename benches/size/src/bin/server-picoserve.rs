//! A server by `picoserve`.

#![no_std]
#![no_main]

use size::{Uart, answer, block_on, buffer, peer::picoserve, program};

program!(block_on(picoserve::serve(Uart::take(), answer(), buffer())));
