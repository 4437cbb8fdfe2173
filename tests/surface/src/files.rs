//! Replies from files.

use replywire::ETag;
use replywire::body::Step;
use replywire::file::{Boundary, Coding, File, FileBytes, FilePlan, FileTransfer};
use replywire::request::{Exchange, Method};

use crate::fields::{date, exchange};
use crate::replies::respond;
use crate::{any, bytes, keep, show_debug, text};

#[inline(never)]
fn file() -> File<'static> {
    let file = match any(0) {
        0 => File::new(any(u64::MAX)),
        _ => File::of(bytes()),
    };
    let file = match any(0) {
        0 => file.modified(any(i64::MIN), any(u32::MAX)),
        1 => file.last_modified(date()),
        2 => match ETag::strong(text()) {
            Some(etag) => file.etag(etag),
            None => file,
        },
        3 => match ETag::weak(text()) {
            Some(etag) => file.etag(etag),
            None => file,
        },
        4 => match ETag::parse(text()) {
            Some(etag) => file.etag(etag),
            None => file,
        },
        _ => file.etag(any(ETag::of(bytes()))),
    };
    let file = match any(0) {
        0 => file.media_type(text()),
        1 => file.guess_type_from_name(bytes()),
        _ => file.content_type(text()),
    };
    let file = match any(0) {
        0 => file.boundary(Boundary::from_bits(any(u128::MAX))),
        1 => match Boundary::new(text()) {
            Some(boundary) => file.boundary(boundary),
            None => file,
        },
        _ => file,
    };
    file.content_encoding(any(Coding::Gzip))
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_file() {
    let file = file();
    keep(file.len());
    keep(file.is_empty());
    show_debug(&file);
    let headers = [(text(), bytes()), (text(), bytes()), (text(), bytes())];
    let exchange = match any(true) {
        true => exchange(),
        false => any(Exchange::GET).at(date()),
    };
    keep(exchange.method() == Method::Get);
    send(&file.plan(&exchange, headers));
    send(&file.ranges::<0>().plan(&exchange, headers));
    send(&file.ranges::<100>().plan(&exchange, headers));
}

fn send<const RANGES: usize>(plan: &FilePlan<'_, RANGES>) {
    keep(plan.status());
    show_debug(plan);
    respond(|response| match response.file(plan) {
        Ok(transfer) => drive(transfer),
        Err(error) => keep(error),
    });
}

#[inline(never)]
fn drive(mut transfer: FileTransfer<'_, '_>) {
    keep(transfer.head());
    keep(transfer.closes());
    keep(transfer.check(&any(Exchange::GET)));
    show_debug(&transfer);
    loop {
        let step = transfer.step();
        show_debug(&step);
        let Ok(step) = step else { break };
        match step {
            Step::Copy(FileBytes {
                offset, len, room, ..
            }) => {
                keep((offset, len, room));
                keep(transfer.copied(any(1)));
            }
            Step::Fill(FileBytes { offset, room, .. }) => {
                keep((offset, room));
                keep(transfer.filled(any(1)));
            }
            Step::Send { bytes, more } => {
                keep((bytes, more));
                transfer.sent(any(1));
            }
            Step::Done => break,
        }
        // A driver that does what it was not told to.
        match any(0) {
            0 => keep(transfer.filled(any(usize::MAX))),
            1 => keep(transfer.copied(any(u64::MAX))),
            2 => transfer.sent(any(usize::MAX)),
            _ => {}
        }
    }
}
