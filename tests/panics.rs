//! The linked release object of the core names no panic.
//!
//! `surface/` calls all that the core offers, and link-time optimization drops what no call can
//! reach. So a panic's name in what is left is a panic that some input might reach.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use conformance::size;
use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSymbol as _, SymbolKind};

/// The levels that are shipped; or the one that takes the compiler less time.
fn opt_levels() -> &'static [&'static str] {
    size::either(&["s"], &["3", "s"])
}

#[test]
#[ignore = "it builds the core anew: `.ci/run`"]
fn no_panic_is_named_at_any_opt_level_that_is_shipped() {
    let mut named = Vec::new();
    for opt_level in opt_levels() {
        let features = size::either(&["--features", "one-dialect"][..], &[]);
        let symbols = panics(opt_level, features);
        println!("panics opt={opt_level}: {} symbols", symbols.len());
        for symbol in &symbols {
            println!("    {symbol}");
        }
        named.extend(symbols);
    }
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
#[ignore = "it builds the core anew: `.ci/run`"]
fn a_bounds_check_that_can_fail_is_named() {
    for opt_level in opt_levels() {
        let symbols = panics(opt_level, &["--features", "panicking"]);
        for name in ["core::panicking::panic_bounds_check", "surface_panicked"] {
            assert!(
                symbols.contains(name),
                "{opt_level}: no {name} in {symbols:#?}"
            );
        }
    }
}

#[test]
fn the_names_of_panics_are_told_from_others() {
    for name in [
        "core::option::expect_failed",
        "core::option::unwrap_failed",
        "core::panicking::assert_failed::<usize, usize>",
        "core::panicking::panic_const::panic_const_add_overflow",
        "core::panicking::panic_fmt",
        "core::result::unwrap_failed",
        "core::slice::copy_from_slice_impl::len_mismatch_fail",
        "core::slice::index::slice_index_fail",
        "core::slice::index::slice_start_index_len_fail",
        "core::str::slice_error_fail_rt",
        "<[u8]>::copy_from_slice::len_mismatch_fail",
        "__rustc::rust_begin_unwind",
        "rust_begin_unwind",
        "surface_panicked",
    ] {
        assert!(is_panic(name), "{name}");
    }
    for name in [
        "core::fmt::write",
        "core::str::converts::from_utf8",
        "memcpy",
        "replywire::json::JsonError",
        "replywire::transfer::Transfer::filled",
        "surface_cookie",
    ] {
        assert!(!is_panic(name), "{name}");
    }
}

/// The names of the panic machinery in the object of `surface/`, built at `opt_level`.
fn panics(opt_level: &str, features: &[&str]) -> BTreeSet<String> {
    let data = build(opt_level, features);
    let archive = ArchiveFile::parse(data.as_slice()).expect("it is an archive");
    let mut panics = BTreeSet::new();
    let mut objects = 0;
    for member in archive.members() {
        let member = member.expect("the member has a header");
        // The other members are `compiler_builtins`, which takes no part in link-time optimization
        // and lies in the archive whole, whether or not anything calls it. What is called of it
        // copies, compares and divides. All that is reached of `core` is in the surface's object.
        if !member.name().starts_with(b"surface-") {
            continue;
        }
        objects += 1;
        let bytes = member.data(data.as_slice()).expect("the member has data");
        let file = object::File::parse(bytes).expect("the member is an object");
        panics.extend(
            file.symbols()
                .filter(|symbol| !matches!(symbol.kind(), SymbolKind::File | SymbolKind::Section))
                .map(|symbol| demangled(symbol.name().expect("the name is text")))
                .filter(|name| is_panic(name)),
        );
    }
    assert_eq!(objects, 1, "one object after link-time optimization");
    panics
}

/// Builds `surface/` as its users would build it; returns the archive.
fn build(opt_level: &str, features: &[&str]) -> Vec<u8> {
    // The next one builds into the same folder, so that what the surface depends on is built once.
    static ALONE: Mutex<()> = Mutex::new(());

    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let surface = Path::new(env!("CARGO_MANIFEST_DIR")).join("surface");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("surface-{opt_level}"));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(&surface)
        .args(["build", "--quiet", "--release", "--config"])
        .arg(format!("profile.release.opt-level={}", toml(opt_level)))
        .arg("--target-dir")
        .arg(&target)
        .args(features)
        // What instruments the tests, or builds them for another target, is not for the object.
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo can be run");
    assert!(built.success(), "the surface builds");
    fs::read(target.join("release/libsurface.a")).expect("the archive can be read")
}

fn toml(opt_level: &str) -> String {
    match opt_level.parse::<u8>() {
        Ok(number) => number.to_string(),
        Err(_) => format!("\"{opt_level}\""),
    }
}

fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

/// True for a function of the standard library that ends in a panic, or that a panic calls.
fn is_panic(name: &str) -> bool {
    let failing = name.split([':', '<', '>']).any(|part| {
        part.ends_with("_fail") || part.ends_with("_fail_rt") || part.ends_with("_failed")
    });
    let unwinding = name.ends_with("rust_begin_unwind") || name == "surface_panicked";
    unwinding || failing || name.contains("core::panicking::")
}
