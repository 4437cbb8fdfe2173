//! Family `response_model`: what a filter leaves of models.

use std::fs;
use std::sync::OnceLock;

use replywire::json::{Field as About, Filter, Model, Part, Pydantic, Python};
use replywire::request::Exchange;
use replywire::{Error, Reply, Response, Status};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::failure::Failure;
use crate::family::{Got, Verdict};
use crate::plan::read_status;
use crate::value::Value;
use crate::vector::{Vector, folder};
use crate::{ROOM, buffer};

pub(super) fn check(vector: &Vector) -> Verdict {
    run(&vector.input).against(&vector.expect, &vector.input)
}

fn run(input: &Json) -> Got {
    let mut buf = buffer(ROOM);
    match write(input, &mut buf) {
        Ok(reply) => Got::read(reply.as_bytes(), "GET"),
        Err(failure) => Got::Refused(failure),
    }
}

fn write<'b>(input: &Json, buf: &'b mut [u8]) -> Result<Reply<'b>, Failure> {
    let status = match input.get("status") {
        Some(status) => read_status(status)?,
        None => Status::OK,
    };
    let value = Type::read(&input["model"]).returned(&input["value"])?;
    let filter = filter(input);
    let response = Response::to(&Exchange::GET, buf, status);
    let reply: Result<Reply<'b>, Error> = match input["encoder"].as_str() {
        Some("direct") => response.document(Pydantic::of(&value).filtered(&filter)),
        Some("json") => response.document(Python::of(&value).filtered(&filter)),
        other => panic!("unknown encoder {other:?}"),
    };
    Ok(reply?)
}

/// The filter of a vector. It borrows its names from the caller, which here are never given back.
fn filter(input: &Json) -> Filter<'static> {
    let is = |key: &str| input[key].as_bool().expect("a boolean");
    let mut filter = Filter::new();
    if !input["include"].is_null() {
        filter = filter.include(parts(&input["include"]));
    }
    if !input["exclude"].is_null() {
        filter = filter.exclude(parts(&input["exclude"]));
    }
    if is("exclude_none") {
        filter = filter.exclude_none();
    }
    if is("exclude_defaults") {
        filter = filter.exclude_defaults();
    }
    if is("exclude_unset") {
        filter = filter.exclude_unset();
    }
    match is("by_alias") {
        true => filter,
        false => filter.by_name(),
    }
}

fn parts(tree: &Json) -> &'static [Part<'static>] {
    let parts: Vec<Part<'static>> = entries(tree)
        .map(|(key, inner)| match (key, inner.as_bool()) {
            (Key::Each, Some(true)) => Part::Each,
            (Key::Each, _) => Part::InEach(parts(inner)),
            (Key::Index(index), Some(true)) => Part::At(index),
            (Key::Index(index), _) => Part::InAt(index, parts(inner)),
            (Key::Name(name), Some(true)) => Part::Name(intern(name)),
            (Key::Name(name), _) => Part::In(intern(name), parts(inner)),
        })
        .collect();
    parts.leak()
}

fn intern(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A key of an `include` or `exclude`.
#[derive(Clone, Copy)]
enum Key<'j> {
    Each,
    Index(i32),
    Name(&'j str),
}

fn entries(tree: &Json) -> impl Iterator<Item = (Key<'_>, &Json)> {
    tree.as_array().expect("a tree").iter().map(|entry| {
        let key = match (entry[0].as_str(), entry[0].as_i64()) {
            (Some("*"), _) => Key::Each,
            (Some(name), _) => Key::Name(name),
            (None, index) => Key::Index(index.expect("a key") as i32),
        };
        (key, &entry[1])
    })
}

/// True if `include` or `exclude` names a field of a model that has none such, a field of a list,
/// an element of what is no list, or parts of what has none.
pub(crate) fn names_what_is_not_there(input: &Json) -> bool {
    let kind = Type::read(&input["model"]);
    ["include", "exclude"].iter().any(|key| {
        let tree = &input[*key];
        let is_misplaced = |key: Key<'_>, value: &Json| match key {
            _ if value["t"] == "null" => false,
            Key::Each => !matches!(value["t"].as_str(), Some("list" | "map" | "model")),
            Key::Index(_) => value["t"] != "list",
            Key::Name(_) => !matches!(value["t"].as_str(), Some("map" | "model")),
        };
        tree.is_array() && (!kind.has_all(tree) || any_key(tree, &input["value"], &is_misplaced))
    })
}

