//! The types that Python's `json` has no word for, as the usual crates of Rust have them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use replywire::json::{Outcome, Sink, ToJson, Value as ValueSink};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// A time or a UUID. Through `serde` it is the text that its crate makes of it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Typed {
    Date(NaiveDate),
    DateTime(NaiveDateTime),
    Time(NaiveTime),
    Uuid(Uuid),
    Zoned(DateTime<FixedOffset>),
}

impl Typed {
    /// Reads a time or a UUID of the vectors; `None` where `json` is none.
    ///
    /// # Panics
    ///
    /// Where it has no such date or time.
    pub fn read(json: &Json) -> Option<Self> {
        let number = |key: &str| json[key].as_u64().expect("a number") as u32;
        let date = || NaiveDate::from_ymd_opt(number("y") as i32, number("mo"), number("d"));
        let time = || {
            NaiveTime::from_hms_micro_opt(number("h"), number("mi"), number("s"), number("us"))
                .expect("a time")
        };
        Some(match json["t"].as_str()? {
            "date" => Self::Date(date().expect("a date")),
            "datetime" => {
                let local = date().expect("a date").and_time(time());
                match json["offset_s"].as_i64() {
                    None => Self::DateTime(local),
                    Some(east) => {
                        let offset = FixedOffset::east_opt(east as i32).expect("an offset");
                        let zoned = local.and_local_timezone(offset).single();
                        Self::Zoned(zoned.expect("a time that an offset has once"))
                    }
                }
            }
            "time" => Self::Time(time()),
            "uuid" => {
                let hex = json["hex"].as_str().expect("a text");
                Self::Uuid(Uuid::try_parse(hex).expect("a UUID"))
            }
            _ => return None,
        })
    }
}

/// By hand, whoever writes chooses the text.
impl ToJson for Typed {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        match self {
            Self::Date(date) => out.display(date),
            Self::DateTime(time) => out.display(&time.format("%FT%T%.f")),
            Self::Time(time) => out.display(time),
            Self::Uuid(uuid) => out.display(uuid),
            Self::Zoned(time) => out.display(&time.format("%FT%T%.f%:z")),
        }
    }
}
