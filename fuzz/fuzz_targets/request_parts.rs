#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::request_parts;

fuzz_target!(|data: &[u8]| request_parts::check(data));
