//! The server over a simulated world, by many seeds.
//!
//! `REPLYWIRE_SCHEDULES` says how many runs there are, and `REPLYWIRE_SEED` has one run alone, with
//! its trace.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use conformance::faults;
use conformance::world::{Choices, run};

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

#[test]
fn every_schedule_keeps_the_rules() {
    let (first, count) = match number("REPLYWIRE_SEED") {
        Some(seed) => (seed, 1),
        None => (0, number("REPLYWIRE_SCHEDULES").unwrap_or(2000)),
    };
    for seed in first..first + count {
        if run(Choices::seeded(seed), false).is_err() {
            let broken = run(Choices::seeded(seed), true).expect_err("the same run again");
            panic!("seed {seed}: {}\n{}", broken.why, broken.trace.join("\n"));
        }
    }
}

/// As in the fuzz target: few bytes, whose like a seed never makes, and then by chance.
#[test]
fn the_choices_of_a_fuzzer_keep_them_too() {
    for len in [0, 10, 100, 1000] {
        for byte in 0..=25 {
            let bytes: Vec<u8> = (0..len).map(|at| (byte * 10) ^ (at % 7) as u8).collect();
            if let Err(broken) = run(Choices::from_bytes(&bytes), true) {
                let trace = broken.trace.join("\n");
                panic!("{len} bytes by {byte}: {}\n{trace}", broken.why);
            }
        }
    }
}

#[test]
fn each_fault_to_plant_has_its_place() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = BTreeMap::<_, String>::new();
    for (number, fault) in faults::all().iter().enumerate() {
        let source = sources
            .entry(fault.file.clone())
            .or_insert_with(|| fs::read_to_string(workspace.join(&fault.file)).expect(&fault.file));
        *source = fault.planted(source, number);
    }
}
