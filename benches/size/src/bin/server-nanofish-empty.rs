//! A server by `nanofish` that answers with no content.

#![no_std]
#![no_main]

use size::{Uart, block_on, peer::nanofish, program};

program!(block_on(nanofish::serve_empty(Uart::take())));
