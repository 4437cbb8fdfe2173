use core::cell::Cell;
use core::fmt::Write as _;

use replywire::request::Exchange;
use replywire::{Error, Reply, Response, SetCookie, Status};
use replywire_embedded::Request;

const NAME: &str = "session";

/// The one session there is: whoever signs in next ends it.
#[derive(Debug)]
pub(crate) struct Session {
    id: Cell<Option<u64>>,
}

impl Session {
    pub(crate) const fn new() -> Self {
        Self {
            id: Cell::new(None),
        }
    }

    /// Signs the client in, and leads it to what it may see now.
    pub(crate) fn begin<'b>(
        &self,
        id: u64,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error> {
        self.id.set(Some(id));
        Response::to(exchange, buf, Status::SEE_OTHER)
            .cookie(&SetCookie::new(NAME, &text(id)).http_only())
            .redirect_local("/me")
    }

    pub(crate) fn show<'b>(
        &self,
        request: &Request<'_>,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error> {
        match self.id.get() {
            Some(id) if is_given(request, &text(id)) => {
                Response::to(exchange, buf, Status::OK).text("signed in\n")
            }
            _ => Response::to(exchange, buf, Status::FORBIDDEN).text("sign in first\n"),
        }
    }
}

fn text(id: u64) -> heapless::String<16> {
    let mut text = heapless::String::new();
    // Sixteen digits at most.
    let _ = write!(text, "{id:016x}");
    text
}

/// True if one of the request's cookies is that of the session.
fn is_given(request: &Request<'_>, id: &str) -> bool {
    let mut cookies = request.fields().cookies();
    cookies.any(|cookie| cookie == (NAME.as_bytes(), id.as_bytes()))
}
