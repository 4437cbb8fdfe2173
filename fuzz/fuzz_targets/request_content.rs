#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::request::content;

fuzz_target!(|data: &[u8]| content::check(data));
