//! Uses that must not compile, each with what the compiler says of it.
//!
//! Compilers word this differently, so one counts; `TRYBUILD=overwrite` has its words written anew.

use std::process::Command;

/// The compiler whose words the cases have.
const COMPILER: &str = "rustc 1.95.0 ";

#[test]
fn wrong_programs_do_not_compile() {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let output = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    if !version.starts_with(COMPILER) {
        println!("skipped: the cases have the words of {COMPILER}, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
