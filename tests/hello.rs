//! The first program of each adapter's README.

use std::fs;
use std::path::Path;

#[test]
fn hello_world_takes_twelve_lines_at_most_on_each_runtime() {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters");
    for adapter in ["async-std", "embedded", "smol", "tokio"] {
        let readme = fs::read_to_string(adapters.join(adapter).join("README.md")).unwrap();
        let (_, rest) = readme.split_once("```rust").expect("a program");
        let (_, program) = rest.split_once('\n').unwrap();
        let (program, _) = program.split_once("```").expect("its end");
        // It compiles as the documentation of the crate, whose lines of its own are all shown.
        assert!(program.contains(".await"), "{adapter}");
        assert!(program.lines().count() <= 12, "{adapter}: {program}");
        assert!(
            program.lines().all(|line| !line.starts_with("# ")),
            "{adapter}"
        );
    }
}
