//! The programs, and what each is held to.

use super::meaning;

/// A program of `benches/size`.
pub struct Program {
    pub name: &'static str,
    /// The program that does the same but for what is measured.
    pub empty: &'static str,
    /// What is wrong with what was sent.
    pub check: fn(&[u8]) -> Result<(), String>,
}

const fn program(
    name: &'static str,
    empty: &'static str,
    check: fn(&[u8]) -> Result<(), String>,
) -> Program {
    Program { name, empty, check }
}

pub const PROGRAMS: &[Program] = &[
    program("empty", "empty", meaning::any),
    program("json-slice-serde", "empty", meaning::text),
    program("json-slice-hand", "empty", meaning::text),
    program("json-measured-serde", "empty", meaning::text),
    program("json-measured-hand", "empty", meaning::text),
    program("json-resume-serde", "empty", meaning::text),
    program("json-resume-hand", "empty", meaning::text),
    program("json-slice-peer", "empty", meaning::text),
    program("json-write-peer", "empty", meaning::text),
    program("empty-reply", "empty-reply", meaning::any),
    program("reply-serde", "empty-reply", meaning::reply),
    program("reply-hand", "empty-reply", meaning::reply),
    program("reply-const", "empty-reply", meaning::reply),
    program("reply-edge-http", "empty-reply", meaning::reply_of_peer),
    program("reply-nanofish", "empty-reply", meaning::reply_of_peer),
    program("reply-serde-json-core", "empty-reply", meaning::reply),
    program("reply-write", "empty-reply", meaning::reply),
    program("empty-server", "empty-server", meaning::any),
    program("server-empty", "empty-server", meaning::empty_replies),
    program("server", "empty-server", meaning::replies),
    program(
        "server-edge-http-empty",
        "empty-server",
        meaning::empty_replies_of_peer,
    ),
    program("server-edge-http", "empty-server", meaning::replies_of_peer),
    program(
        "server-nanofish-empty",
        "empty-server",
        meaning::empty_replies_of_peer,
    ),
    program("server-nanofish", "empty-server", meaning::replies_of_peer),
    program(
        "server-picoserve-empty",
        "empty-server",
        meaning::empty_replies_of_peer,
    ),
    program("server-picoserve", "empty-server", meaning::replies_of_peer),
];
