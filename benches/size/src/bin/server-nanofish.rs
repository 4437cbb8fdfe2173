//! A server by `nanofish`.

#![no_std]
#![no_main]

use size::{Uart, answer, block_on, peer::nanofish, program};

program!(block_on(nanofish::serve(Uart::take(), answer())));
