//! A value, and a filter that mostly has a use for it.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{Json, Key, Label, Splits, Text};
use crate::meant::{Meant, Rules, Step};
use crate::model::filter::key_name;

/// A value, what is left out of it, and the buffers that it leaves through, over and over.
#[derive(Debug)]
pub struct FilterCase {
    pub sizes: Splits,
    pub rules: Rules,
    pub value: Shape,
    pub include: Option<Vec<Meant>>,
    pub exclude: Option<Vec<Meant>>,
}

/// A value with parts.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value without, or bytes.
    Leaf(Json),
    List(Way, Vec<Shape>),
    Map(Keys, Vec<(Key, Shape)>),
    Model(Vec<Member>),
    Newtype(Box<Shape>),
    None,
    Some(Box<Shape>),
    /// A struct that knows nothing more of its fields than whether they are skipped.
    Struct(Vec<Member>),
    Unit,
    /// A struct or a tuple in it may be the variant's own.
    Variant(bool, &'static str, Box<Shape>),
}

/// How a map is serialized.
#[derive(Arbitrary, Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keys {
    /// Collected from what knows how many it gives.
    Known,
    /// Without a length: key and value together, as `flatten` does, or apart.
    Flat,
    Apart,
}

/// How a list is serialized.
#[derive(Arbitrary, Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// Collected from a slice, from what else knows how many it gives, or from what does not.
    Slice,
    Exact,
    Iterator,
    /// One element after the other, with a length and without.
    Known,
    Unknown,
    /// One element after the other, with another length than it has.
    Lying(u8),
    Tuple,
    TupleStruct,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: &'static str,
    pub alias: &'static str,
    pub is_default: bool,
    pub is_hidden: bool,
    pub is_unset: bool,
    pub value: Shape,
}

const NAMES: [&str; 8] = [
    "a",
    "b",
    "c",
    "d",
    "1",
    Label::Empty.as_str(),
    Label::Escaped.as_str(),
    Label::Long.as_str(),
];

/// How many values a value has within, and how many parts a filter, and how deep these are. So many
/// levels of a deep value, and so many bytes of a long one, are as much as a value.
const LEVELS: u8 = 8;
const BYTES: usize = 128;
const VALUES: u8 = 40;
const PARTS: u8 = 24;
const DEPTH: u8 = 8;

impl<'a> Arbitrary<'a> for FilterCase {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let sizes = u.arbitrary()?;
        let [is_by_name, no_defaults, no_none, no_unset] = u.arbitrary()?;
        let [has_include, has_exclude]: [bool; 2] = u.arbitrary()?;
        let mut left = VALUES;
        let value = Shape::any(u, &mut left)?;
        let mut tree = |is_there: bool| {
            let mut left = PARTS;
            let tree = is_there.then(|| tree(u, Some(&value), &mut left, DEPTH));
            tree.transpose()
        };
        let (include, exclude) = (tree(has_include)?, tree(has_exclude)?);
        Ok(Self {
            sizes,
            rules: Rules {
                is_by_name,
                no_defaults,
                no_none,
                no_unset,
            },
            value,
            include,
            exclude,
        })
    }
}

impl Way {
    /// The length that a list of so many elements tells.
    pub fn told(self, len: usize) -> Option<usize> {
        match self {
            // An iterator that can give none says so.
            Self::Iterator if len > 0 => None,
            Self::Lying(told) => Some(usize::from(told)),
            Self::Unknown => None,
            _ => Some(len),
        }
    }
}

