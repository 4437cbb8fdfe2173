//! Heads of replies, and what is written into them; heads of requests.

use crate::measure::Work;

mod constant;
mod cookie;
mod date;
mod exchange;
mod hand;
mod peer_actix;
mod plain_date;
mod request;
mod runtime;

/// The group.
pub fn works() -> Vec<Work> {
    vec![
        runtime::work(),
        constant::work(),
        cookie::work(),
        date::work(),
        exchange::work(),
        exchange::timed_work(),
        request::bare(),
        request::browser(),
    ]
}

/// What an application knows at run time only.
struct Page {
    /// Seconds since the start of 1970.
    now: u64,
    server: &'static str,
    cache_control: &'static str,
    etag: &'static str,
    body: &'static str,
}

const PAGE: Page = Page {
    now: 784_111_777,
    server: "replywire",
    cache_control: "max-age=3600",
    etag: "\"65f1c3a2-1d4\"",
    body: "<p>It works.</p>",
};

/// A reply whose lines may stand in any order, and whose date may be any.
fn any_order_and_date(reply: &[u8]) -> Vec<u8> {
    let reply = std::str::from_utf8(reply).expect("a reply in UTF-8");
    let (head, body) = reply.split_once("\r\n\r\n").expect("a blank line");
    let mut lines: Vec<String> = head
        .split("\r\n")
        .map(|line| match line.split_once(": ") {
            Some(("date", date)) => {
                let known = replywire::HttpDate::parse(date.as_bytes()).is_some();
                assert!(known && date.len() == 29, "{line}");
                "date".to_owned()
            }
            _ => line.to_owned(),
        })
        .collect();
    lines[1..].sort_unstable();
    format!("{}\n\n{body}", lines.join("\n")).into_bytes()
}
