//! Every way to begin, to go on with and to end a reply.

use replywire::body::{BodyError, Step, Transfer};
use replywire::request::Exchange;
use replywire::{Error, Head, Headers, Reply, Response, Status, head};

use crate::fields::{cookie, date, disposition, draft, exchange, name, status, value};
use crate::json::{ByHand, BySerde};
use crate::streams::stream;
use crate::{any, bytes, keep, room, show, show_debug, text};

const HEAD: Head = head!(
    Status::OK,
    "Content-Type" => "text/html",
    "cache-control" => "no-store",
);

/// Begins in each way, adds headers in each way, and hands what came of it to an ending.
pub(crate) fn reply(end: impl Fn(Response<'_>) -> Result<Reply<'_>, Error>) {
    respond(|response| keep_reply(end(response)));
}

pub(crate) fn transfer(end: impl Fn(Response<'_>) -> Result<Transfer<'_>, Error>) {
    respond(|response| match end(response) {
        Ok(transfer) => match any(true) {
            true => drive(transfer),
            false => stream(transfer),
        },
        Err(error) => keep(error),
    });
}

pub(crate) fn respond(end: impl Fn(Response<'_>)) {
    let draft = draft::<128>();
    let exchange = match any(true) {
        true => exchange(),
        false => any(Exchange::GET).at(date()),
    };
    let mut bytes = [0; 512];
    let buf = room(&mut bytes);
    let response = match any(0) {
        0 => Response::new(buf, status()),
        1 => Response::to(&exchange, buf, status()),
        2 => Response::with_head(&exchange, buf, any(HEAD)),
        _ => Response::join(&exchange, buf, status(), &draft),
    };
    end(more(response));
}

#[inline(never)]
fn more(response: Response<'_>) -> Response<'_> {
    match any(0) {
        0 => response.header(text(), text()),
        1 => response.header(text(), bytes()),
        2 => response.header(text(), any(b"array")),
        3 => response.header(name(), value()),
        4 => response.header(name(), any(u8::MAX)),
        5 => response.header(name(), any(u16::MAX)),
        6 => response.header(name(), any(u32::MAX)),
        7 => response.header(name(), any(u64::MAX)),
        8 => response.header(name(), any(usize::MAX)),
        9 => response.header(name(), date()),
        10 => response.headers(&any(Headers::<0>::new())),
        11 => response.headers(&any(Headers::<256>::new())),
        12 => response.cookie(&cookie()),
        13 => response.media_type(text()),
        14 => response.header(name(), any(i8::MIN)),
        15 => response.header(name(), any(i16::MIN)),
        16 => response.header(name(), any(i32::MIN)),
        17 => response.header(name(), any(i64::MIN)),
        18 => response.header(name(), any(isize::MIN)),
        19 => response.header(text(), disposition()),
        20 => response.disposition(&disposition()),
        _ => response.close(),
    }
}

fn keep_reply(reply: Result<Reply<'_>, Error>) {
    match reply {
        Ok(reply) => {
            keep(reply.as_bytes());
            keep(reply.as_ref());
            keep(reply.len());
            keep(reply.closes());
            keep(reply.check(&any(Exchange::GET)));
            show_debug(&reply);
            keep(reply.into_parts());
        }
        Err(error) => keep(error),
    }
}

#[inline(never)]
fn drive(mut transfer: Transfer<'_>) {
    keep(transfer.closes());
    keep(transfer.check(&any(Exchange::GET)));
    show_debug(&transfer);
    loop {
        let step = transfer.step();
        show_debug(&step);
        match step {
            Step::Fill(room) => {
                keep(room);
                keep(transfer.filled(any(1)));
            }
            Step::Send(bytes) => {
                keep(bytes);
                transfer.sent(any(1));
            }
            Step::Done => break,
        }
        // A driver that does what it was not told to.
        match any(0) {
            0 => keep(transfer.filled(any(usize::MAX))),
            1 => transfer.sent(any(usize::MAX)),
            _ => {}
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_head() {
    let head = any(HEAD);
    keep(head.status());
    keep(head.as_bytes());
    show_debug(&head);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_debug() {
    show_debug(&Response::new(room(&mut [0; 512]), status()));
    show(&any(BodyError::TooShort { missing: any(1) }));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_empty() {
    reply(|response| response.empty());
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_body() {
    reply(|response| response.body(bytes()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_bytes() {
    reply(|response| response.bytes(text(), bytes()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_text() {
    reply(|response| response.text(text()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_html() {
    reply(|response| response.html(text()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_json() {
    reply(|response| response.json(&any(BySerde)));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_json_by_hand() {
    reply(|response| response.json_by_hand(&any(ByHand)));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_redirect() {
    reply(|response| response.redirect(text()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_redirect_local() {
    reply(|response| response.redirect_local(text()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_sized(len: u64) {
    transfer(|response| response.sized(len));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_sized_exactly(len: u64) {
    transfer(|response| response.sized_exactly(len));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_stream() {
    transfer(|response| response.stream());
}
