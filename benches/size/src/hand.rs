use replywire::json::{Outcome, Sink, ToJson, Value};

use crate::{Dev, Pos};

impl ToJson for Dev<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("id", &self.id)?
            .field("name", self.name)?
            .field("on", &self.on)?
            .field("level", &self.level)?
            .field("rssi", &self.rssi)?
            .field("pos", &self.pos)?
            .field("samples", &self.samples)?
            .end()
    }
}

impl ToJson for Pos {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("x", &self.x)?
            .field("y", &self.y)?
            .end()
    }
}
