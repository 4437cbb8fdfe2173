//! JSON: whole documents, and documents that leave through a small buffer.
//!
//! # Documents
//!
//! In the works `object`, `objects`, `strings`, `floats`, `decimals`, `integers` and `escapes`,
//! Replywire writes what `serde` serializes, in the dialect [`Python`](replywire::json::Python). The others there:
//!
//! | contender | writes |
//! | --- | --- |
//! | `by-hand` | with Replywire too, by [`ToJson`](replywire::json::ToJson): this ratio compares the front ends |
//! | `serde-json-slice`, `serde-json-vec` | with `serde_json::to_writer` |
//! | `serde-json-core` | with `to_slice`, `no_std` as Replywire |
//! | `sonic-rs`, `simd-json` | with `to_writer` into a `Vec`, as they do best |
//! | `memcpy` | the text that was made before |
//!
//! A slice has room for all of the text, and a `Vec` is emptied and keeps its memory, so nobody
//! waits for the allocator. All read the same value in memory. The text to put out is that of
//! `serde_json`; no document has a number that needs an exponent, which is spelled differently.
//!
//! The works `twitter`, `citm` and `canada` are generated documents of the shapes of those that
//! benchmarks of JSON share, and `real-twitter`, `real-citm` and `real-canada` those themselves, where
//! `REPLYWIRE_JSON_DOCUMENTS` names their folder. A line
//!
//! ```text
//! rate json WORK CONTENDER X.XX GB/s
//! ```
//!
//! has the bytes of the text divided by the median time.
//!
//! # Streams
//!
//! In the works `stream-BUFFER-FRONT`, a document of about 100 KB goes through a buffer of as many
//! bytes into a writer that is never ready at once. The ratio to `one-shot`, which is the same
//! front end writing into one slice, is its time divided by that of the stream. So *at most 5 times
//! as long* reads
//!
//! ```text
//! ratio json stream-256-serde one-shot 0.20
//! ```
//!
//! or more. `memcpy` is what the writer and its executor take by themselves: the text that was made
//! before goes the same way.

use crate::measure::Work;

mod articles;
mod connection;
mod contest;
mod documents;
mod escapes;
mod floats;
mod integers;
mod ours;
mod stream;
mod strings;

/// The group.
pub fn works() -> Vec<Work> {
    let mut works = vec![
        articles::object(),
        articles::objects(),
        strings::work(),
        floats::floats(),
        floats::decimals(),
        integers::work(),
        escapes::work(),
        stream::by_serde::<256>("stream-256-serde"),
        stream::by_hand::<256>("stream-256-by-hand"),
        stream::by_serde::<4096>("stream-4096-serde"),
        stream::by_hand::<4096>("stream-4096-by-hand"),
    ];
    works.extend(documents::works());
    works
}
