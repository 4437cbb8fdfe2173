//! A reply that is begun and never ended.

#![deny(unused_must_use)]

use replywire::request::Exchange;
use replywire::{Response, Status};

fn main() {
    let mut buf = [0; 64];
    Response::to(&Exchange::GET, &mut buf, Status::OK).header("x-a", "1");
}
