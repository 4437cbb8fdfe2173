//! Documents of the shapes that benchmarks of JSON share: `twitter`, posts of people and all that is
//! told of them; `citm_catalog`, maps of small objects of integers and nulls; `canada`, an outline in
//! coordinates with all digits. They are trees that are known at run time only, names too.
//!
//! The generated ones have the shape and about the length of those. The variable
//! `REPLYWIRE_JSON_DOCUMENTS` names a folder with the real ones, `NAME.json`, which are read besides.

use std::env;
use std::fs;
use std::path::Path;

use replywire::json::{Outcome, Sink, ToJson, Value as Place};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::contest::contest;
use super::strings::any_text;
use crate::dice::Dice;
use crate::measure::Work;

/// The folder of the real documents.
const FOLDER: &str = "REPLYWIRE_JSON_DOCUMENTS";

pub(super) fn works() -> Vec<Work> {
    let mut works = vec![
        work("twitter", twitter()),
        work("citm", citm()),
        work("canada", canada()),
    ];
    if let Some(folder) = env::var_os(FOLDER) {
        for (name, file) in [
            ("real-twitter", "twitter.json"),
            ("real-citm", "citm_catalog.json"),
            ("real-canada", "canada.json"),
        ] {
            match read(&Path::new(&folder).join(file)) {
                Ok(value) => works.push(work(name, value)),
                Err(error) => eprintln!("{FOLDER}: {file}: {error}"),
            }
        }
    }
    works
}

fn read(path: &Path) -> std::io::Result<Value> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn work(name: &'static str, value: Value) -> Work {
    contest(name, Box::leak(Box::new(Tree::from(value))))
}

