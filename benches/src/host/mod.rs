//! Replies through a host: the same one by the host's own means and by Replywire's.
//!
//! In this process, `ratios -- host` calls a service as hyper would, with a request that is cloned
//! for each operation, and takes all frames of its body. The works `text`, `json` and `stream` are a
//! service by itself, which the peer `http` makes with the builder of `http` and bodies of
//! http-body-util; `axum-text` and the like are an axum `Router` with a handler of axum's, or with a
//! `Hosted` for each path. `replywire-written` is `replywire_http::written`, without a handler of
//! ours.
//!
//! Then it measures whole [`server`](crate::server)s: each host twice, with its own replies and with
//! ours, each a process of its own with one thread that serves, on a CPU of its own. 16 connections
//! are kept alive, and each always has a request under way. A line
//!
//! ```text
//! ratio host WORK cpu HOST X.XX (LEAST to MOST)
//! ```
//!
//! is the median over the rounds of the CPU time a request, user and system, of the host's own reply,
//! divided by that of ours, with the least and the most of all rounds: above 1, Replywire is better.
//!
//! | host | its own means |
//! | --- | --- |
//! | `hyper` | `Response::builder` and bodies of http-body-util; a file is read by tokio and streamed |
//! | `axum` | its own types, `Json` and `Body::from_stream`; tower-http's `ServeFile` |
//! | `tower` | as `hyper`, behind hyper-util's `TowerToHyperService`; tower-http's `ServeFile` |
//! | `actix-web` | `HttpResponse`; actix-files' `NamedFile` |

use std::io;

use self::client::Target;
use self::hosts::HOSTS;
pub use self::hosts::serve;
pub use self::service::works;
use crate::server::{Options, Server, Side, compete, load, pin};

mod client;
mod hosts;
mod ours;
mod service;
mod theirs;
mod what;

/// As the group is spelled on the command line.
pub const NAME: &str = "host";

/// The paths that are asked for, without the slash.
const WORKS: [&str; 4] = ["text", "json", "file", "stream"];
const CONNECTIONS: usize = 16;
const WARM_UP: usize = 200;

/// Measures each host with its own replies and with ours, and prints how they compare.
///
/// # Errors
///
/// When a host does not start, or the two bodies of a reply are not the same.
pub fn run(options: Options) -> io::Result<()> {
    let mut pairs = Vec::new();
    for [ours, theirs] in HOSTS {
        pairs.push([
            Server::start(NAME, ours.name, None)?,
            Server::start(NAME, theirs.name, None)?,
        ]);
    }
    if !pin(Side::Client)? {
        println!("there is one CPU, so servers and client share it");
    }
    for pair in &mut pairs {
        for work in WORKS {
            measure(work, pair, options)?;
        }
    }
    Ok(())
}

fn measure(work: &str, pair: &mut [Server; 2], options: Options) -> io::Result<()> {
    let [ours, theirs] = pair.each_ref().map(|server| Target::new(server.at, work));
    let targets = [ours?, theirs?];
    if targets[0].body != targets[1].body {
        let what = format!("{} sends a wrong {work}", pair[0].name);
        return Err(io::Error::other(what));
    }
    for server in pair.iter_mut() {
        server.look()?;
    }
    let title = format!("{NAME} {work}");
    let rounds = options.rounds();
    let contest = compete(title, &pair[..], ["cpu"], rounds, |index, server| {
        let target = &targets[index];
        let mut connections = (0..CONNECTIONS)
            .map(|_| target.connect())
            .collect::<io::Result<Vec<_>>>()?;
        let load = load(&mut connections, WARM_UP, options.turn(), || {
            server.cpu_time()
        })?;
        Ok([load.cpu.as_secs_f64() / load.replies as f64])
    })?;
    match options.test {
        true => println!("tested {NAME} {work} {}", pair[1].name),
        false => {
            contest.draw(options.charts)?;
            contest.report(|_, cost| format!("{:.2} us", cost * 1e6));
        }
    }
    Ok(())
}
