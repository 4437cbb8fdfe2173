use replywire::json::{Decimal, Outcome, Python, Sink, ToJson, Value};
use replywire::{Response, Status};
use replywire_embedded::{Answered, Responder, Transport, Unanswered};

/// The number of rows: more than 100 KB.
const ROWS: u32 = 3000;

/// The room that they leave through, head and all.
const ROOM: usize = 256;

pub(crate) async fn send<T: Transport>(
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let sent = responder.document(|exchange, buf| {
        let buf = buf.get_mut(..ROOM).unwrap_or_default();
        Response::to(exchange, buf, Status::OK).document_stream(Python::by_hand(&Log))
    });
    Ok(sent.await?)
}

/// Rows that are computed as they leave.
struct Log;

impl ToJson for Log {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("name", "log")?
            .field("rows", &Rows)?
            .end()
    }
}

struct Rows;

impl ToJson for Rows {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.items((0..ROWS).map(Row))?.end()
    }
}

struct Row(u32);

impl ToJson for Row {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        // A walk that meets every 16-bit number.
        let raw = self.0.wrapping_mul(40_503) & 0xffff;
        let celsius = Decimal::new(i64::from(raw) - 32_768, 3);
        out.object()?
            .field("row", &self.0)?
            .field("raw", &raw)?
            .field("celsius", &celsius)?
            .end()
    }
}
