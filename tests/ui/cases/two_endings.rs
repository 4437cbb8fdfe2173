//! Two endings of one reply.

use replywire::request::Exchange;
use replywire::{Response, Status};

fn main() {
    let mut buf = [0; 64];
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK).header("x-a", "1");
    let _first = response.text("hi");
    let _second = response.empty();
}
