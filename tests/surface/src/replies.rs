//! Every way to begin, to go on with and to end a reply.

use replywire::body::{BodyError, Content, ContentWriter, Step, Transfer};
use replywire::json::Python;
use replywire::request::{Exchange, Method};
use replywire::{Edit, Error, Head, Headers, Reply, Response, Status, head};

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
        0 => Response::to(&Exchange::GET, buf, status()),
        1 => Response::to(&exchange, buf, status()),
        2 => Response::with_head(&exchange, buf, any(HEAD)),
        3 => Response::not_allowed(&exchange, buf, any(&[Method::Get, Method::Other][..])),
        _ => Response::to(&exchange, buf, status()).join(&draft),
    };
    end(more(response));
}

#[inline(never)]
fn more(response: Response<'_>) -> Response<'_> {
    match any(0) {
        0 => response.header(text(), text()),
        1 => response.header(text(), bytes()),
        2 => response.header(text(), any(*b"array")),
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
        21 => response.forward(any([(text(), bytes()); 2])),
        _ => response.close(),
    }
}

#[inline(never)]
fn edit(edit: Edit<'_>) -> Edit<'_> {
    show_debug(&edit);
    match any(0) {
        0 => edit.header(text(), text()),
        1 => edit.header(name(), value()),
        2 => edit.headers(&any(Headers::<256>::new())),
        3 => edit.forward(any([(text(), bytes()); 2])),
        4 => edit.join(&draft::<128>()),
        5 => edit.cookie(&cookie()),
        6 => edit.disposition(&disposition()),
        7 => edit.media_type(text()),
        8 => edit.status(status()),
        _ => edit.close(),
    }
}

fn keep_reply(reply: Result<Reply<'_>, Error>) {
    match reply {
        Ok(reply) => {
            keep(reply.as_bytes());
            keep(reply.as_ref());
            keep(reply.head());
            keep(reply.body());
            keep(reply.fields().get(text()));
            keep(reply.status());
            keep(reply.closes());
            keep(reply.check(&any(Exchange::GET)));
            show_debug(&reply);
            match any(true) {
                true => keep(reply.into_parts()),
                false => match edit(reply.edit()).finish() {
                    Ok(reply) => keep(reply.into_parts()),
                    Err(error) => keep(error),
                },
            }
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
        let Ok(step) = step else { break };
        match step {
            Step::Fill(room) => {
                keep(room);
                keep(transfer.filled(any(1)));
            }
            Step::Send { bytes, .. } => {
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
    show_debug(&Response::to(&Exchange::GET, room(&mut [0; 512]), status()));
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

/// A class of replies of one's own.
struct Own;

impl Content for Own {
    fn media_type(&self) -> &str {
        text()
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        keep(out.bytes(bytes()));
        keep(out.text(text()));
        out.document(Python::by_hand(text()))?;
        write!(out, "{}", any(&text() as &dyn core::fmt::Display))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        any(None)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_content() {
    reply(|response| response.content(Own));
    reply(|response| response.text(format_args!("{}", any(&text() as &dyn core::fmt::Display))));
    reply(|response| response.text(any(true)));
    respond(|response| {
        if let Ok(mut transfer) = response.content_sized(Own) {
            while let Ok(Step::Send { bytes, .. }) = transfer.step() {
                keep(bytes);
                transfer.sent(any(1));
            }
            keep(transfer.check(&exchange()));
            keep(transfer.closes());
        }
    });
    respond(|response| {
        let value = text();
        let displayed = any(&value as &dyn core::fmt::Display);
        let response = response
            .header(text(), format_args!("{displayed}"))
            .header(text(), any('c'))
            .header(text(), any(true))
            .header(text(), any(1u128))
            .header(text(), any(-1i128))
            .header(text(), any(core::num::NonZeroI8::MIN))
            .header(text(), any(*b"ab"))
            .header(text(), &text());
        keep(response.empty());
    });
}