impl Shape {
    /// A value with at most so many `left` within.
    fn any(u: &mut Unstructured<'_>, left: &mut u8) -> Result<Self> {
        *left = left.saturating_sub(1);
        if *left == 0 || u.is_empty() {
            return Ok(Self::Leaf(Json::Null));
        }
        let inner = |u: &mut _, left: &mut _| Self::any(u, left).map(Box::new);
        Ok(match u.int_in_range(0..=23)? {
            0..=3 => {
                let leaf = leaf(u)?;
                spend(left, leaf_len(&leaf));
                Self::Leaf(leaf)
            }
            4 => Self::None,
            5 => Self::Unit,
            6..=10 => Self::List(u.arbitrary()?, Self::items(u, left)?),
            11 | 12 => Self::Map(u.arbitrary()?, Self::pairs(u, left)?),
            13..=16 => Self::Model(Member::any(u, left, Member::noted)?),
            17 => Self::Newtype(inner(u, left)?),
            18 => Self::Some(inner(u, left)?),
            19 => Self::Struct(Member::any(u, left, Member::plain)?),
            20..=22 => Self::Variant(u.arbitrary()?, u.choose(&NAMES)?, inner(u, left)?),
            _ => {
                let (levels, way): (u8, Way) = u.arbitrary()?;
                let core = Self::any(u, left)?;
                let levels = levels.min(left.saturating_mul(LEVELS));
                *left -= levels / LEVELS;
                (0..levels).fold(core, |value, _| Self::List(way, vec![value]))
            }
        })
    }

    /// Elements, often of one shape.
    fn items(u: &mut Unstructured<'_>, left: &mut u8) -> Result<Vec<Self>> {
        let len = u.int_in_range(0..=4)?;
        if u.arbitrary()? {
            let before = *left;
            let item = Self::any(u, left)?;
            let size = (before - *left).max(1);
            let copies = len.min(*left / size);
            *left -= copies * size;
            return Ok(vec![item; usize::from(copies)]);
        }
        (0..len).map(|_| Self::any(u, left)).collect()
    }

    fn pairs(u: &mut Unstructured<'_>, left: &mut u8) -> Result<Vec<(Key, Self)>> {
        let len = u.int_in_range(0..=4)?;
        let pair = |_| {
            let key = match u.int_in_range(0..=3)? {
                0 | 1 => Key::Text(Text(String::from(*u.choose(&NAMES)?))),
                2 => Key::Signed(u.int_in_range(-3..=3)?),
                _ => u.arbitrary()?,
            };
            spend(left, key_name(&key).map_or(0, |name| name.len()));
            Ok((key, Self::any(u, left)?))
        };
        (0..len).map(pair).collect()
    }

    /// The parts, and how a filter may call them.
    fn parts(&self) -> Vec<(Step, &Self)> {
        let name = |name: &str| Step::Name(String::from(name));
        match self {
            Self::Leaf(Json::Bytes(bytes)) => (0..bytes.0.len())
                .map(|at| (Step::Index(at as i32), self))
                .collect(),
            Self::Leaf(_) | Self::None | Self::Unit => Vec::new(),
            Self::List(_, items) => (0..).map(Step::Index).zip(items).collect(),
            Self::Map(_, pairs) => {
                let step = |key| key_name(key).map_or(Step::Each, Step::Name);
                pairs
                    .iter()
                    .map(|(key, value)| (step(key), value))
                    .collect()
            }
            Self::Model(members) | Self::Struct(members) => {
                let part = |member: &'_ Member| name(member.name);
                let values = members.iter().map(|member| &member.value);
                members.iter().map(part).zip(values).collect()
            }
            Self::Newtype(value) | Self::Some(value) => value.parts(),
            Self::Variant(_, variant, value) => vec![(name(variant), value)],
        }
    }

    fn is_list(&self) -> bool {
        match self {
            Self::Newtype(value) | Self::Some(value) => value.is_list(),
            _ => matches!(self, Self::List(..) | Self::Leaf(Json::Bytes(_))),
        }
    }
}

impl Member {
    /// Members of other names each.
    fn any(
        u: &mut Unstructured<'_>,
        left: &mut u8,
        member: impl Fn(&mut Unstructured<'_>, &'static str, Shape) -> Result<Self>,
    ) -> Result<Vec<Self>> {
        let mut names = NAMES.to_vec();
        let len = u.int_in_range(0..=5)?;
        let any = |_| {
            let name = names.swap_remove(u.choose_index(names.len())?);
            let value = Shape::any(u, left)?;
            member(u, name, value)
        };
        (0..len).map(any).collect()
    }

