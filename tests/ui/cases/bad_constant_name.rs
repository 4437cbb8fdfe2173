//! A constant name that is no token.

use replywire::{HeaderName, header_name};

const NAME: HeaderName = header_name!("x cat");

fn main() {
    let _ = NAME;
}
