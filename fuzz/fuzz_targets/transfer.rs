#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::transfer::{self, Case};

fuzz_target!(|case: Case| transfer::check(&case));
