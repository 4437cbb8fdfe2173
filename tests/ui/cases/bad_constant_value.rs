//! A value with a line break in a head that is built at compile time.

use replywire::{Head, Status, head};

const PAGE: Head = head!(Status::OK, "x-a" => "b\r\nset-cookie: evil=1");

fn main() {
    let _ = PAGE;
}