/// True if `include` or `exclude` has an index beyond either end of a list that has elements.
pub(crate) fn has_index_outside(input: &Json) -> bool {
    ["include", "exclude"].iter().any(|key| {
        let tree = &input[*key];
        let is_outside = |key: Key<'_>, value: &Json| match (key, list(value)) {
            (Key::Index(index), Some(items @ [_, ..])) => at(index, items).is_none(),
            _ => false,
        };
        tree.is_array() && any_key(tree, &input["value"], &is_outside)
    })
}

/// True if `is` holds for any key of a tree with the value that it is a key of.
fn any_key(tree: &Json, value: &Json, is: &impl Fn(Key<'_>, &Json) -> bool) -> bool {
    let items = list(value).unwrap_or_default();
    let fields = value["set"].as_array().into_iter().flatten();
    let pairs = match value["t"] == "map" {
        true => value["v"].as_array(),
        false => None,
    };
    entries(tree).any(|(key, inner)| {
        let within = |part: &Json| any_key(inner, part, is);
        is(key, value)
            || inner.is_array()
                && match key {
                    Key::Each => items.iter().any(within),
                    Key::Index(index) => at(index, items).is_some_and(within),
                    Key::Name(name) => {
                        let pairs = pairs.into_iter().flatten();
                        let named = pairs.filter(|pair| pair[0]["v"] == name);
                        let fields = fields.clone().filter(|field| field[0] == name);
                        named.chain(fields).any(|pair| within(&pair[1]))
                    }
                }
    })
}

fn list(value: &Json) -> Option<&[Json]> {
    match value["t"] == "list" {
        true => value["v"].as_array().map(Vec::as_slice),
        false => None,
    }
}

fn at(index: i32, items: &[Json]) -> Option<&Json> {
    let back = index.unsigned_abs() as usize;
    match index {
        0.. => items.get(back),
        _ => items.len().checked_sub(back).and_then(|at| items.get(at)),
    }
}

/// A declared model.
#[derive(Debug)]
struct Spec {
    name: &'static str,
    fields: Vec<Declared>,
}

/// A declared field.
#[derive(Debug)]
struct Declared {
    name: &'static str,
    alias: &'static str,
    kind: Type,
    /// `None` where the field is required.
    default: Option<Json>,
    is_hidden: bool,
}

#[derive(Debug)]
enum Type {
    Any,
    Bool,
    Dict(Box<Type>),
    Float,
    Int,
    List(Box<Type>),
    /// The name of a model.
    Model(String),
    Optional(Box<Type>),
    Str,
}

/// The models of the file.
fn spec(name: &str) -> &'static Spec {
    static MODELS: OnceLock<Vec<Spec>> = OnceLock::new();
    let models = MODELS.get_or_init(|| {
        let file = |folder: std::path::PathBuf| folder.join("response_model.json");
        let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
        let text = fs::read_to_string(file(folder()))
            .or_else(|_| fs::read_to_string(file(package)))
            .expect("a file of vectors");
        let file: Json = serde_json::from_str(&text).expect("a file of vectors");
        let models = file["models"].as_object().expect("models");
        models
            .iter()
            .map(|(name, spec)| Spec::read(name, spec))
            .collect()
    });
    models
        .iter()
        .find(|model| model.name == name)
        .expect("a declared model")
}

