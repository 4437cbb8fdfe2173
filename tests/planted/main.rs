//! Runs the world with one planted fault, whose number is the first argument, until something is
//! wrong or the number of runs in the second is over; prints its seed, and what.

#[allow(dead_code)]
mod random;
#[allow(dead_code)]
mod seen;
#[allow(dead_code)]
mod size;
#[allow(dead_code, unused_imports)]
mod world;

use std::env;

use world::{Choices, run};

fn main() {
    let mut numbers = env::args().skip(1).map(|number| number.parse().expect("a number"));
    let (Some(fault), Some(most)) = (numbers.next(), numbers.next()) else {
        panic!("the number of a fault, and that of runs");
    };
    replywire_embedded::planted::switch_on(fault);
    for seed in 0..most {
        if let Err(broken) = run(Choices::seeded(seed), false) {
            println!("seed {seed}: {}", broken.why);
            return;
        }
    }
}
