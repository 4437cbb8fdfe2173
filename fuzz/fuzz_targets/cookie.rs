#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::cookie::{self, Case};

fuzz_target!(|case: Case| cookie::check(case));
