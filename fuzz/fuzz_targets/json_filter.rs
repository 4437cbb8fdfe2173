#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::filtered;
use replywire_fuzz::input::filter::FilterCase;

fuzz_target!(|case: FilterCase| filtered::check(&case));