impl Spec {
    fn read(name: &str, fields: &Json) -> Self {
        let fields = fields.as_array().expect("fields").iter().map(|field| {
            let text = |key: &str| field[key].as_str();
            let name = text("name").expect("a name");
            let alias = text("serialization_alias").or(text("alias"));
            Declared {
                name: intern(name),
                alias: intern(alias.unwrap_or(name)),
                kind: Type::read(&field["type"]),
                default: (field["required"] == false).then(|| field["default"].clone()),
                is_hidden: field["exclude"] == true,
            }
        });
        Self {
            name: intern(name),
            fields: fields.collect(),
        }
    }
}

impl Type {
    fn read(json: &Json) -> Self {
        let inner = |key: &str| json.get(key).map(|inner| Box::new(Self::read(inner)));
        match json.as_str() {
            Some("any") => Self::Any,
            Some("bool") => Self::Bool,
            Some("float") => Self::Float,
            Some("int") => Self::Int,
            Some("str") => Self::Str,
            // Alone, it is the name of a model.
            Some(name) => Self::Model(name.to_owned()),
            None => match (inner("dict"), inner("list"), inner("optional")) {
                (Some(inner), ..) => Self::Dict(inner),
                (_, Some(inner), _) => Self::List(inner),
                (.., Some(inner)) => Self::Optional(inner),
                _ => Self::Model(json["model"].as_str().expect("a model").to_owned()),
            },
        }
    }

    /// True if a value of this type can have all that `tree` names.
    fn has_all(&self, tree: &Json) -> bool {
        let within = |kind: &Self, inner: &Json| !inner.is_array() || kind.has_all(inner);
        let field = |name: &str, fields: &'static [Declared]| {
            fields.iter().find(|field| field.name == name)
        };
        entries(tree).all(|(key, inner)| match (self, key) {
            (Self::Optional(kind), _) => kind.has_all(tree),
            (Self::Model(name), Key::Each) => spec(name)
                .fields
                .iter()
                .all(|field| within(&field.kind, inner)),
            (Self::Model(model), Key::Name(name)) => {
                field(name, &spec(model).fields).is_some_and(|field| within(&field.kind, inner))
            }
            (Self::Model(_) | Self::Dict(_), Key::Index(_)) | (Self::List(_), Key::Name(_)) => {
                false
            }
            (Self::List(kind) | Self::Dict(kind), _) => within(kind, inner),
            (Self::Bool | Self::Float | Self::Int | Self::Str, _) => false,
            (Self::Any, _) => true,
        })
    }

    /// The value that a handler returns as this type.
    ///
    /// In Rust a handler does so by constructing it, such as by `From`. That leaves behind what the
    /// type does not declare; and it sets every field that both types have, as it cannot know which
    /// of them were set where the value came from. A map has only what was set.
    fn returned(&self, json: &Json) -> Result<Typed, Failure> {
        match (self, json["t"].as_str()) {
            (Self::Optional(_), Some("null")) => Ok(Typed::Plain(Value::Null)),
            (Self::Optional(kind), _) => kind.returned(json),
            (Self::List(kind), Some("list")) => {
                let items = json["v"].as_array().expect("a list").iter();
                let items = items.map(|item| kind.returned(item));
                Ok(Typed::List(items.collect::<Result<_, _>>()?))
            }
            (Self::Dict(kind), Some("map")) => {
                let pairs = json["v"].as_array().expect("a map").iter();
                let pairs = pairs.map(|pair| Ok((Value::read(&pair[0]), kind.returned(&pair[1])?)));
                Ok(Typed::Dict(pairs.collect::<Result<_, Failure>>()?))
            }
            (Self::Model(name), Some("model")) => {
                let given = Instance::read(spec(json["name"].as_str().expect("a name")), json)?;
                Ok(Typed::Model(match json["name"] == name.as_str() {
                    true => given,
                    false => given.into_model(spec(name))?,
                }))
            }
            (Self::Any, _) => Ok(Typed::Plain(Value::read(json))),
            (Self::Float, Some("int")) => {
                let text = json["v"].as_str().expect("an integer");
                Ok(Typed::Plain(Value::Float(text.parse().expect("a number"))))
            }
            (Self::Bool, Some("bool"))
            | (Self::Float, Some("float"))
            | (Self::Int, Some("int"))
            | (Self::Str, Some("str")) => Ok(Typed::Plain(Value::read(json))),
            _ => Err(Failure::Type),
        }
    }
}

