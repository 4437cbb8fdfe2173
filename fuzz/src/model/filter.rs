//! What a filter leaves of a value.

use replywire::json::JsonError;

use super::json::{Flavour, STRICT, deeper, dumps_within, name, quoted};
use crate::input::filter::{Entry, Member, Rules, Shape, Step, Way};
use crate::input::{Json, Key};

/// The text of what is left.
pub fn left(
    value: &Shape,
    rules: Rules,
    include: Option<&[Entry]>,
    exclude: Option<&[Entry]>,
) -> Result<String, JsonError> {
    let choice = Choice {
        include: include.map(|tree| vec![tree]),
        exclude: exclude.into_iter().collect(),
    };
    rules.write(value, &choice, 0)
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
        _ => name(key, Flavour::Serde, &STRICT).ok(),
    }
}

/// Trees that are as one; what the first says goes before what the others say.
type Trees<'c> = Vec<&'c [Entry]>;

/// What trees say about a part.
enum Said<'c> {
    Nothing,
    Whole,
    Parts(Trees<'c>),
}

fn said<'c>(trees: &[&'c [Entry]], is: &dyn Fn(&Step) -> bool) -> Said<'c> {
    let by = |is: &dyn Fn(&Step) -> bool| {
        let about = |tree: &&'c [Entry]| -> Vec<&'c Entry> {
            tree.iter().filter(|entry| is(&entry.step)).collect()
        };
        let mut about = trees
            .iter()
            .map(about)
            .filter(|tree| !tree.is_empty())
            .peekable();
        match about.peek() {
            None => Said::Nothing,
            Some(first) if first.iter().any(|entry| entry.parts.is_none()) => Said::Whole,
            Some(_) => {
                let parts = about.flatten().filter_map(|entry| entry.parts.as_deref());
                Said::Parts(parts.collect())
            }
        }
    };
    match (by(is), by(&|step| matches!(step, Step::Each))) {
        (Said::Nothing, each) => each,
        (Said::Parts(trees), Said::Parts(each)) => Said::Parts([trees, each].concat()),
        (itself, _) => itself,
    }
}

/// What is included of a value, where that is not all, and what is excluded.
struct Choice<'c> {
    include: Option<Trees<'c>>,
    exclude: Trees<'c>,
}

impl<'c> Choice<'c> {
    /// What is chosen of a part, unless it is left out.
    fn part(&self, is: impl Fn(&Step) -> bool) -> Option<Self> {
        let include = match self.include.as_deref().map(|trees| said(trees, &is)) {
            None | Some(Said::Whole) => None,
            Some(Said::Nothing) => return None,
            Some(Said::Parts(trees)) => Some(trees),
        };
        let exclude = match said(&self.exclude, &is) {
            Said::Nothing => Trees::new(),
            Said::Whole => return None,
            Said::Parts(trees) => trees,
        };
        Some(Self { include, exclude })
    }

    fn has(&self, is: impl Fn(&Step) -> bool) -> bool {
        let trees = self.include.iter().flatten().chain(&self.exclude);
        trees.copied().flatten().any(|entry| is(&entry.step))
    }

    fn has_index(&self) -> bool {
        self.has(|step| matches!(step, Step::Index(_)))
    }

    fn has_name(&self) -> bool {
        self.has(|step| matches!(step, Step::Name(_)))
    }
}

/// Whether a part is meant by this name.
fn named(name: Option<&str>) -> impl Fn(&Step) -> bool {
    move |step| matches!(step, Step::Name(text) if Some(text.as_str()) == name)
}

