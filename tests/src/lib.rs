//! The conformance suite's shared parts: reference vectors, the reader of replies, drivers, and the
//! rules by which a vector may be left out.
//!
//! Nothing here knows a vector by its id: what is run follows from the input alone.

pub mod chain;
pub mod disk;
pub mod drive;
pub mod edits;
pub mod encoder;
#[cfg(unix)]
pub mod executor;
pub mod failure;
pub mod family;
pub mod faults;
pub mod file_replies;
pub mod filtered;
pub mod grown;
pub mod imports;
pub mod line;
pub mod lines;
pub mod listeners;
pub mod lives;
pub mod meant;
pub mod observed;
pub mod openings;
pub mod pieces;
pub mod plan;
pub mod python_cookie;
pub mod random;
pub mod ranges;
pub mod reply;
pub mod rules;
pub mod runtimes;
pub mod sample;
pub mod script;
pub mod seen;
pub mod serve;
pub mod served;
pub mod singletons;
#[cfg(unix)]
pub mod site;
pub mod size;
pub mod source_files;
pub mod sources;
pub mod spelling;
pub mod tls;
pub mod tokens;
pub mod tree;
pub mod typed;
pub mod upgrades;
pub mod value;
pub mod vector;
pub mod web_sockets;
pub mod world;

/// The code of the README is run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

/// So is that of the derive's, without a second build of the core with its features alone.
#[cfg(doctest)]
#[doc = include_str!("../../core/derive/README.md")]
mod readme_of_the_derive {}

/// The code of the pages that answer questions is run, with all that they are about.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../adapters/std/docs/behind-a-proxy.md")]
    mod behind_a_proxy {}

    #[doc = include_str!("../../core/docs/coming-from-fastapi.md")]
    mod coming_from_fastapi {}

    #[doc = include_str!("../../core/docs/larger-than-the-buffer.md")]
    mod larger_than_the_buffer {}

    #[doc = include_str!("../../adapters/std/docs/why-a-500.md")]
    mod why_a_500 {}
}

/// A buffer that every reply of the suite fits in.
pub const ROOM: usize = 1 << 16;

/// The byte that fills a buffer before a reply is written, so that one left out is seen.
pub const FILLER: u8 = 0xaa;

/// A buffer of `len` bytes of [`FILLER`].
pub fn buffer(len: usize) -> Vec<u8> {
    vec![FILLER; len]
}

/// The bytes that a text of the vectors stands for: each character is one byte.
///
/// # Panics
///
/// Where a character is above U+00FF.
pub fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|char| u8::try_from(char).expect("a character above U+00FF"))
        .collect()
}

/// The text whose characters are `bytes`.
pub fn from_latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
