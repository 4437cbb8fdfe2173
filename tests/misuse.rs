//! Values that call a serializer as they must not, or go on after it has failed.

use conformance::buffer;
use conformance::pieces::pieces;
use conformance::random::{Random, count};
use conformance::tree::Tree;
use replywire::json::{Dialect, Filter, JsonError, Orjson, Pydantic, Python, Shallow, Ujson};
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};
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
    /// Texts that stand for a struct, each as a value of it.
    Marked(&'static str, Vec<(Wrong, bool)>),
}

/// The names by which a struct says that a text stands for it.
const MARKERS: [&str; 2] = [
    "$serde_json::private::Number",
    "$serde_json::private::RawValue",
];

/// Texts of which some are no JSON, and some no numbers.
const TEXTS: [&str; 6] = ["[1,", "", "1.5", "[[1]]", "\"long enough to be cut\"", "-"];

impl Wrong {
    fn any(source: &mut Random, depth: usize) -> Self {
        let kind = source.below(if depth == 0 { 5 } else { 14 });
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
            9 | 10 => {
                let text = |source: &mut Random| match source.below(4) {
                    0 => Self::any(source, depth - 1),
                    _ => Self::Right(Tree::Str(TEXTS[source.below(TEXTS.len())].into())),
                };
                let texts = (0..source.below(3))
                    .map(|_| (text(source), source.below(2) == 0))
                    .collect();
                Self::Marked(MARKERS[source.below(2)], texts)
            }
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
            Self::Marked(marker, texts) => {
                let mut out = out.serialize_struct(marker, 1)?;
                for (text, goes_on) in texts {
                    pass_on(out.serialize_field(marker, text), *goes_on)?;
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

/// True if the value was written, which is then JSON; it is, or is refused for the same reason, in
/// whatever way it leaves.
fn is_json_or_refused<D: Dialect>(value: &Wrong, source: &mut Random) -> bool {
    let document = D::of(value);
    let mut buf = buffer(1 << 14);
    let written = document.write(&mut buf);
    if let Ok(len) = written {
        is_json(&buf[..len]);
    }
    let mut response = buffer(1 << 14);
    let reply = Response::to(&Exchange::GET, &mut response, Status::OK).document(document);
    assert_eq!(reply.map(|_| ()), written.map(|_| ()));
    let head = Exchange::new("HEAD", Version::Http11, [("", ""); 0]);
    let mut response = buffer(1 << 14);
    let reply = Response::to(&head, &mut response, Status::OK).document(document);
    assert_eq!(reply.map(|_| ()), written.map(|_| ()), "{value:?}");
    assert_eq!(document.measure().map_err(Error::Json), written);
    let text = pieces(document, || 16 + source.below(100));
    let want = written.map(|len| buf[..len].to_vec());
    assert_eq!(text.map_err(Error::Json), want, "{value:?}");
    let filter = Filter::new();
    let filtered = document.filtered(&filter).write(&mut buf);
    assert_eq!(filtered.is_ok(), written.is_ok(), "{value:?}");
    written.is_ok()
}

#[test]
fn what_is_written_in_spite_of_misuse_is_json() {
    let mut source = Random::new(13);
    let (mut written, mut refused) = (0, 0);
    for _ in 0..count() / 4 {
        let value = Wrong::any(&mut source, 3);
        let was_written = [
            is_json_or_refused::<Python>(&value, &mut source),
            is_json_or_refused::<Ujson>(&value, &mut source),
            is_json_or_refused::<Orjson>(&value, &mut source),
            is_json_or_refused::<Pydantic>(&value, &mut source),
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

#[test]
fn an_array_after_a_failure_that_was_hidden_tells_the_failure() {
    let array = Wrong::Right(Tree::TupleVariant("variant", Vec::new()));
    for last in [array.clone(), Wrong::Seq(vec![(array, false)])] {
        let value = Wrong::Map(vec![
            (Call::Key(Wrong::Fails), true),
            (Call::Value(last), false),
        ]);
        for size in 16..40 {
            let text = pieces(Python::of(&value), || size);
            assert_eq!(text, Err(JsonError::Custom), "{size}");
        }
    }
}

#[test]
fn a_marked_text_whose_failure_is_hidden_is_no_document() {
    struct Hides(&'static str, &'static str);
    impl Serialize for Hides {
        fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
            let mut out = out.serialize_struct(self.0, 1)?;
            let _ = out.serialize_field(self.0, self.1);
            out.end()
        }
    }
    fn is_refused<D: Dialect>(value: &impl Serialize, error: JsonError) {
        let document = D::of(value);
        let filter = Filter::new();
        let filtered = document.filtered(&filter);
        for room in [1, 16, 4_096] {
            let refused = Err(Error::Json(error));
            assert_eq!(document.write(&mut vec![0xee; room]), refused);
            assert_eq!(filtered.write(&mut vec![0xee; room]), refused);
            let mut buf = vec![0xee; room + 256];
            let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).document(document);
            assert_eq!(reply.unwrap_err(), Error::Json(error));
        }
        assert_eq!(document.measure(), Err(error));
        assert_eq!(filtered.measure(), Err(error));
        assert_eq!(pieces(document, || 16), Err(error));
        assert_eq!(pieces(filtered, || 16), Err(error));
    }
    let [number, raw] = MARKERS;
    is_refused::<Python>(&Hides(raw, "[1,"), JsonError::NotJson);
    is_refused::<Python>(&Hides(raw, ""), JsonError::NotJson);
    is_refused::<Python>(&[Hides(raw, "[1,")], JsonError::NotJson);
    is_refused::<Python>(&Hides(number, "1."), JsonError::Number);
    is_refused::<Shallow<Python, 0>>(&Hides(raw, "[1]"), JsonError::Depth);
}
