//! The contenders of all groups, timed by criterion.
//!
//! `cargo bench -p benches -- head/cookie` picks a work.

use std::time::Instant;

use benches::GROUPS;
use criterion::{Criterion, criterion_group, criterion_main};

fn works(criterion: &mut Criterion) {
    for group in GROUPS {
        for work in (group.works)() {
            let mut criterion = criterion.benchmark_group(format!("{}/{}", group.name, work.name));
            for mut contender in work.contenders {
                criterion.bench_function(contender.name, |bencher| {
                    bencher.iter_custom(|times| {
                        let start = Instant::now();
                        contender.run(times);
                        start.elapsed()
                    });
                });
            }
            criterion.finish();
        }
    }
}

criterion_group!(all, works);
criterion_main!(all);
