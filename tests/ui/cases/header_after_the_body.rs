//! A header after the body.

use replywire::request::Exchange;
use replywire::{Response, Status};

fn main() {
    let mut buf = [0; 64];
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    let _reply = response.text("hi");
    let _late = response.header("late", "no");
}
