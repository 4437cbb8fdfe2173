//! What a request that is not answered is answered.

use core::ops::Range;

use replywire::request::Exchange;
use replywire::{Head, Response, Status, head};

/// Writes the error page of `status`; where it is, which is nowhere if it does not fit.
#[inline(never)]
pub(crate) fn write(exchange: &Exchange, buf: &mut [u8], status: Status) -> Range<usize> {
    let head = find(status);
    match Response::with_head(exchange, buf, *head).text(head.reason()) {
        Ok(page) => page.into_parts().1,
        Err(_) => 0..0,
    }
}

/// Heads are in flash, and with them no more phrases than these.
fn find(status: Status) -> &'static Head {
    static HEADS: [Head; 8] = [
        head!(Status::INTERNAL_SERVER_ERROR),
        head!(Status::BAD_REQUEST),
        head!(Status::CONTENT_TOO_LARGE),
        head!(Status::EXPECTATION_FAILED),
        head!(Status::HTTP_VERSION_NOT_SUPPORTED),
        head!(Status::NOT_IMPLEMENTED),
        head!(Status::REQUEST_HEADER_FIELDS_TOO_LARGE),
        head!(Status::URI_TOO_LONG),
    ];
    let [other, ..] = &HEADS;
    let head = HEADS.iter().find(|head| head.status() == status);
    head.unwrap_or(other)
}