/// A value of a declared type.
#[derive(Clone, Debug)]
enum Typed {
    Dict(Vec<(Value, Typed)>),
    List(Vec<Typed>),
    Model(Instance),
    Plain(Value),
}

/// A value of a model.
#[derive(Clone, Debug)]
struct Instance {
    spec: &'static Spec,
    /// The value of each field, and whether it was set.
    fields: Vec<(Typed, bool)>,
}

impl Instance {
    fn read(spec: &'static Spec, json: &Json) -> Result<Self, Failure> {
        let set = json["set"].as_array().expect("fields");
        let fields =
            spec.fields.iter().map(
                |field| match set.iter().find(|pair| pair[0] == field.name) {
                    Some(pair) => Ok((field.kind.returned(&pair[1])?, true)),
                    None => Ok((field.by_default()?, false)),
                },
            );
        Ok(Self {
            spec,
            fields: fields.collect::<Result<_, Failure>>()?,
        })
    }

    fn into_model(self, spec: &'static Spec) -> Result<Self, Failure> {
        let names = self.spec.fields.iter().map(|field| field.name);
        let given: Vec<_> = names.zip(self.fields).collect();
        let fields = spec.fields.iter().map(|field| {
            match given.iter().find(|(name, _)| *name == field.name) {
                Some((_, (value, _))) => Ok((value.clone(), true)),
                None => Ok((field.by_default()?, false)),
            }
        });
        Ok(Self {
            spec,
            fields: fields.collect::<Result<_, Failure>>()?,
        })
    }
}

impl Declared {
    fn by_default(&self) -> Result<Typed, Failure> {
        match &self.default {
            Some(default) => self.kind.returned(default),
            None => Err(Failure::Type),
        }
    }

    fn is_default(&self, value: &Typed) -> bool {
        self.default
            .as_ref()
            .is_some_and(|default| value.is(&Value::read(default)))
    }
}

impl Typed {
    /// True if it is equal to `value`, as Python has it.
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Dict(pairs), Value::Map(others)) => pairs.is_empty() && others.is_empty(),
            (Self::List(items), Value::List(others)) => {
                items.len() == others.len()
                    && items.iter().zip(others).all(|(item, other)| item.is(other))
            }
            (Self::Plain(value), other) => match (value, other) {
                (Value::Null, Value::Null) => true,
                (Value::Bool(value), Value::Bool(other)) => value == other,
                (Value::Int(value), Value::Int(other))
                | (Value::Text(value), Value::Text(other)) => value == other,
                (Value::Float(value), Value::Float(other)) => value == other,
                _ => false,
            },
            _ => false,
        }
    }
}

impl Serialize for Typed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Dict(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::List(items) => serializer.collect_seq(items),
            Self::Model(instance) => instance.serialize(serializer),
            Self::Plain(value) => value.serialize(serializer),
        }
    }
}

impl Serialize for Instance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let declared = &self.spec.fields;
        let len = declared.iter().filter(|field| !field.is_hidden).count();
        let mut model = Model::new(serializer, self.spec.name, len)?;
        for (field, (value, is_set)) in declared.iter().zip(&self.fields) {
            let about = About::new(field.name)
                .alias(field.alias)
                .default(field.is_default(value))
                .unset(!is_set);
            model = match field.is_hidden {
                true => model.hidden(field.name)?,
                false => model.field(about, value)?,
            };
        }
        model.end()
    }
}
