//! The lint that holds the oldest compiler refuses an item of a later standard library.
//!
//! A package is linted that has the version, the lints and the `clippy.toml` of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An item that came with the oldest compiler.
const OF_THE_OLDEST: &str = "pub fn known(list: &[u8]) -> usize { list.as_chunks::<2>().0.len() }";

/// An item that came with the version after it.
const LATER: &str = "pub fn unknown(value: Result<Result<(), ()>, ()>) -> bool { \
                     value.flatten().is_ok() }";

/// The words of the lint for the second.
const REFUSED: &str = "MSRV (Minimum Supported Rust Version) is `1.88.0` but this item is stable \
                       since `1.89.0`";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words of clippy for a package of `source`, where it refuses it.
fn refused(name: &str, source: &str) -> Option<String> {
    let manifest = read("Cargo.toml");
    let tables = manifest.split("\n\n").filter(|table| {
        table.starts_with("[workspace.package]") || table.starts_with("[workspace.lints.")
    });
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(place.join("src")).unwrap();
    let package = format!(
        "[package]\nname = \"{name}\"\nedition.workspace = true\nrust-version.workspace = true\n\n\
         [lints]\nworkspace = true\n\n[workspace]\n\n{}\n",
        tables.collect::<Vec<_>>().join("\n\n")
    );
    fs::write(place.join("Cargo.toml"), package).unwrap();
    fs::write(place.join("clippy.toml"), read("clippy.toml")).unwrap();
    fs::write(
        place.join("src/lib.rs"),
        format!("//! A package.\n#![no_std]\n\n/// A function.\n{source}\n"),
    )
    .unwrap();
    let clippy = Command::new(env!("CARGO"))
        .args(["clippy", "--quiet", "--offline", "--", "-D", "warnings"])
        .current_dir(&place)
        .output()
        .unwrap();
    (!clippy.status.success()).then(|| String::from_utf8(clippy.stderr).unwrap())
}

#[test]
fn a_later_item_is_refused() {
    let version = Command::new(env!("CARGO"))
        .args(["clippy", "--version"])
        .output()
        .unwrap();
    if !version.status.success() {
        println!("skipped: clippy is not installed");
        return;
    }
    assert_eq!(refused("of-the-oldest", OF_THE_OLDEST), None);
    let said = refused("later", LATER).expect("no lint");
    assert!(said.contains(REFUSED), "{said}");
}

#[test]
fn each_published_crate_has_that_version_and_these_lints() {
    let manifest = read("Cargo.toml");
    let members = manifest
        .split_once("members = [")
        .unwrap()
        .1
        .split_once(']')
        .unwrap()
        .0;
    let mut published = 0;
    for member in members.split('"').skip(1).step_by(2) {
        let text = read(&format!("{member}/Cargo.toml"));
        if !text.contains("\npublish = false\n") {
            published += 1;
            assert!(
                text.contains("\nrust-version.workspace = true\n"),
                "{member}"
            );
            assert!(text.contains("\n[lints]\nworkspace = true\n"), "{member}");
            nothing_allows_it(&root().join(member).join("src"));
        }
    }
    assert_eq!(published, 9);
}

/// Fails where a source names the lint, other than to deny it.
fn nothing_allows_it(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nothing_allows_it(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("incompatible_msrv"), "{}", path.display());
        }
    }
}
