#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::input::Case;
use replywire_fuzz::oracle;

fuzz_target!(|case: Case| oracle::check(&case));