/// A value of any shape.
enum Tree {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Double(f64),
    Text(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => Self::Unsigned(value),
                (None, Some(value)) => Self::Signed(value),
                (None, None) => Self::Double(number.as_f64().expect("a number of 64 bits")),
            },
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl ToJson for Tree {
    fn to_json<S: Sink>(&self, out: Place<S>) -> Outcome<S> {
        match self {
            Self::Null => out.null(),
            Self::Bool(value) => out.bool(*value),
            Self::Unsigned(value) => out.unsigned(*value),
            Self::Signed(value) => out.signed(*value),
            Self::Double(value) => out.double(*value),
            Self::Text(text) => out.string(text),
            Self::Array(items) => out.array()?.items(items)?.end(),
            Self::Object(members) => out
                .object()?
                .fields(members.iter().map(|(name, value)| (name, value)))?
                .end(),
        }
    }
}

fn twitter() -> Value {
    let mut dice = Dice::new(0x7317_7e45_7317_7e45);
    let statuses: Vec<Value> = (0..200).map(|_| status(&mut dice)).collect();
    json!({
        "statuses": statuses,
        "search_metadata": {
            "completed_in": 0.087,
            "max_id": 505_874_924_095_815_681_u64,
            "max_id_str": "505874924095815681",
            "query": "%E4%B8%80",
            "count": 100,
        },
    })
}

fn status(dice: &mut Dice) -> Value {
    let (id, user) = (dice.bits() >> 4, dice.bits() >> 32);
    let (words, about) = (20 + dice.below(120), 10 + dice.below(150));
    let mentions: Vec<Value> = (0..dice.below(3)).map(|_| mention(dice)).collect();
    json!({
        "metadata": {"result_type": "recent", "iso_language_code": "ja"},
        "created_at": "Sun Aug 31 00:29:15 +0000 2014",
        "id": id,
        "id_str": id.to_string(),
        "text": any_text(words, dice),
        "source": "<a href=\"https://example.org/download\" rel=\"nofollow\">A client</a>",
        "truncated": false,
        "in_reply_to_status_id": null,
        "in_reply_to_status_id_str": null,
        "user": {
            "id": user,
            "id_str": user.to_string(),
            "name": any_text(8, dice),
            "screen_name": "a_name_of_somebody",
            "location": "",
            "description": any_text(about, dice),
            "url": null,
            "entities": {"description": {"urls": []}},
            "protected": false,
            "followers_count": dice.below(10_000),
            "friends_count": dice.below(2000),
            "listed_count": dice.below(50),
            "created_at": "Sat Jul 16 13:14:15 +0000 2011",
            "favourites_count": dice.below(5000),
            "utc_offset": 32_400,
            "geo_enabled": dice.once_in(2),
            "verified": false,
            "statuses_count": dice.below(100_000),
            "lang": "ja",
            "profile_background_color": "C0DEED",
            "profile_background_image_url": "http://img.example.org/images/themes/theme1/bg.png",
            "profile_image_url": "http://img.example.org/images/497760886795153410/LDjAwR_y.jpeg",
            "profile_use_background_image": true,
            "default_profile": dice.once_in(3),
            "following": false,
        },
        "geo": null,
        "coordinates": null,
        "retweet_count": dice.below(300),
        "favorite_count": dice.below(300),
        "entities": {"hashtags": [], "symbols": [], "urls": [], "user_mentions": mentions},
        "favorited": false,
        "retweeted": false,
        "lang": "ja",
    })
}

fn mention(dice: &mut Dice) -> Value {
    let id = dice.bits() >> 32;
    let start = dice.below(100);
    json!({
        "screen_name": "somebody_else",
        "name": any_text(8, dice),
        "id": id,
        "id_str": id.to_string(),
        "indices": [start, start + 14],
    })
}

fn citm() -> Value {
    let mut dice = Dice::new(0xc17a_c17a_c17a_c17a);
    let areas = map(&mut dice, 17, |dice| Value::from(any_text(12, dice)));
    let events = map(&mut dice, 184, |dice| {
        json!({
            "description": null,
            "id": id(dice),
            "logo": null,
            "name": "30th Anniversary Tour",
            "subTopicIds": ids(dice, 3),
            "subjectCode": null,
            "subtitle": null,
            "topicIds": ids(dice, 2),
        })
    });
    let performances: Vec<Value> = (0..243).map(|_| performance(&mut dice)).collect();
    json!({
        "areaNames": areas,
        "events": events,
        "performances": performances,
        "seatCategoryNames": map(&mut dice, 64, |dice| Value::from(any_text(10, dice))),
        "venueNames": {"PLEYEL_PLEYEL": "Salle Pleyel"},
    })
}

fn performance(dice: &mut Dice) -> Value {
    let prices: Vec<Value> = (0..2 + dice.below(4))
        .map(|_| {
            json!({
                "amount": 10_000 + dice.below(200) * 250,
                "audienceSubCategoryId": 337_100_890,
                "seatCategoryId": id(dice),
            })
        })
        .collect();
    let categories: Vec<Value> = (0..2 + dice.below(4))
        .map(|_| {
            let areas: Vec<Value> = (0..1 + dice.below(8))
                .map(|_| json!({"areaId": id(dice), "blockIds": []}))
                .collect();
            json!({"areas": areas, "seatCategoryId": id(dice)})
        })
        .collect();
    json!({
        "eventId": id(dice),
        "id": id(dice),
        "logo": null,
        "name": null,
        "prices": prices,
        "seatCategories": categories,
        "seatMapImage": null,
        "start": 1_372_701_600_000_u64 + dice.below(20_000) as u64 * 1_800_000,
        "venueCode": "PLEYEL_PLEYEL",
    })
}

fn id(dice: &mut Dice) -> usize {
    138_586_341 + dice.below(340_000_000)
}

fn ids(dice: &mut Dice, count: usize) -> Vec<usize> {
    (0..count).map(|_| id(dice)).collect()
}

fn map(dice: &mut Dice, count: usize, value: fn(&mut Dice) -> Value) -> Map<String, Value> {
    (0..count)
        .map(|_| (id(dice).to_string(), value(dice)))
        .collect()
}

fn canada() -> Value {
    let mut dice = Dice::new(0xcada_cada_cada_cada);
    let mut rings = Vec::new();
    for _ in 0..480 {
        let points = 4 + dice.below(220);
        let ring: Vec<[f64; 2]> = (0..points)
            .map(|_| {
                [
                    -141.0 + 88.0 * dice.fraction(),
                    42.0 + 41.0 * dice.fraction(),
                ]
            })
            .collect();
        rings.push(ring);
    }
    json!({
        "type": "FeatureCollection",
        "features": [{
            "type": "Feature",
            "properties": {"name": "Canada"},
            "geometry": {"type": "Polygon", "coordinates": rings},
        }],
    })
}
