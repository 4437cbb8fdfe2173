//! A date in the form of a `date` field.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, UNIX_EPOCH};

use heapless::String;
use replywire::HttpDate;

use super::PAGE;
use super::plain_date::PlainDate;
use super::runtime::memcpy;
use crate::measure::{Contender, Work};

const WANT: &[u8] = b"Sun, 06 Nov 1994 08:49:37 GMT";

pub(super) fn work() -> Work {
    Work::new("date", WANT)
        .exact(Contender::writer("replywire", |out| {
            replywire(black_box(PAGE.now), out)
        }))
        .exact(Contender::formatter("httpdate", |out| {
            httpdate(black_box(PAGE.now), out)
        }))
        .exact(Contender::formatter("core-fmt", |out| {
            core_fmt(black_box(PAGE.now), out)
        }))
        .exact(Contender::writer("memcpy", |out| {
            memcpy(black_box(WANT), out)
        }))
}

#[inline(never)]
fn replywire(now: u64, out: &mut [u8]) -> Option<usize> {
    let text = HttpDate::from_unix(now as i64)?.to_imf_fixdate();
    *out.first_chunk_mut()? = text;
    Some(text.len())
}

/// Its way without a heap.
#[inline(never)]
fn httpdate(now: u64, out: &mut String<512>) -> Option<usize> {
    out.clear();
    let date = httpdate::HttpDate::from(UNIX_EPOCH + Duration::from_secs(now));
    write!(out, "{date}").ok()?;
    Some(out.len())
}

#[inline(never)]
fn core_fmt(now: u64, out: &mut String<512>) -> Option<usize> {
    out.clear();
    write!(out, "{}", PlainDate(now)).ok()?;
    Some(out.len())
}
