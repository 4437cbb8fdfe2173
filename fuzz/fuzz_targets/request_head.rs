#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::request::head;

fuzz_target!(|data: &[u8]| head::check(data));
