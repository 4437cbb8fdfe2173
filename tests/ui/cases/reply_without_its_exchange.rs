//! A reply that does not say what it answers.

use replywire::{Response, Status};

fn main() {
    let mut buf = [0; 64];
    let _reply = Response::new(&mut buf, Status::OK).text("hi");
}
