//! The reply by `edge-http`, which writes it in pieces.

#![no_std]
#![no_main]

use size::{Uart, answer, block_on, peer::edge_http, program};

program!(block_on(edge_http::reply(Uart::take(), answer())));
