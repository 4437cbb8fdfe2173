#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::range;

fuzz_target!(|data: &[u8]| range::check(data));
