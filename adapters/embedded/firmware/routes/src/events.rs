use core::convert::Infallible;

use replywire::body::Event;
use replywire::json::{ByHand, Python};
use replywire::{Response, Status};
use replywire_embedded::{Answered, Chunks, KeepAlive, Request, Responder, Transport, Unanswered};

use crate::Board;
use crate::reading::Reading;

/// Milliseconds between two events.
const EVERY: u32 = 100;

/// Sends a reading every so often: `n` of them, or without end.
pub(crate) async fn send<T: Transport>(
    board: &impl Board,
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let query = request.query().unwrap_or_default();
    let left = query.split('&').find_map(|pair| pair.strip_prefix("n="));
    let ticks = Ticks {
        board,
        left: left.and_then(|left| left.parse().ok()),
        reading: Reading::now(board, 0),
        count: 0,
    };
    let sent = responder.stream(
        |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
        ticks,
    );
    Ok(sent.await?)
}

struct Ticks<'b, B> {
    board: &'b B,
    left: Option<u32>,
    reading: Reading,
    count: u32,
}

impl<B: Board> Chunks for Ticks<'_, B> {
    type Chunk<'c> = Event<'c, ByHand<'c, Reading>>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Self::Chunk<'_>>, Infallible> {
        if let Some(left) = &mut self.left {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => return Ok(None),
            }
        }
        // The first one comes at once.
        if self.count > 0 {
            self.board.sleep(EVERY).await;
        }
        self.count = self.count.wrapping_add(1);
        self.reading = Reading::now(self.board, self.count);
        Ok(Some(
            Event::new()
                .name("reading")
                .json(Python::by_hand(&self.reading)),
        ))
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        Some(KeepAlive::PING)
    }
}
