//! The reply, by others. Where a caller has to spell the cookie, so it is here.

use heapless::String;

use crate::Answer;

pub mod edge_http;
pub mod fmt;
pub mod nanofish;
pub mod picoserve;

fn cookie(answer: &Answer<'_>) -> Option<String<64>> {
    let mut cookie = String::new();
    for part in ["sid=", answer.session, "; Max-Age=3600"] {
        cookie.push_str(part).ok()?;
    }
    Some(cookie)
}