    fn plain(u: &mut Unstructured<'_>, name: &'static str, value: Shape) -> Result<Self> {
        Ok(Self {
            name,
            alias: name,
            is_default: false,
            is_hidden: u.ratio(1, 8)?,
            is_unset: false,
            value,
        })
    }

    fn noted(u: &mut Unstructured<'_>, name: &'static str, value: Shape) -> Result<Self> {
        Ok(Self {
            alias: match u.arbitrary()? {
                true => u.choose(&NAMES)?,
                false => name,
            },
            is_default: u.arbitrary()?,
            is_unset: u.arbitrary()?,
            ..Self::plain(u, name, value)?
        })
    }
}

/// Takes what a text of this length is worth.
fn spend(left: &mut u8, len: usize) {
    *left = left.saturating_sub((len / BYTES).min(VALUES.into()) as u8);
}

/// About how long the text of a value without parts is.
fn leaf_len(leaf: &Json) -> usize {
    match leaf {
        Json::Bytes(bytes) => bytes.0.len() * "255,".len(),
        Json::Displayed(texts) => texts.iter().map(|text| text.0.len()).sum(),
        Json::Text(text) => text.0.len(),
        _ => 0,
    }
}

/// A value without parts.
fn leaf(u: &mut Unstructured<'_>) -> Result<Json> {
    Ok(match u.int_in_range(0..=15)? {
        0 => Json::Bool(u.arbitrary()?),
        1 => Json::Bytes(u.arbitrary()?),
        2 => Json::Char(u.arbitrary()?),
        3 => Json::Displayed(u.arbitrary()?),
        4 => Json::Double(u.arbitrary()?),
        5 => Json::Refused,
        6..=8 => Json::Signed(u.arbitrary()?),
        9 => Json::Single(u.arbitrary()?),
        10 => Json::UnitVariant(u.arbitrary()?),
        11 => Json::Unsigned(u.arbitrary()?),
        12 => Json::Wide(u.arbitrary()?),
        13 => Json::WideUnsigned(u.arbitrary()?),
        14 => Json::Text(u.arbitrary()?),
        _ => Json::Null,
    })
}

/// A tree with at most so many parts `left`, mostly of such as the value has.
fn tree(
    u: &mut Unstructured<'_>,
    value: Option<&Shape>,
    left: &mut u8,
    depth: u8,
) -> Result<Vec<Meant>> {
    let mut tree = Vec::new();
    let is_list = value.is_some_and(Shape::is_list);
    for _ in 0..u.int_in_range(0..=4)? {
        *left = left.saturating_sub(1);
        if *left == 0 || u.is_empty() {
            break;
        }
        let mut parts = value.map_or(Vec::new(), Shape::parts);
        let len = parts.len() as i32;
        let (step, value) = match parts.is_empty() {
            true => (Step::Each, None),
            false => {
                let (step, value) = parts.swap_remove(u.choose_index(parts.len())?);
                (step, Some(value))
            }
        };
        let step = match (u.int_in_range(0..=63)?, step) {
            (0, _) => Step::Name(Text::arbitrary(u)?.0),
            (1, _) => Step::Name(String::from(*u.choose(&NAMES)?)),
            (2, _) => Step::Index(u.arbitrary()?),
            (3..=6, _) if is_list => Step::Index(u.int_in_range(-6..=6)?),
            (7..=20, _) => Step::Each,
            (21..=36, Step::Index(at)) => Step::Index(at - len),
            (_, step) => step,
        };
        let parts = match depth > 0 && u.arbitrary()? {
            true => Some(self::tree(u, value, left, depth - 1)?),
            false => None,
        };
        tree.push(Meant { step, parts });
    }
    Ok(tree)
}
