#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::fields;

fuzz_target!(|data: &[u8]| fields::check(data));
