//! Two lines of a field of one value in a head that is built at compile time.

use replywire::{Head, Status, head};

const PAGE: Head = head!(Status::OK, "retry-after" => "1", "Retry-After" => "2");

fn main() {
    let _ = PAGE;
}
