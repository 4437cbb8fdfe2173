#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::dates;

fuzz_target!(|data: &[u8]| dates::check(data));
