//! Buffered replies of the size that is asked for.

use replywire::body::{Content, ContentWriter};
use replywire::{Error, Response, Status};
use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
use serde::{Serialize, Serializer};

use super::parameters::{Parameters, Refusal};

/// The most bytes of a text, and the room for its head besides.
const TEXT: u32 = 16 * 1024 * 1024;
pub(crate) const LARGEST: usize = TEXT as usize + 1024;

/// The most numbers of an array, whose text is shorter than [`TEXT`].
const NUMBERS: u32 = 2_000_000;

/// Answers with one text of so many bytes `x`.
pub(super) async fn text<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let len = match size(request, TEXT) {
        Ok(len) => len,
        Err(refusal) => return super::refused(responder, refusal).await,
    };
    let sent = responder
        .send(|exchange, buf| Response::to(exchange, buf, Status::OK).content(Repeated(len)));
    Ok(sent.await?)
}

/// Answers with the array of the numbers below the one that is asked for.
pub(super) async fn array<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let numbers = match size(request, NUMBERS) {
        Ok(count) => Below(count),
        Err(refusal) => return super::refused(responder, refusal).await,
    };
    let sent =
        responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).json(&numbers));
    Ok(sent.await?)
}

/// The parameter `n`, of which there is at most so much.
fn size(request: &Request<'_>, most: u32) -> Result<u32, Refusal> {
    match Parameters::read(request.query())?.number("n")? {
        Some(size) if size > most => Err(Refusal::Count),
        Some(size) => Ok(size),
        None => Err(Refusal::Missing),
    }
}

/// A text of so many bytes `x`, which lies nowhere as a whole.
struct Repeated(u32);

impl Content for Repeated {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        const SOME: [u8; 4096] = [b'x'; 4096];
        let mut left = self.0 as usize;
        while left > 0 {
            let some = SOME.get(..left).unwrap_or(&SOME);
            out.bytes(some)?;
            left -= some.len();
        }
        Ok(())
    }
}

/// The numbers below one.
struct Below(u32);

impl Serialize for Below {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(0..self.0)
    }
}
