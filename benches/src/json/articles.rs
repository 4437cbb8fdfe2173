//! What an API tells of articles in a shop: ten fields of all kinds each, about 300 bytes.
//!
//! Prices have two decimals, places five.

use std::ops::Range;

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn object() -> Work {
    let [article] = Vec::leak(articles(1)) else {
        unreachable!("one article was asked for");
    };
    contest("object", article)
}

pub(super) fn objects() -> Work {
    contest("objects", Vec::leak(articles(1000)))
}

#[derive(Serialize)]
pub(super) struct Article {
    id: u64,
    title: String,
    url: String,
    maker: Option<&'static str>,
    used: bool,
    stock: i32,
    price: f64,
    rating: f64,
    tags: Vec<&'static str>,
    place: Place,
}

#[derive(Serialize)]
struct Place {
    latitude: f64,
    longitude: f64,
}

impl ToJson for Article {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("id", &self.id)?
            .field("title", self.title.as_str())?
            .field("url", self.url.as_str())?
            .field("maker", &self.maker)?
            .field("used", &self.used)?
            .field("stock", &self.stock)?
            .field("price", &self.price)?
            .field("rating", &self.rating)?
            .field("tags", self.tags.as_slice())?
            .field("place", &self.place)?
            .end()
    }
}

impl ToJson for Place {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("latitude", &self.latitude)?
            .field("longitude", &self.longitude)?
            .end()
    }
}

pub(super) fn articles(count: usize) -> Vec<Article> {
    let mut dice = Dice::new(0x0123_4567_89ab_cdef);
    (0..count).map(|_| article(&mut dice)).collect()
}

fn article(dice: &mut Dice) -> Article {
    let id = 1_000_000 + dice.below(9_000_000);
    let (thing, material, other) = (
        dice.pick(THINGS),
        dice.pick(MATERIALS),
        dice.pick(MATERIALS),
    );
    let edition = 1900 + dice.below(126);
    Article {
        id: id as u64,
        title: format!(
            "{} of {material} and {other}, edition {edition}",
            capital(thing)
        ),
        url: format!("https://shop.example.org/articles/{thing}/{material}/{id}"),
        maker: (!dice.once_in(4)).then(|| dice.pick(MAKERS)),
        used: dice.once_in(2),
        stock: dice.below(1010) as i32 - 10,
        price: decimal(dice, 2, 1..200_000),
        rating: decimal(dice, 2, 100..500),
        tags: (0..2 + dice.below(4)).map(|_| dice.pick(TAGS)).collect(),
        place: Place {
            latitude: decimal(dice, 5, -9_000_000..9_000_000),
            longitude: decimal(dice, 5, -18_000_000..18_000_000),
        },
    }
}

/// A number with at most so many decimals, of which `units` are the last.
fn decimal(dice: &mut Dice, decimals: i32, units: Range<i32>) -> f64 {
    let unit = units.start + dice.below(units.len()) as i32;
    f64::from(unit) / 10_f64.powi(decimals)
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

const MATERIALS: &[&str] = &[
    "oak",
    "brass",
    "linen",
    "porcelain",
    "steel",
    "wool",
    "glass",
];
const THINGS: &[&str] = &[
    "table", "lamp", "curtain", "teapot", "bicycle", "blanket", "vase",
];
const MAKERS: &[&str] = &[
    "Lindqvist & Sons",
    "Harbour Works",
    "Atelier Nord",
    "Kato",
    "Olmo",
];
const TAGS: &[&str] = &[
    "new",
    "handmade",
    "outdoor",
    "on sale",
    "limited",
    "repairable",
    "gift",
];
