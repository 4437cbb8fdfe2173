//! What a filter leaves of a value.

use replywire::json::JsonError;

use super::json::{Flavour, PYTHON, deeper, dumps_within, name, quoted};
use crate::input::filter::{Keys, Member, Shape};
use crate::input::{Json, Key};
use crate::meant::{Choice, Meant, Rules};

/// The text of what is left.
pub fn left(
    value: &Shape,
    rules: Rules,
    include: Option<&[Meant]>,
    exclude: Option<&[Meant]>,
) -> Result<String, JsonError> {
    write(rules, value, &Choice::new(include, exclude), 0)
}

/// How a filter calls a map's value: not by a float, nor by an integer of more than 64 bits.
pub fn key_name(key: &Key) -> Option<String> {
    match key {
        Key::Bytes(bytes) => String::from_utf8(bytes.0.clone()).ok(),
        Key::Double(_) | Key::List | Key::Single(_) => None,
        Key::Wide(value) => {
            let fits = i64::try_from(*value).is_ok() || u64::try_from(*value).is_ok();
            fits.then(|| value.to_string())
        }
        _ => name(key, Flavour::Serde, &PYTHON).ok(),
    }
}

fn write(
    rules: Rules,
    value: &Shape,
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    match value {
        Shape::Leaf(Json::Null) => Ok("null".into()),
        Shape::Leaf(Json::Bytes(text)) => bytes(rules, &text.0, choice, depth),
        Shape::Leaf(leaf @ Json::UnitVariant(_)) => {
            let text = dumps_within(leaf, Flavour::Serde, &PYTHON, depth)?;
            if choice.is_all() {
                return Ok(text);
            }
            let name: String = serde_json::from_str(&text).expect("the name of a variant");
            match choice.variant(&name)? {
                None => deeper(depth).map(|_| object(&[])),
                Some(choice) => choice.leaf().map(|()| text),
            }
        }
        Shape::Leaf(value) => {
            // A value that refuses never gets to the filter.
            if !matches!(value, Json::Refused) {
                choice.leaf()?;
            }
            dumps_within(value, Flavour::Serde, &PYTHON, depth)
        }
        Shape::None | Shape::Unit => Ok("null".into()),
        Shape::Newtype(value) | Shape::Some(value) => write(rules, value, choice, depth),
        Shape::List(way, items) => list(rules, items, way.told(items.len()), choice, depth),
        Shape::Map(keys, pairs) => map(rules, *keys, pairs, choice, depth),
        Shape::Model(members) => model(rules, members, true, choice, depth),
        Shape::Struct(members) => model(rules, members, false, choice, depth),
        Shape::Variant(is_own, name, value) => variant(rules, *is_own, name, value, choice, depth),
    }
}

/// A list of numbers.
fn bytes(
    rules: Rules,
    bytes: &[u8],
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    let number = |byte: &u8| Shape::Leaf(Json::Unsigned((*byte).into()));
    let items: Vec<Shape> = bytes.iter().map(number).collect();
    list(rules, &items, Some(items.len()), choice, depth)
}

fn list(
    rules: Rules,
    items: &[Shape],
    told: Option<usize>,
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    if choice.has_name() {
        return Err(JsonError::NotAModel);
    }
    let counts = choice.counts();
    if counts && told.is_none() {
        return Err(JsonError::Length);
    }
    let is_told = !counts || told == Some(items.len());
    let depth = deeper(depth)?;
    let mut texts = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if counts && told.is_some_and(|told| at >= told) {
            return Err(JsonError::Length);
        }
        if let Some(choice) = choice.at(at, told) {
            texts.push(write(rules, item, &choice, depth)?);
        }
    }
    match is_told {
        true => Ok(format!("[{}]", texts.join(","))),
        false => Err(JsonError::Length),
    }
}

fn map(
    rules: Rules,
    keys: Keys,
    pairs: &[(Key, Shape)],
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    if choice.has_index() {
        return Err(JsonError::NotAList);
    }
    let depth = deeper(depth)?;
    let mut texts = Vec::new();
    for (key, value) in pairs {
        if keys != Keys::Known && rules.asks() {
            return Err(JsonError::PlainStruct);
        }
        if keys == Keys::Flat && rules.no_none && is_null(value) {
            continue;
        }
        if let Some(choice) = choice.named(key_name(key).as_deref()) {
            let key = name(key, Flavour::Serde, &PYTHON)?;
            if keys == Keys::Apart && rules.no_none && is_null(value) {
                return Err(JsonError::PlainStruct);
            }
            texts.push(member(&key, &write(rules, value, &choice, depth)?));
        }
    }
    let is_key = |name: &str| {
        pairs
            .iter()
            .any(|(key, _)| key_name(key).as_deref() == Some(name))
    };
    match keys != Keys::Known && choice.has_other_name(is_key) {
        true => Err(JsonError::UnknownField),
        false => Ok(object(&texts)),
    }
}

fn model(
    rules: Rules,
    members: &[Member],
    is_model: bool,
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    let depth = deeper(depth)?;
    let mut texts = Vec::new();
    for field in members {
        if !is_model && !field.is_hidden && rules.asks() {
            return Err(JsonError::PlainStruct);
        }
        if drops(rules, field) {
            continue;
        }
        let key = match rules.is_by_name {
            true => field.name,
            false => field.alias,
        };
        if let Some(choice) = choice.named(Some(field.name)) {
            texts.push(member(key, &write(rules, &field.value, &choice, depth)?));
        }
    }
    let is_field = |name: &str| members.iter().any(|field| field.name == name);
    match (choice.has_index(), choice.has_other_name(is_field)) {
        (true, _) => Err(JsonError::NotAList),
        (false, true) => Err(JsonError::UnknownField),
        (false, false) => Ok(object(&texts)),
    }
}

/// A map of one value.
fn variant(
    rules: Rules,
    is_own: bool,
    name: &str,
    value: &Shape,
    choice: &Choice<'_>,
    depth: usize,
) -> Result<String, JsonError> {
    let Some(choice) = choice.variant(name)? else {
        return deeper(depth).map(|_| object(&[]));
    };
    let text = match value {
        // The variant's own fields are known before anything is written.
        Shape::List(_, _) if is_own && choice.has_name() => return Err(JsonError::NotAModel),
        Shape::List(_, items) if is_own => {
            list(rules, items, Some(items.len()), &choice, deeper(depth)?)?
        }
        value => write(rules, value, &choice, deeper(depth)?)?,
    };
    Ok(object(&[member(name, &text)]))
}

fn drops(rules: Rules, field: &Member) -> bool {
    field.is_hidden
        || (rules.no_defaults && field.is_default)
        || (rules.no_none && is_null(&field.value))
        || (rules.no_unset && field.is_unset)
}

fn is_null(value: &Shape) -> bool {
    match value {
        Shape::Newtype(value) | Shape::Some(value) => is_null(value),
        _ => matches!(value, Shape::Leaf(Json::Null) | Shape::None | Shape::Unit),
    }
}

fn member(name: &str, text: &str) -> String {
    format!("{}:{text}", quoted(name, &PYTHON))
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}
