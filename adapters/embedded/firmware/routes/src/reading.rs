use replywire::json::{Decimal, Outcome, Sink, ToJson, Value};

use crate::Board;

/// The values that the board shows at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    celsius: i32,
    count: u32,
    millis: u64,
}

impl Reading {
    pub(crate) fn now(board: &impl Board, count: u32) -> Self {
        Self {
            celsius: board.temperature(),
            count,
            millis: board.uptime(),
        }
    }
}

impl ToJson for Reading {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("celsius", &Decimal::new(self.celsius.into(), 2))?
            .field("count", &self.count)?
            .field("millis", &self.millis)?
            .end()
    }
}
