use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "thumbv7m-none-eabi";

/// Builds all programs; where they are.
pub(super) fn build(opt: &str) -> Result<PathBuf, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../size");
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
