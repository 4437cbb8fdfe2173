use replywire::body::{Content, ContentWriter};
use replywire::json::Python;
use replywire::{Error, Status};
use replywire_embedded::{Answer, Request, Responder, Transport};

/// The most bytes of a text.
const TEXT: u32 = 1 << 20;

/// The most numbers of an array.
const NUMBERS: u32 = 100_000;

/// Answers with a text of so many bytes `x`, in pieces: the buffer holds a part of it at most.
pub(crate) async fn text<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    match size(request, TEXT) {
        Some(len) => responder.ok().content(Repeated(len)).await,
        None => wrong(responder).await,
    }
}

/// Answers with the array of the numbers below the one that is asked for, element by element.
pub(crate) async fn array<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    let Some(count) = size(request, NUMBERS) else {
        return wrong(responder).await;
    };
    let mut array = responder.ok().array(Python).await?;
    let mut numbers = 0..count;
    while array.is_wanted()
        && let Some(number) = numbers.next()
    {
        array.item(Python::by_hand(&number)).await?;
    }
    array.end().await
}

/// The parameter `n`, of which there is at most so much.
fn size(request: &Request<'_>, most: u32) -> Option<u32> {
    let size = request.query_pairs().parse("n").ok()?;
    size.filter(|size| *size <= most)
}

async fn wrong<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.status(Status::BAD_REQUEST);
    reply.text("no n, or too large\n").await
}

/// A text of so many bytes `x`, which lies nowhere as a whole.
struct Repeated(u32);

impl Content for Repeated {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        static SOME: [u8; 512] = [b'x'; 512];
        let mut left = self.0 as usize;
        while left > 0 {
            let some = SOME.get(..left).unwrap_or(&SOME);
            out.bytes(some)?;
            left -= some.len();
        }
        Ok(())
    }
}
