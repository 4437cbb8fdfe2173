//! Work after a reply that was not begun.

use replywire_embedded::{Answer, Responder, Transport, Unanswered};

async fn handle<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let work = async { Ok::<(), Unanswered>(()) };
    responder.background(work).ok().text("queued").await
}

fn main() {}
