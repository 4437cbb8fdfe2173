//! Prints what the programs of `benches/size` take on a Cortex-M3.
//!
//! A line
//!
//! ```text
//! size PROGRAM opt=OPT flash=N stack=N instructions=N panics=N writes=N
//! ```
//!
//! has the bytes of code and constants, and the instructions, beyond those of the program `empty…`
//! that has the same values, buffers and transport; the bytes of the stack at its deepest, all of it;
//! the functions linked whose names say that they panic; and the writes to the transport. What
//! sends the bytes is not counted. Instructions are counted by qemu and come out the same each time.
//!
//! Arguments name the programs and the levels, `s` and `z`; without them there are all.
//!
//! With `--symbols` the functions and constants follow, the largest first,
//!
//! ```text
//! symbol PROGRAM opt=OPT N NAME
//! ```

use std::env;
use std::process::ExitCode;

use size_report::{OPT_LEVELS, PROGRAMS, Program, missing_package, report};

fn main() -> ExitCode {
    let mut with_symbols = false;
    let mut programs: Vec<&Program> = Vec::new();
    let mut opt_levels = Vec::new();
    for arg in env::args().skip(1) {
        if let Some(opt) = OPT_LEVELS.into_iter().find(|opt| *opt == arg) {
            opt_levels.push(opt);
            continue;
        }
        match PROGRAMS.iter().find(|program| program.name == arg) {
            Some(program) => programs.push(program),
            None if arg == "--symbols" => with_symbols = true,
            None => {
                let names: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
                eprintln!(
                    "usage: size [--symbols] [s] [z] [PROGRAM]...\nprograms: {}",
                    names.join(" ")
                );
                return ExitCode::from(2);
            }
        }
    }
    if programs.is_empty() {
        programs.extend(PROGRAMS);
    }
    if opt_levels.is_empty() {
        opt_levels.extend(OPT_LEVELS);
    }
    if let Some(package) = missing_package() {
        println!("size: skipped, {package} is not installed");
        return ExitCode::SUCCESS;
    }
    match report(&programs, &opt_levels, with_symbols) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("size: {error}");
            ExitCode::FAILURE
        }
    }
}
