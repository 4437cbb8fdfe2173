//! What a request that is not answered is answered.

use core::ops::Range;

use replywire::{Exchange, Head, Response, Status, head};

/// Writes the error page of `status`; where it is, or `None` where it does not fit.
#[inline(never)]
pub(crate) fn write(exchange: &Exchange, buf: &mut [u8], status: Status) -> Option<Range<usize>> {
    let head = find(status);
    let reply = Response::with_head(exchange, buf, head).text(head.reason());
    Some(reply.ok()?.into_parts().1)
}

/// Heads are in flash, and with them no more phrases than these.
fn find(status: Status) -> Head {
    const OTHER: Head = head!(Status::INTERNAL_SERVER_ERROR);
    const HEADS: [Head; 7] = [
        head!(Status::BAD_REQUEST),
        head!(Status::CONTENT_TOO_LARGE),
        head!(Status::EXPECTATION_FAILED),
        head!(Status::HTTP_VERSION_NOT_SUPPORTED),
        head!(Status::NOT_IMPLEMENTED),
        head!(Status::REQUEST_HEADER_FIELDS_TOO_LARGE),
        head!(Status::URI_TOO_LONG),
    ];
    let head = HEADS.iter().find(|head| head.status() == status);
    head.copied().unwrap_or(OTHER)
}
