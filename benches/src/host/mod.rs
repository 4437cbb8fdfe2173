//! Replies through a host: the same one by the host's own means and by Replywire's.
//!
//! In this process, `ratios -- host` calls a service as hyper would, with a request that is cloned
//! for each operation, and takes all frames of its body. The works `text`, `json` and `stream` are a
//! service by itself, which the peer `http` makes with the builder of `http` and bodies of
//! http-body-util; `axum-text` and the like are an axum `Router` with a handler of axum's, or with a
//! `Hosted` for each path. `replywire` is a `Hosted`, and `replywire-written` a handler of the host,
//! or a function as a service, whose reply is `replywire_http::written`.
//!
//! Then it measures whole [`server`](crate::server)s: each host three times, with its own replies,
//! with those that are `written` and with a `Hosted`, each a process of its own with one thread that
//! serves, on a CPU of its own. 16 connections are kept alive, and each always has a request under
//! way. A line
//!
//! ```text
//! ratio host WORK cpu HOST X.XX (LEAST to MOST)
//! ```
//!
//! is the median over the rounds of the CPU time a request, user and system, of the host's own reply,
//! divided by that of ours, with the least and the most of all rounds: above 1, Replywire is better.
//!
//! | work | our means |
//! | --- | --- |
//! | `text`, `json` | `written`, in a function as a service (hyper, tower) or in a handler of the host |
//! | `text-hosted`, `json-hosted`, `file`, `stream` | a handler of ours in `Hosted` |
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

/// Each work as it is printed, the path that is asked for, without the slash, and true where our
/// reply is written at once, and not by a handler of ours.
const WORKS: [(&str, &str, bool); 6] = [
    ("text", "text", true),
    ("text-hosted", "text", false),
    ("json", "json", true),
    ("json-hosted", "json", false),
    ("file", "file", false),
    ("stream", "stream", false),
];
const CONNECTIONS: usize = 16;
const WARM_UP: usize = 200;

/// Measures each host with its own replies and with ours, and prints how they compare.
///
/// # Errors
///
/// When a host does not start, or the two bodies of a reply are not the same.
pub fn run(options: Options) -> io::Result<()> {
    let mut hosts = Vec::new();
    for servers in HOSTS {
        let servers = servers.map(|host| Server::start(NAME, host.name, None));
        let [written, hosted, theirs] = servers;
        hosts.push([written?, hosted?, theirs?]);
    }
    if !pin(Side::Client)? {
        println!("there is one CPU, so servers and client share it");
    }
    for [written, hosted, theirs] in &mut hosts {
        for (work, path, is_written) in WORKS {
            let ours = match is_written {
                true => &mut *written,
                false => &mut *hosted,
            };
            measure(work, path, [ours, &mut *theirs], options)?;
        }
    }
    Ok(())
}

fn measure(
    work: &str,
    path: &str,
    mut servers: [&mut Server; 2],
    options: Options,
) -> io::Result<()> {
    let targets = servers.each_ref();
    let [ours, theirs] = targets.map(|server| Target::new(server.at, path));
    let targets = [ours?, theirs?];
    if targets[0].body != targets[1].body {
        let what = format!("{} sends a wrong {work}", servers[0].name);
        return Err(io::Error::other(what));
    }
    for server in &mut servers {
        server.look()?;
    }
    let title = format!("{NAME} {work}");
    let servers = servers.map(|server| &*server);
    let rounds = options.rounds();
    let contest = compete(title, servers, ["cpu"], rounds, |index, server| {
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
        true => println!("tested {NAME} {work} {}", servers[1].name),
        false => {
            contest.draw(options.charts)?;
            contest.report(|_, cost| format!("{:.2} us", cost * 1e6));
        }
    }
    Ok(())
}
