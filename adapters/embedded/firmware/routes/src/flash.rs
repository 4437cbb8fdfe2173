use replywire::file::{Boundary, File};
use replywire::{HeaderName, Response, Status};
use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};

static CONTENT: [u8; LEN] = content();
static FILE: File<'static, 8> = match Boundary::new("71c0d2e96a5b") {
    Some(boundary) => File::of(&content()).boundary(boundary).ranges(),
    None => panic!("not a boundary"),
};

pub(crate) async fn send<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let sent = responder.file(request, FILE, &CONTENT[..], |exchange, buf| {
        Response::to(exchange, buf, Status::OK).header(HeaderName::CACHE_CONTROL, "max-age=60")
    });
    Ok(sent.await?)
}

const LEN: usize = 20_000;

/// Bytes of which no two places look the same: the upper bytes of a linear congruence.
const fn content() -> [u8; LEN] {
    let mut content = [0; LEN];
    let mut rest: &mut [u8] = &mut content;
    let mut state = 1_u32;
    while let Some((byte, tail)) = rest.split_first_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
        rest = tail;
    }
    content
}
