#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::disposition;

fuzz_target!(|data: &[u8]| disposition::check(data));
