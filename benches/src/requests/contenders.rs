//! Who answers.

use std::io;
use std::path::Path;

use super::work::{WORKS, Work};
use super::{
    floor_epoll, floor_tokio, ours, peer_actix, peer_axum, peer_hyper, peer_may, peer_nginx,
    peer_xitca,
};
use crate::server::{Side, pin};

/// A server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contender {
    /// As it is printed.
    pub(super) name: &'static str,
    /// Says why it cannot be measured here.
    pub(super) missing: fn() -> Option<&'static str>,
    /// The rows that it is in.
    pub(super) works: &'static [Work],
    /// Serves until this process is released, and announces itself.
    pub(super) serve: fn(&Path) -> io::Result<()>,
}

/// Those of whoever has no files.
const NO_FILES: &[Work] = &[
    Work::KeepAlive,
    Work::Pipelined,
    Work::Mixed,
    Work::Json,
    Work::Upload,
];

/// First Replywire, then the peers, then the floors.
pub(super) const CONTENDERS: &[Contender] = &[
    Contender {
        name: "replywire",
        missing: || None,
        works: &WORKS,
        serve: ours::serve,
    },
    Contender {
        name: "hyper",
        missing: || None,
        works: NO_FILES,
        serve: peer_hyper::serve,
    },
    Contender {
        name: "axum",
        missing: || None,
        works: &WORKS,
        serve: peer_axum::serve,
    },
    Contender {
        name: "actix-web",
        missing: || None,
        works: &WORKS,
        serve: peer_actix::serve,
    },
    Contender {
        name: "xitca-web",
        missing: || None,
        works: NO_FILES,
        serve: peer_xitca::serve,
    },
    Contender {
        name: "may_minihttp",
        missing: || None,
        works: &[Work::KeepAlive, Work::Pipelined, Work::Json, Work::Upload],
        serve: peer_may::serve,
    },
    Contender {
        name: "nginx",
        missing: peer_nginx::missing,
        works: &[Work::Static],
        serve: peer_nginx::serve,
    },
    Contender {
        name: "bare-tokio",
        missing: || None,
        works: &[Work::KeepAlive, Work::Pipelined, Work::Mixed, Work::Static],
        serve: floor_tokio::serve,
    },
    Contender {
        name: "bare-epoll",
        missing: || None,
        works: &[Work::KeepAlive, Work::Pipelined, Work::Mixed],
        serve: floor_epoll::serve,
    },
];

/// What a process that was started as a server does.
///
/// # Errors
///
/// When there is no such contender, or it cannot serve.
pub fn serve(name: &str, folder: &Path) -> io::Result<()> {
    let contender = CONTENDERS.iter().find(|contender| contender.name == name);
    let contender = contender.ok_or_else(|| io::Error::other("no such contender"))?;
    pin(Side::Server)?;
    (contender.serve)(folder)
}
