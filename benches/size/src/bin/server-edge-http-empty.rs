//! A server by `edge-http` that answers with no content.

#![no_std]
#![no_main]

use size::{Uart, block_on, buffer, peer::edge_http, program};

program!(block_on(edge_http::serve_empty(Uart::take(), buffer())));
