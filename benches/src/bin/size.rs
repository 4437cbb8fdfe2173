//! Prints how much flash the programs of `benches/size` take on a Cortex-M3.
//!
//! A line
//!
//! ```text
//! size PROGRAM opt=OPT flash=N panics=N
//! ```
//!
//! counts the bytes of code and constants beyond those of the program `empty`, which has the same
//! value and the same buffer and writes no JSON, and the functions of `core::panicking` that were
//! linked. With `--symbols` the functions and constants follow, the largest first,
//!
//! ```text
//! symbol PROGRAM opt=OPT N NAME
//! ```
//!
//! The programs are built by Debian's toolchain, which can build `core` for the target, so that
//! `core` is optimized for size too. Where qemu is installed each program is run first: one that
//! does not send the text it should is not counted.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind};

const USAGE: &str = "usage: size [--symbols] [PROGRAM]...";

const EMPTY: &str = "empty";

const PROGRAMS: &[&str] = &[
    "json-slice-serde",
    "json-slice-hand",
    "json-measured-serde",
    "json-measured-hand",
    "json-resume-serde",
    "json-resume-hand",
    "json-slice-peer",
    "json-write-peer",
];

const OPT_LEVELS: [&str; 2] = ["s", "z"];

/// What every program but `empty` sends.
const TEXT: &str = concat!(
    r#"{"id":4021337100,"name":"roof, north side","on":true,"level":87,"rssi":-67,"#,
    r#""pos":{"x":-120345,"y":998877},"samples":[0,17,4095,65535]}"#,
);

/// What the report is made with, by the names of Debian's packages.
const PACKAGES: [&str; 4] = [
    "cargo-web",
    "rustc-web",
    "rust-web-src",
    "binutils-arm-none-eabi",
];

const QEMU: &str = "qemu-system-arm";

const TARGET: &str = "thumbv7m-none-eabi";

fn main() -> ExitCode {
    let mut with_symbols = false;
    let mut programs = Vec::new();
    for arg in env::args().skip(1) {
        match PROGRAMS.iter().find(|name| **name == arg) {
            Some(name) => programs.push(*name),
            None if arg == "--symbols" => with_symbols = true,
            None => {
                eprintln!("{USAGE}\nprograms: {}", PROGRAMS.join(" "));
                return ExitCode::from(2);
            }
        }
    }
    if programs.is_empty() {
        programs.extend(PROGRAMS);
    }
    if let Some(package) = PACKAGES.iter().find(|package| !is_installed(package)) {
        println!("size: skipped, {package} is not installed");
        return ExitCode::SUCCESS;
    }
    match report(&programs, with_symbols) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("size: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report(programs: &[&str], with_symbols: bool) -> Result<(), String> {
    let can_run = is_installed(QEMU);
    if !can_run {
        eprintln!("size: the programs are not run, {QEMU} is not installed");
    }
    for opt in OPT_LEVELS {
        let folder = build(opt)?;
        let empty = Image::read(&folder.join(EMPTY))?.flash;
        for program in programs {
            let path = folder.join(program);
            if can_run {
                run(&path)?;
            }
            let image = Image::read(&path)?;
            let flash = image.flash.saturating_sub(empty);
            let panics = image.panics();
            println!("size {program} opt={opt} flash={flash} panics={panics}");
            if with_symbols {
                let sized = image.symbols.iter().filter(|symbol| symbol.size > 0);
                for Symbol { size, name } in sized {
                    println!("symbol {program} opt={opt} {size} {name}");
                }
            }
        }
    }
    Ok(())
}

/// Builds all programs; where they are.
fn build(opt: &str) -> Result<PathBuf, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("size");
    let this = env::current_exe().map_err(|error| error.to_string())?;
    // This program is in a folder of its profile, in cargo's target folder.
    let target = this
        .ancestors()
        .nth(2)
        .ok_or("this program has no folder")?
        .join(format!("size-{opt}"));
    let path = env::var("PATH").unwrap_or_default();
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .current_dir(sources)
        .args(["build", "--quiet", "--release", "-Zbuild-std=core"])
        .args(["--target", TARGET, "--config"])
        .arg(format!("profile.release.opt-level='{opt}'"))
        .arg("--target-dir")
        .arg(&target)
        .env("PATH", format!("/usr/bin:{path}"))
        .env("RUSTC_BOOTSTRAP", "1");
    // What the cargo that runs this program says of itself is not for the other.
    for name in [
        "CARGO",
        "CARGO_BUILD_TARGET",
        "CARGO_ENCODED_RUSTFLAGS",
        "LD_LIBRARY_PATH",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
    ] {
        cargo.env_remove(name);
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(target.join(TARGET).join("release")),
        Ok(status) => Err(format!("cargo: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// Runs a program, which must send [`TEXT`].
fn run(path: &Path) -> Result<(), String> {
    let output = Command::new("timeout")
        .args(["20", QEMU, "-machine", "lm3s6965evb"])
        .args(["-display", "none", "-monitor", "none", "-serial", "stdio"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{QEMU}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match output.status.success() && text == TEXT {
        true => Ok(()),
        false => Err(format!("{}: {}: {text}", path.display(), output.status)),
    }
}

/// A linked program.
struct Image {
    /// How many bytes of it are code and constants.
    flash: u64,
    /// Its functions and constants, the largest first.
    symbols: Vec<Symbol>,
}

struct Symbol {
    size: u64,
    name: String,
}

impl Image {
    fn read(path: &Path) -> Result<Self, String> {
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let data = fs::read(path).map_err(|error| said(&error))?;
        let file = object::File::parse(data.as_slice()).map_err(|error| said(&error))?;
        let flash = file
            .sections()
            .filter(|section| is_flash(section.kind()))
            .map(|section| section.size())
            .sum();
        let mut symbols: Vec<Symbol> = file
            .symbols()
            .filter(|symbol| {
                let section = symbol.section_index();
                section
                    .and_then(|index| file.section_by_index(index).ok())
                    .is_some_and(|section| is_flash(section.kind()))
            })
            .map(|symbol| Symbol {
                size: symbol.size(),
                name: demangled(symbol.name().unwrap_or_default()),
            })
            .collect();
        symbols.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        Ok(Self { flash, symbols })
    }

    fn panics(&self) -> usize {
        let of_core = |symbol: &&Symbol| symbol.name.contains("core::panicking");
        self.symbols.iter().filter(of_core).count()
    }
}

const fn is_flash(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Data
            | SectionKind::ReadOnlyData
            | SectionKind::ReadOnlyString
            | SectionKind::Text
    )
}

fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}
