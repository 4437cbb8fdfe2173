//! What a device tells of itself, for the programs that write JSON and nothing else.

use core::hint::black_box;

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

#[derive(Serialize)]
pub struct Dev<'a> {
    pub id: u32,
    pub name: &'a str,
    pub on: bool,
    pub level: u8,
    pub rssi: i16,
    pub pos: Pos,
    pub samples: [u16; 4],
}

#[derive(Serialize)]
pub struct Pos {
    pub x: i32,
    pub y: i32,
}

/// How much room its text is given.
pub const TEXT_ROOM: usize = 256;

static DEV: Dev<'static> = Dev {
    id: 4_021_337_100,
    name: "roof, north side",
    on: true,
    level: 87,
    rssi: -67,
    pos: Pos {
        x: -120_345,
        y: 998_877,
    },
    samples: [0, 17, 4095, 65_535],
};

#[inline(always)]
pub fn dev() -> &'static Dev<'static> {
    black_box(&DEV)
}

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
