//! A server by `edge-http`.

#![no_std]
#![no_main]

use size::{Uart, answer, block_on, buffer, peer::edge_http, program};

program!(block_on(edge_http::serve(Uart::take(), answer(), buffer())));
