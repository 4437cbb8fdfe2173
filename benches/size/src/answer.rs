//! What the programs that send the reply tell, of the value of each field known at run time.

use core::hint::black_box;

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

pub struct Answer<'a> {
    pub request: u32,
    pub session: &'a str,
    pub reading: Reading<'a>,
}

#[derive(Serialize)]
pub struct Reading<'a> {
    pub id: u32,
    pub name: &'a str,
    pub firmware: &'a str,
    pub uptime: u32,
    pub on: bool,
    pub level: u8,
    pub rssi: i16,
    pub illuminance: u16,
    pub pressure: u32,
    pub state: &'a str,
}

static ANSWER: Answer<'static> = Answer {
    request: 4_021_337,
    session: "31d4d96e407aad42b7c9e08f",
    reading: Reading {
        id: 4_021_337_100,
        name: "roof, north side",
        firmware: "2.14.3",
        uptime: 864_613,
        on: true,
        level: 87,
        rssi: -67,
        illuminance: 10_240,
        pressure: 101_325,
        state: "measuring, door open",
    },
};

#[inline(always)]
pub fn answer() -> &'static Answer<'static> {
    black_box(&ANSWER)
}

impl ToJson for Reading<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("id", &self.id)?
            .field("name", self.name)?
            .field("firmware", self.firmware)?
            .field("uptime", &self.uptime)?
            .field("on", &self.on)?
            .field("level", &self.level)?
            .field("rssi", &self.rssi)?
            .field("illuminance", &self.illuminance)?
            .field("pressure", &self.pressure)?
            .field("state", self.state)?
            .end()
    }
}
