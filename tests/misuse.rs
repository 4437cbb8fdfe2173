//! Values that call a serializer as they must not, or go on after it has failed.

use conformance::buffer;
use conformance::pieces::pieces;
use conformance::random::{Random, count};
use conformance::tree::Tree;
use replywire::json::{Dialect, Document, Lenient, Slashed, Strict};
use replywire::request::{Exchange, Version};
use replywire::{Response, Status};
use serde::de::IgnoredAny;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

/// A call.
#[derive(Clone, Debug)]
enum Call {
    Entry(Wrong, Wrong),
    Key(Wrong),
    Value(Wrong),
}

/// A value that may do what it must not.
#[derive(Clone, Debug)]
enum Wrong {
    /// Fails by itself.
    Fails,
    /// Not at all wrong.
    Right(Tree),
    /// Calls on a map. Where `true` stands, a failure is not passed on.
    Map(Vec<(Call, bool)>),
    Seq(Vec<(Wrong, bool)>),
    Struct(Vec<(Wrong, bool)>),
    StructVariant(Vec<(Wrong, bool)>),
    TupleVariant(Vec<(Wrong, bool)>),
}

impl Wrong {
    fn any(source: &mut Random, depth: usize) -> Self {
        let kind = source.below(if depth == 0 { 5 } else { 12 });
        let list = |source: &mut Random| {
            (0..source.below(4))
                .map(|_| (Self::any(source, depth - 1), source.below(2) == 0))
                .collect()
        };
        match kind {
            0 => Self::Fails,
            1..5 => Self::Right(Tree::any(source, 1)),
            5 => Self::Seq(list(source)),
            6 => Self::Struct(list(source)),
            7 => Self::StructVariant(list(source)),
            8 => Self::TupleVariant(list(source)),
            _ => Self::Map(
                (0..source.below(6))
                    .map(|_| (Call::any(source, depth - 1), source.below(2) == 0))
                    .collect(),
            ),
        }
    }
}

impl Call {
    fn any(source: &mut Random, depth: usize) -> Self {
        let key = match source.below(6) {
            0 => Wrong::any(source, depth),
            _ => Wrong::Right(Tree::Str("key".into())),
        };
        match source.below(3) {
            0 => Self::Entry(key, Wrong::any(source, depth)),
            1 => Self::Key(key),
            _ => Self::Value(Wrong::any(source, depth)),
        }
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fails => Err(S::Error::custom("no")),
            Self::Right(value) => value.serialize(out),
            Self::Map(calls) => {
                let mut out = out.serialize_map(None)?;
                for (call, goes_on) in calls {
                    let result = match call {
                        Call::Entry(key, value) => out.serialize_entry(key, value),
                        Call::Key(key) => out.serialize_key(key),
                        Call::Value(value) => out.serialize_value(value),
                    };
                    pass_on(result, *goes_on)?;
                }
                out.end()
            }
            Self::Seq(items) => {
                let mut out = out.serialize_seq(None)?;
                for (item, goes_on) in items {
                    pass_on(out.serialize_element(item), *goes_on)?;
                }
                out.end()
            }
            Self::Struct(items) => {
                let mut out = out.serialize_struct("Struct", 0)?;
                for (item, goes_on) in items {
                    pass_on(out.serialize_field("field", item), *goes_on)?;
                }
                out.end()
            }
            Self::StructVariant(items) => {
                let mut out = out.serialize_struct_variant("Enum", 0, "variant", 0)?;
                for (item, goes_on) in items {
                    pass_on(out.serialize_field("field", item), *goes_on)?;
                }
                out.end()
            }
            Self::TupleVariant(items) => {
                let mut out = out.serialize_tuple_variant("Enum", 0, "variant", 0)?;
                for (item, goes_on) in items {
                    pass_on(out.serialize_field(item), *goes_on)?;
                }
                out.end()
            }
        }
    }
}

fn pass_on<E>(result: Result<(), E>, goes_on: bool) -> Result<(), E> {
    match goes_on {
        true => Ok(()),
        false => result,
    }
}

fn is_json(text: &[u8]) {
    let read = serde_json::from_slice::<IgnoredAny>(text);
    assert!(read.is_ok(), "{}", String::from_utf8_lossy(text));
}

/// True if the value was written, which is then JSON, in whatever way it leaves.
fn is_json_or_refused<D: Dialect>(value: &Wrong, source: &mut Random) -> bool {
    let document = D::of(value);
    let mut buf = buffer(1 << 14);
    let written = document.write(&mut buf);
    if let Ok(len) = written {
        is_json(&buf[..len]);
    }
    let mut response = buffer(1 << 14);
    let reply = Response::new(&mut response, Status::OK).document(&document);
    assert_eq!(reply.is_ok(), written.is_ok());
    let head = Exchange::new("HEAD", Version::Http11, [("", ""); 0]);
    let mut response = buffer(1 << 14);
    let reply = Response::to(&head, &mut response, Status::OK).document(&document);
    assert_eq!(reply.is_ok(), written.is_ok(), "{written:?} {value:?}");
    assert_eq!(document.measure().is_ok(), written.is_ok());
    let size = || 16 + source.below(100);
    let text = pieces(document, size);
    // Whoever goes on when a buffer is full is not asked to write the rest.
    if let Ok(text) = text {
        assert_eq!(written, Ok(text.len()));
        assert_eq!(text, buf[..text.len()]);
    }
    written.is_ok()
}

#[test]
fn what_is_written_in_spite_of_misuse_is_json() {
    let mut source = Random::new(13);
    let (mut written, mut refused) = (0, 0);
    for _ in 0..count() / 4 {
        let value = Wrong::any(&mut source, 3);
        let was_written = [
            is_json_or_refused::<Strict>(&value, &mut source),
            is_json_or_refused::<Slashed>(&value, &mut source),
            is_json_or_refused::<Lenient>(&value, &mut source),
        ];
        for was_written in was_written {
            match was_written {
                true => written += 1,
                false => refused += 1,
            }
        }
    }
    assert!(written > 9 && refused > 9, "{written} and {refused}");
}
