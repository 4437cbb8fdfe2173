#![no_main]

use libfuzzer_sys::fuzz_target;
use replywire_fuzz::world::{Choices, run};

fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = run(Choices::from_bytes(bytes), true) {
        panic!("{}\n{}", broken.why, broken.trace.join("\n"));
    }
});
