#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::document;
use replywire_fuzz::input::ValueCase;

fuzz_target!(|case: ValueCase| document::check(&case));
