//! The reference's three encoders, and the dialects that stand for them.

use replywire::json::{Orjson, Ujson};
use replywire::{Error, Reply, Response};

use crate::plan::Way;
use crate::value::Value;

/// An encoder of the reference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoder {
    Json,
    Orjson,
    Ujson,
}

impl Encoder {
    pub const ALL: [Self; 3] = [Self::Json, Self::Ujson, Self::Orjson];

    /// The encoder of a class.
    pub fn of(class: &str) -> Self {
        match class {
            "ORJSONResponse" => Self::Orjson,
            "UJSONResponse" => Self::Ujson,
            _ => Self::Json,
        }
    }

    /// The class that encodes so.
    pub fn class(self) -> &'static str {
        match self {
            Self::Json => "JSONResponse",
            Self::Orjson => "ORJSONResponse",
            Self::Ujson => "UJSONResponse",
        }
    }

    /// The name that it has in the vectors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Orjson => "orjson",
            Self::Ujson => "ujson",
        }
    }

    /// Ends a reply with a value.
    ///
    /// # Errors
    ///
    /// What the core refuses.
    pub fn end<'b>(
        self,
        response: Response<'b>,
        value: &Value,
        way: Way,
    ) -> Result<Reply<'b>, Error> {
        match (self, way) {
            (Self::Json, Way::Hand) => response.json_by_hand(value),
            (Self::Json, Way::Serde) => response.json(value),
            (Self::Orjson, Way::Hand) => response.document(Orjson::by_hand(value)),
            (Self::Orjson, Way::Serde) => response.document(Orjson::of(value)),
            (Self::Ujson, Way::Hand) => response.document(Ujson::by_hand(value)),
            (Self::Ujson, Way::Serde) => response.document(Ujson::of(value)),
        }
    }
}
