//! What programs take of a Cortex-M3: those of `benches/size`, built and run.
//!
//! Debian's toolchain builds them, because it can build `core` for the target, so that `core` is
//! optimized for size too. Each is run on qemu first: one that does not send what it should is not
//! counted.

mod build;
mod image;
mod meaning;
mod program;
mod run;

use std::process::Command;

use self::image::{Image, Symbol};
pub use self::program::{PROGRAMS, Program};
use self::run::{Run, run};

/// The levels of optimization that there are programs of.
pub const OPT_LEVELS: [&str; 2] = ["s", "z"];

/// What the report is made with, by the names of Debian's packages.
const PACKAGES: [&str; 5] = [
    "cargo-web",
    "rustc-web",
    "rust-web-src",
    "binutils-arm-none-eabi",
    "qemu-system-arm",
];

/// The package that the report cannot be made without and that is not there.
pub fn missing_package() -> Option<&'static str> {
    let is_missing = |package: &&str| {
        !Command::new("dpkg-query")
            .args(["--show", "--showformat=${db:Status-Status}", package])
            .output()
            .is_ok_and(|output| output.stdout == b"installed")
    };
    PACKAGES.into_iter().find(is_missing)
}

/// Prints the lines of `programs` at these levels.
pub fn report(
    programs: &[&Program],
    opt_levels: &[&str],
    with_symbols: bool,
) -> Result<(), String> {
    for opt in opt_levels {
        eprintln!("... size opt={opt} builds the programs");
        let folder = build::build(opt)?;
        for program in programs {
            let Program { name, empty, .. } = program;
            eprintln!("... size opt={opt} runs {name}");
            let image = Image::read(&folder.join(name))?;
            let Run {
                stack,
                instructions,
                writes,
                sent,
            } = run(&folder.join(name))?;
            (program.check)(&sent).map_err(|error| format!("{name}: {error}"))?;
            let flash = image.flash - Image::read(&folder.join(empty))?.flash;
            let instructions = instructions - run(&folder.join(empty))?.instructions;
            let panics = image.panics();
            println!(
                "size {name} opt={opt} flash={flash} stack={stack} instructions={instructions} \
                 panics={panics} writes={writes}"
            );
            if with_symbols {
                let sized = image.symbols.iter().filter(|symbol| symbol.size > 0);
                for Symbol { size, name: symbol } in sized {
                    println!("symbol {name} opt={opt} {size} {symbol}");
                }
            }
        }
    }
    Ok(())
}
