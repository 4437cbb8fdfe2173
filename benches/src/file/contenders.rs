//! Who serves a folder.

use std::io;
use std::path::Path;

use super::{ours, peer_actix, peer_nginx, peer_tower};
use crate::server::{Side, missing_nginx, pin};

/// A server of static files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contender {
    /// As it is printed.
    pub(super) name: &'static str,
    /// Says why it cannot be measured here.
    pub(super) missing: fn() -> Option<&'static str>,
    /// Serves a folder until this process is released, and announces itself.
    pub(super) serve: fn(&Path) -> io::Result<()>,
}

/// First Replywire, then the peers.
pub(super) const CONTENDERS: &[Contender] = &[
    Contender {
        name: "replywire",
        missing: || None,
        serve: |folder| ours::serve(folder, ours::By::Kernel),
    },
    Contender {
        name: "replywire-reads",
        missing: || None,
        serve: |folder| ours::serve(folder, ours::By::Reads),
    },
    Contender {
        name: "nginx",
        missing: missing_nginx,
        serve: |folder| peer_nginx::serve(folder, peer_nginx::Push::Stock),
    },
    Contender {
        name: "nginx-nopush-off",
        missing: missing_nginx,
        serve: |folder| peer_nginx::serve(folder, peer_nginx::Push::NopushOff),
    },
    Contender {
        name: "tower-http",
        missing: || None,
        serve: |folder| peer_tower::serve(folder, false),
    },
    Contender {
        name: "tower-http-nodelay",
        missing: || None,
        serve: |folder| peer_tower::serve(folder, true),
    },
    Contender {
        name: "actix-files",
        missing: || None,
        serve: |folder| peer_actix::serve(folder, None),
    },
    Contender {
        name: "actix-files-nodelay",
        missing: || None,
        serve: |folder| peer_actix::serve(folder, Some(true)),
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
