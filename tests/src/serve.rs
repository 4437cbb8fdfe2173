//! The connection loop over a [`Line`], with a handler that is a function.

use replywire_embedded::{
    Answered, Buffers, Closed, ConnectionError, Handler, Limits, Request, Responder, Unanswered,
    serve_connection,
};

use crate::buffer;
use crate::line::{Broken, Line};
use crate::script::poll_times;

/// A handler that is a function.
struct Answer<F>(F);

impl<F> Handler<Line> for Answer<F>
where
    F: AsyncFn(&str, Responder<'_, Line>) -> Result<Answered, Unanswered>,
{
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        self.0(request.path(), responder).await
    }
}

/// The end of a connection.
pub type Served = Result<Closed, ConnectionError<Broken>>;

/// Serves `line` with a reply buffer of `room` bytes, polled at most as often; `None` where it was
/// dropped.
pub fn serve_some<F>(line: Line, room: usize, polls: usize, answer: F) -> Option<Served>
where
    F: AsyncFn(&str, Responder<'_, Line>) -> Result<Answered, Unanswered>,
{
    let mut line = line;
    let (mut request, mut reply) = (buffer(1024), buffer(room));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let answer = Answer(answer);
    poll_times(
        serve_connection(&mut line, &answer, buffers, &limits),
        polls,
    )
}

/// Serves `line` to its end.
///
/// # Panics
///
/// Where there is none.
pub fn serve<F>(line: Line, room: usize, answer: F) -> Served
where
    F: AsyncFn(&str, Responder<'_, Line>) -> Result<Answered, Unanswered>,
{
    serve_some(line, room, 1 << 16, answer).expect("an end")
}
