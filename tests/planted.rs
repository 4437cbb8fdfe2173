//! Faults planted in a copy of the driver and of the server: the simulated world must find each.
//!
//! `planted/faults.toml` is the table of them. The copy has all at once, each behind a switch, so
//! that one build serves them all; the crates that are shipped know nothing of it. It is built
//! below the target folder, and `planted/main.rs` runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use conformance::faults::{self, Fault};

/// The runs after which a fault counts as not found.
const MOST: &str = "20000";

/// The runs in which nothing must be found where no fault is switched on, unless
/// `REPLYWIRE_SCHEDULES` says how many there are.
const SOUND: &str = "2000";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Copies a folder, without what was built there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        if name == "target" {
            continue;
        }
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(&path, to.join(name)).expect("a copy")),
        }
    }
}

/// Makes the copy, with all faults.
fn plant(place: &Path, faults: &[Fault]) {
    let workspace = workspace();
    let _ = fs::remove_dir_all(place.join("core"));
    let _ = fs::remove_dir_all(place.join("adapters"));
    let _ = fs::remove_dir_all(place.join("world"));
    for folder in [
        "core",
        "adapters/embedded",
        "adapters/files",
        "adapters/std",
    ] {
        copy(&workspace.join(folder), &place.join(folder));
    }
    copy(
        &workspace.join("tests/src/world"),
        &place.join("world/src/world"),
    );
    for (from, to) in [
        ("tests/src/random.rs", "world/src/random.rs"),
        ("tests/src/seen.rs", "world/src/seen.rs"),
        ("tests/src/size.rs", "world/src/size.rs"),
        ("tests/planted/main.rs", "world/src/main.rs"),
        ("tests/planted/manifest.toml", "world/Cargo.toml"),
        ("Cargo.lock", "Cargo.lock"),
    ] {
        fs::copy(workspace.join(from), place.join(to)).expect(from);
    }

    let manifest = fs::read_to_string(workspace.join("Cargo.toml")).expect("a manifest");
    let members = [
        "core",
        "adapters/embedded",
        "adapters/files",
        "adapters/std",
        "world",
    ];
    fs::write(place.join("Cargo.toml"), with_members(&manifest, &members)).expect("written");

    for (number, fault) in faults.iter().enumerate() {
        let path = place.join(&fault.file);
        let source = fs::read_to_string(&path).expect(&fault.file);
        fs::write(path, fault.planted(&source, number + 1)).expect("written");
    }
    let switch = fs::read_to_string(workspace.join("tests/planted/switch.rs")).expect("a switch");
    append(&place.join("adapters/embedded/src/lib.rs"), &switch);
    append(
        &place.join("adapters/std/src/lib.rs"),
        "#[allow(unused_imports)]\nuse replywire_embedded::planted;\n",
    );
}

/// The manifest of the workspace with other members.
fn with_members(manifest: &str, members: &[&str]) -> String {
    let (_, rest) = manifest
        .split_once("[workspace.package]")
        .expect("what members share");
    let (shared, _) = rest.split_once("[workspace.lints.rust]").expect("lints");
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n[workspace.package]{shared}\
         [workspace.lints.rust]\n[profile.release]\ndebug-assertions = true\n"
    )
}

fn append(path: &Path, text: &str) {
    let source = fs::read_to_string(path).expect("a source");
    fs::write(path, source + text).expect("written");
}

fn target() -> PathBuf {
    let folder = env::current_exe().expect("a path");
    let target = folder.ancestors().nth(3).expect("a target folder");
    target.join("planted")
}

#[test]
fn each_planted_fault_is_found() {
    let faults = faults::all();
    let place = target();
    plant(&place, &faults);
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "-q",
            "--release",
            "--offline",
            "-p",
            "planted-world",
        ])
        .current_dir(&place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .status()
        .expect("cargo");
    assert!(status.success(), "the copy does not build");

    let world = |number: usize, most: &str| {
        let output = Command::new(place.join("target/release/planted-world"))
            .args([number.to_string().as_str(), most])
            .output()
            .expect("the world");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("a text")
    };
    let most = env::var("REPLYWIRE_SCHEDULES").unwrap_or(SOUND.into());
    let began = Instant::now();
    let sound = world(0, &most);
    println!("{most} schedules in {:.1?}", began.elapsed());
    assert_eq!(sound, "", "without a fault");
    let mut missed = Vec::new();
    for (number, fault) in faults.iter().enumerate() {
        let found = world(number + 1, MOST);
        println!("{:2} {:50} {}", number + 1, fault.name, found.trim_end());
        if found.is_empty() {
            missed.push(&fault.name);
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}
