//! The suites of the adapters for runtimes, and of their examples, over real sockets.

use std::process::Command;

mod async_std;
mod elsewhere;
mod example;
mod fifth_runtime;
#[cfg(target_os = "linux")]
mod per_core;
mod smol;
mod target;
mod tokio;

/// An example of an adapter's package, with these arguments.
fn example(package: &str, name: &str, args: &[&str]) -> Command {
    let path = match (package, name) {
        ("replywire-async-std", "serve") => env!("CARGO_BIN_EXE_async-std-serve"),
        ("replywire-async-std", "target") => env!("CARGO_BIN_EXE_async-std-target"),
        ("replywire-smol", "serve") => env!("CARGO_BIN_EXE_smol-serve"),
        ("replywire-smol", "target") => env!("CARGO_BIN_EXE_smol-target"),
        ("replywire-tokio", "listen") => env!("CARGO_BIN_EXE_tokio-listen"),
        ("replywire-tokio", "serve") => env!("CARGO_BIN_EXE_tokio-serve"),
        ("replywire-tokio", "target") => env!("CARGO_BIN_EXE_tokio-target"),
        ("replywire-tokio", "websocket") => env!("CARGO_BIN_EXE_tokio-websocket"),
        _ => panic!("{package} has no example {name}"),
    };
    let mut command = Command::new(path);
    command.args(args);
    command
}
