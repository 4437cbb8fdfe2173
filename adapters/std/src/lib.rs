#![doc = include_str!("../README.md")]

pub use self::config::{Config, Timeouts};
pub use self::connections::{Closing, Connections, Place};
pub use self::run::{now, run};
pub use self::stream::FromStream;
pub use self::timer::{Timer, timeout};
pub use self::waits::Waits;

mod config;
mod connections;
mod run;
mod stream;
mod timer;
mod waits;
