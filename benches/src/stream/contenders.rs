//! Who streams.

use std::io;

use xitca_http::config::DEFAULT_WRITE_BUF_LIMIT;

use super::ours::{self, From};
use super::{peer_actix, peer_axum, peer_hyper, peer_xitca};
use crate::server::{Side, pin};

/// A server of streams.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contender {
    /// As it is printed.
    pub(super) name: &'static str,
    /// Serves until this process is released, and announces itself.
    pub(super) serve: fn() -> io::Result<()>,
}

/// A large buffer. What fills it leaves as one packet over the loopback device, which carries just
/// less than 64 KiB; a buffer of 64 KiB takes two.
const LARGE: usize = 60 * 1024;

/// First Replywire, then what it is like in other ways, then the peers.
pub(super) const CONTENDERS: &[Contender] = &[
    Contender {
        name: "replywire",
        serve: || ours::tokio(None, From::Chunks),
    },
    Contender {
        // The memory of a connection is a third larger than its reply buffer.
        name: "replywire-60-KiB",
        serve: || ours::tokio(Some(LARGE / 4 * 3), From::Chunks),
    },
    Contender {
        name: "replywire-from-stream",
        serve: || ours::tokio(None, From::Stream),
    },
    Contender {
        name: "replywire-smol",
        serve: ours::smol,
    },
    Contender {
        name: "replywire-async-std",
        serve: ours::async_std,
    },
    Contender {
        name: "hyper",
        serve: peer_hyper::serve,
    },
    Contender {
        name: "axum",
        serve: peer_axum::serve,
    },
    Contender {
        name: "actix-web",
        serve: peer_actix::serve,
    },
    Contender {
        name: "xitca-http",
        serve: peer_xitca::serve::<DEFAULT_WRITE_BUF_LIMIT>,
    },
    Contender {
        name: "xitca-http-60-KiB",
        serve: peer_xitca::serve::<LARGE>,
    },
];

/// What a process that was started as a server does.
///
/// # Errors
///
/// When there is no such contender, or it cannot serve.
pub fn serve(name: &str) -> io::Result<()> {
    let contender = CONTENDERS.iter().find(|contender| contender.name == name);
    let contender = contender.ok_or_else(|| io::Error::other("no such contender"))?;
    pin(Side::Server)?;
    (contender.serve)()
}
