//! A world for the server of the library: sockets, kernel queues, clock and executor in one thread.
//! What happens next is chosen by a seed, which makes the same run again.

mod app;
mod check;
mod choices;
mod client;
// What `replywire_std::adapter!` names is public.
#[allow(unreachable_pub)]
mod clock;
mod connection;
mod decode;
mod executor;
mod kernel;
mod observed;
mod openings;
mod pipe;
mod routes;
mod run;
#[allow(unreachable_pub)]
mod runtime;
mod script;
mod server;
mod settings;
mod trace;
mod waits;
mod watch;

pub use self::choices::Choices;
pub use self::run::{Broken, run};