impl Rules {
    fn write(self, value: &Shape, choice: &Choice<'_>, depth: usize) -> Result<String, JsonError> {
        match value {
            Shape::Leaf(value) => dumps_within(value, Flavour::Serde, &STRICT, depth),
            Shape::None | Shape::Unit => Ok("null".into()),
            Shape::Newtype(value) | Shape::Some(value) => self.write(value, choice, depth),
            Shape::List(way, items) => {
                // An iterator that can give none says so.
                let is_known = match way {
                    Way::Iterator => items.is_empty(),
                    _ => *way != Way::Unknown,
                };
                self.list(items, is_known, choice, depth)
            }
            Shape::Map(_, pairs) => self.map(pairs, choice, depth),
            Shape::Model(members) | Shape::Struct(members) => self.model(members, choice, depth),
            Shape::Variant(is_own, name, value) => {
                self.variant(*is_own, name, value, choice, depth)
            }
        }
    }

    fn list(
        self,
        items: &[Shape],
        is_known: bool,
        choice: &Choice<'_>,
        depth: usize,
    ) -> Result<String, JsonError> {
        if choice.has_name() {
            return Err(JsonError::NotAModel);
        }
        if !is_known && choice.has(|step| matches!(step, Step::Index(..0))) {
            return Err(JsonError::Length);
        }
        let depth = deeper(depth)?;
        let mut texts = Vec::new();
        for (at, item) in (0..).zip(items) {
            let back = at - items.len() as i64;
            let is = |index: i64| index == at || index == back;
            let is = |step: &Step| matches!(step, Step::Index(index) if is((*index).into()));
            if let Some(choice) = choice.part(is) {
                texts.push(self.write(item, &choice, depth)?);
            }
        }
        Ok(format!("[{}]", texts.join(",")))
    }

    fn map(
        self,
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
            if let Some(choice) = choice.part(named(key_name(key).as_deref())) {
                let key = name(key, Flavour::Serde, &STRICT)?;
                texts.push(member(&key, &self.write(value, &choice, depth)?));
            }
        }
        Ok(object(&texts))
    }

    fn model(
        self,
        members: &[Member],
        choice: &Choice<'_>,
        depth: usize,
    ) -> Result<String, JsonError> {
        let depth = deeper(depth)?;
        let mut texts = Vec::new();
        for field in members.iter().filter(|field| !self.drops(field)) {
            let key = match self.by_name {
                true => field.name,
                false => field.alias,
            };
            if let Some(choice) = choice.part(named(Some(field.name))) {
                texts.push(member(key, &self.write(&field.value, &choice, depth)?));
            }
        }
        let is_field = |name: &str| members.iter().any(|field| field.name == name);
        let is_wrong = |step: &Step| matches!(step, Step::Name(name) if !is_field(name));
        match (choice.has_index(), choice.has(is_wrong)) {
            (true, _) => Err(JsonError::NotAList),
            (false, true) => Err(JsonError::UnknownField),
            (false, false) => Ok(object(&texts)),
        }
    }

    /// A map of one value.
    fn variant(
        self,
        is_own: bool,
        name: &str,
        value: &Shape,
        choice: &Choice<'_>,
        depth: usize,
    ) -> Result<String, JsonError> {
        if choice.has_index() {
            return Err(JsonError::NotAList);
        }
        let Some(choice) = choice.part(named(Some(name))) else {
            return deeper(depth).map(|_| object(&[]));
        };
        let text = match value {
            // The variant's own fields are known before anything is written.
            Shape::List(_, _) if is_own && choice.has_name() => return Err(JsonError::NotAModel),
            Shape::List(_, items) if is_own => self.list(items, true, &choice, deeper(depth)?)?,
            value => self.write(value, &choice, deeper(depth)?)?,
        };
        Ok(object(&[member(name, &text)]))
    }

    fn drops(self, field: &Member) -> bool {
        field.is_hidden
            || (self.no_defaults && field.is_default)
            || (self.no_none && is_null(&field.value))
            || (self.no_unset && field.is_unset)
    }
}

fn is_null(value: &Shape) -> bool {
    match value {
        Shape::Newtype(value) | Shape::Some(value) => is_null(value),
        _ => matches!(value, Shape::Leaf(Json::Null) | Shape::None | Shape::Unit),
    }
}

fn member(name: &str, text: &str) -> String {
    format!("{}:{text}", quoted(name, &STRICT))
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}
