#![doc = include_str!("../README.md")]

pub use self::config::{Config, Timeouts};
pub use self::connections::{Closing, Connections, Place};
pub use self::run::{now, run};
#[cfg(unix)]
pub use self::socket::Socket;
pub use self::timer::{Timer, timeout};
pub use self::waits::Waits;

mod config;
mod connections;
mod run;
#[cfg(unix)]
mod socket;
mod timer;
mod waits;
