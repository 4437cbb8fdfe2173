//! `core::fmt` into a `heapless::String`, with JSON by `serde-json-core` or by itself. It checks and
//! escapes nothing.

use core::fmt::Write as _;

use heapless::String;

use crate::{Answer, ROOM, Reading};

/// The head by `core::fmt`, JSON by `serde-json-core`.
pub fn head(answer: &Answer<'_>) -> Option<String<ROOM>> {
    let mut text = [0; 256];
    let len = serde_json_core::to_slice(&answer.reading, &mut text).ok()?;
    let text = core::str::from_utf8(text.get(..len)?).ok()?;
    reply(answer, text)
}

/// All by `core::fmt`.
pub fn all(answer: &Answer<'_>) -> Option<String<ROOM>> {
    let Reading {
        id,
        name,
        firmware,
        uptime,
        on,
        level,
        rssi,
        illuminance,
        pressure,
        state,
    } = answer.reading;
    let mut text = String::<256>::new();
    write!(
        text,
        "{{\"id\":{id},\"name\":\"{name}\",\"firmware\":\"{firmware}\",\"uptime\":{uptime},\
         \"on\":{on},\"level\":{level},\"rssi\":{rssi},\"illuminance\":{illuminance},\
         \"pressure\":{pressure},\"state\":\"{state}\"}}",
    )
    .ok()?;
    reply(answer, &text)
}

#[inline(always)]
fn reply(answer: &Answer<'_>, text: &str) -> Option<String<ROOM>> {
    let Answer {
        request, session, ..
    } = answer;
    let mut reply = String::new();
    write!(
        reply,
        "HTTP/1.1 200 OK\r\n\
         cache-control: no-store\r\n\
         x-content-type-options: nosniff\r\n\
         access-control-allow-origin: *\r\n\
         x-request-id: {request}\r\n\
         set-cookie: sid={session}; Max-Age=3600\r\n\
         content-type: application/json\r\n\
         content-length: {}\r\n\
         \r\n\
         {text}",
        text.len(),
    )
    .ok()?;
    Some(reply)
}
