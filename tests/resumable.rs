//! Documents that leave through a small buffer.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use conformance::buffer;
use conformance::pieces::{pieces, whole};
use conformance::random::{Random, count};
use conformance::reply::strict;
use conformance::sample::{Hand, any_value};
use conformance::size;
use conformance::spelling::Spelled;
use conformance::tree::Tree;
use replywire::json::{
    Dialect, Document, JsonError, Orjson, Outcome, Python, Resumable, Sink, ToJson, Ujson, Value,
};
use replywire::request::Exchange;
use replywire::{Error, Response, Status};
use serde::de::IgnoredAny;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

/// Every buffer of up to 300 bytes gives what a large one gives.
fn comes_in_pieces<D: Dialect>(value: &(impl Serialize + ?Sized)) {
    let expected = whole(&D::of(value));
    // Small buffers are full at most places.
    for size in (16..=300).filter(|size| *size < 40 || size::takes(*size, 17)) {
        assert_eq!(pieces(D::of(value), || size), expected, "pieces of {size}");
    }
}

#[test]
fn every_buffer_gives_the_same_bytes() {
    let mut source = Random::new(7);
    for _ in 0..60 {
        let value = any_value(&mut source, 5);
        let expected = whole(&Python::of(&value));
        for size in 16..=300 {
            assert_eq!(pieces(Python::of(&value), || size), expected);
            let by_hand = pieces(Python::by_hand(&Hand(&value)), || size);
            assert_eq!(by_hand, expected);
        }
    }
    for _ in 0..60 {
        comes_in_pieces::<Ujson>(&Tree::any(&mut source, 4));
        comes_in_pieces::<Orjson>(&Tree::any(&mut source, 4));
    }
}

#[test]
fn what_nests_deeper_than_the_levels_that_are_remembered_gives_the_same_bytes() {
    let mut source = Random::new(8);
    for depth in 0..=30 {
        comes_in_pieces::<Orjson>(&Tree::deep(&mut source, depth));
        comes_in_pieces::<Orjson>(&Tree::deep(&mut source, depth));
    }
}

#[derive(Serialize)]
struct Outer<'t> {
    id: u32,
    #[serde(flatten)]
    inner: Inner<'t>,
    #[serde(flatten)]
    others: BTreeMap<String, f32>,
}

#[derive(Serialize)]
struct Inner<'t> {
    text: &'t str,
    list: Vec<Option<u8>>,
}

#[test]
fn long_strings_long_keys_and_flattened_fields_give_the_same_bytes() {
    let long: String = "caf\u{e9} \"\u{1f600}\" / \\ \u{1}\n".repeat(40);
    let keys = BTreeMap::from([(long.clone(), 1), ("b".repeat(300), 2), (long.repeat(2), 3)]);
    let outer = |text| Outer {
        id: 7,
        inner: Inner {
            text,
            list: vec![None, Some(1), None],
        },
        others: BTreeMap::from([("x".into(), 1.5), (text.into(), -1e-7)]),
    };
    comes_in_pieces::<Ujson>(&long);
    comes_in_pieces::<Ujson>(&keys);
    comes_in_pieces::<Python>(&[outer(&long), outer("short"), outer("")]);
    comes_in_pieces::<Python>(&["\u{1}".repeat(500), "\u{10ffff}".repeat(200)]);
    comes_in_pieces::<Python>(&vec![i128::MIN; 50]);
    comes_in_pieces::<Orjson>(&vec![f64::MIN_POSITIVE; 50]);
}

#[test]
fn a_clone_goes_on_as_the_original_does() {
    let mut source = Random::new(9);
    for _ in 0..300 {
        let value = Tree::deep(&mut source, 5);
        let mut document = Resumable::new(Orjson::of(&value));
        let mut buf = buffer(300);
        loop {
            let size = 16 + source.below(60);
            let mut copy = document.clone();
            let mut other = buffer(300);
            let result = document.fill(&mut buf[..size]);
            assert_eq!(copy.fill(&mut other[..size]), result);
            assert_eq!(copy.is_done(), document.is_done());
            match result {
                Ok(0) | Err(_) => break,
                Ok(n) => assert_eq!(buf[..n], other[..n]),
            }
        }
    }
}

#[test]
fn a_buffer_below_the_least_is_full_and_loses_nothing() {
    let mut source = Random::new(10);
    for _ in 0..300 {
        let value = any_value(&mut source, 4);
        let mut document = Resumable::new(Python::of(&value));
        let mut text = Vec::new();
        let mut buf = buffer(16);
        loop {
            for size in 0..16 {
                let refused = if document.is_done() {
                    Ok(0)
                } else {
                    Err(JsonError::Full)
                };
                assert_eq!(document.fill(&mut buf[..size]), refused);
            }
            match document.fill(&mut buf).unwrap() {
                0 => break,
                n => text.extend_from_slice(&buf[..n]),
            }
        }
        assert_eq!(text, Python::SPELLING.of(&value));
    }
}

/// Counts how often it is serialized.
struct Counted<'c>(u32, &'c Cell<usize>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.set(self.1.get() + 1);
        serializer.serialize_u32(self.0)
    }
}

#[test]
fn a_long_list_is_linear_work() {
    let count = Cell::new(0);
    let value: Vec<Counted<'_>> = (0..16_000).map(|n| Counted(n * 7, &count)).collect();
    for (size, most) in [(16, 48_000), (256, 17_000), (4096, 16_100)] {
        count.set(0);
        let text = pieces(Python::of(&value), || size).unwrap();
        assert!(count.get() <= most, "{} in pieces of {size}", count.get());
        assert_eq!(text, whole(&Python::of(&value)).unwrap());
        // Inside an object and another list, too.
        count.set(0);
        let nested = BTreeMap::from([("a", [&value[..]])]);
        pieces(Python::of(&nested), || size).unwrap();
        assert!(count.get() <= most, "{} in pieces of {size}", count.get());
    }
}

/// A value that is another each time that it is asked for.
struct Changing<'t>(&'t RefCell<Tree>);

impl Serialize for Changing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.borrow().serialize(serializer)
    }
}

/// All pieces of a document that `change` changes before each but the first.
fn changing(
    document: impl Document,
    source: &mut Random,
    mut change: impl FnMut(&mut Random),
) -> Result<Vec<u8>, JsonError> {
    let mut document = Resumable::new(document);
    let mut text = Vec::new();
    loop {
        let mut buf = buffer(16 + source.below(70));
        match document.fill(&mut buf)? {
            0 => return Ok(text),
            n => text.extend_from_slice(&buf[..n]),
        }
        change(source);
    }
}

#[track_caller]
fn is_json_or_refused(result: Result<Vec<u8>, JsonError>, why: &dyn Fn() -> String) -> bool {
    match result {
        Ok(text) => {
            let read = serde_json::from_slice::<IgnoredAny>(&text);
            assert!(
                read.is_ok(),
                "{}\n{}",
                String::from_utf8_lossy(&text),
                why()
            );
            true
        }
        Err(error) => {
            let refusals = [
                JsonError::Integer,
                JsonError::NotFinite,
                JsonError::StructureChanged,
                JsonError::TextChanged,
            ];
            assert!(refusals.contains(&error), "{error:?} {}", why());
            false
        }
    }
}

#[test]
fn a_value_that_changes_between_pieces_is_refused_or_gives_valid_json() {
    let mut source = Random::new(11);
    let (mut valid, mut refused) = (0, 0);
    for _ in 0..count() / 4 {
        let depth = source.below(12);
        let value = RefCell::new(Tree::deep(&mut source, depth));
        let mut versions = vec![value.borrow().clone()];
        let rate = 1 + source.below(4);
        let now = Changing(&value);
        let result = changing(Orjson::of(&now), &mut source, |source| {
            if source.below(rate) == 0 {
                value.borrow_mut().change(source);
                versions.push(value.borrow().clone());
            }
        });
        match is_json_or_refused(result, &|| format!("{versions:#?}")) {
            true => valid += 1,
            false => refused += 1,
        }
    }
    assert!(valid > 9 && refused > 9, "{valid} and {refused}");
}

#[test]
fn what_goes_on_after_an_error_never_ends_in_invalid_json() {
    let mut source = Random::new(14);
    for _ in 0..count() / 10 {
        let depth = source.below(6);
        let first = Tree::deep(&mut source, depth);
        let value = RefCell::new(first.clone());
        let now = Changing(&value);
        let mut document = Resumable::new(Orjson::of(&now));
        let mut text = Vec::new();
        for _ in 0..400 {
            let mut buf = buffer(16 + source.below(70));
            match document.fill(&mut buf) {
                Ok(0) => {
                    let read = serde_json::from_slice::<IgnoredAny>(&text);
                    assert!(read.is_ok(), "{}", String::from_utf8_lossy(&text));
                    break;
                }
                Ok(n) => text.extend_from_slice(&buf[..n]),
                Err(_) => {}
            }
            // It changes, and back again.
            match source.below(3) {
                0 => value.borrow_mut().change(&mut source),
                _ => value.borrow_mut().clone_from(&first),
            }
        }
    }
}

/// One of several values, another at each look.
struct Flickering<'r>(&'r RefCell<Random>, Vec<Tree>);

impl Serialize for Flickering<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index = self.0.borrow_mut().below(self.1.len());
        self.1[index].serialize(serializer)
    }
}

#[test]
fn a_value_that_changes_at_each_look_is_refused_or_gives_valid_json() {
    let mut source = Random::new(12);
    let looks = RefCell::new(Random::new(13));
    let (mut valid, mut refused) = (0, 0);
    for _ in 0..count() / 5 {
        let mut flickering = || {
            let (depth, changes) = (source.below(4), source.below(3));
            let mut versions = vec![Tree::deep(&mut source, depth)];
            for _ in 0..changes {
                let mut next = versions[0].clone();
                next.change(&mut source);
                versions.push(next);
            }
            Flickering(&looks, versions)
        };
        let value = [
            BTreeMap::from([("a", flickering()), ("b", flickering())]),
            BTreeMap::from([("c", flickering())]),
        ];
        let document = Orjson::of(&value);
        match is_json_or_refused(changing(document, &mut source, |_| {}), &String::new) {
            true => valid += 1,
            false => refused += 1,
        }
        let mut buf = buffer(1 << 14);
        if let Ok(reply) = Response::to(&Exchange::GET, &mut buf, Status::OK).document(document) {
            let parsed = strict(reply.as_bytes(), "GET").unwrap();
            assert!(serde_json::from_slice::<IgnoredAny>(&parsed.body).is_ok());
        }
    }
    assert!(valid > 9 && refused > 9, "{valid} and {refused}");
}

/// Fails by itself.
struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("no"))
    }
}

/// So many lists, one in the other.
struct Lists(u32);

impl Serialize for Lists {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.checked_sub(1) {
            Some(lists) => serializer.collect_seq([Self(lists)]),
            None => serializer.serialize_unit(),
        }
    }
}

/// Behind how many bytes ever, a value is refused for what is wrong with it, in whatever way it
/// leaves.
fn is_refused<D: Dialect>(value: &impl Serialize, error: JsonError) {
    for len in (0..20).chain([500]) {
        let value = (1, "x".repeat(len), [[value]], "never written");
        let document = D::of(&value);
        assert_eq!(whole(&document), Err(error));
        assert_eq!(document.write(&mut []), Err(Error::Json(error)));
        for size in 16..80 {
            assert_eq!(pieces(document, || size), Err(error));
        }
    }
}

#[test]
fn what_is_wrong_with_a_value_is_told_in_every_way_that_it_leaves() {
    is_refused::<Python>(&f64::NAN, JsonError::NotFinite);
    is_refused::<Ujson>(&f32::INFINITY, JsonError::NotFinite);
    is_refused::<Orjson>(&u128::MAX, JsonError::Integer);
    is_refused::<Orjson>(&i128::MIN, JsonError::Integer);
    is_refused::<Orjson>(&BTreeMap::from([(i128::MIN, 1)]), JsonError::Integer);
    is_refused::<Python>(&BTreeMap::from([([1], 1)]), JsonError::Key);
    is_refused::<Python>(&Fails, JsonError::Custom);
    is_refused::<Python>(
        &Some(("long enough to be full before", Fails)),
        JsonError::Custom,
    );
    is_refused::<Python>(&Lists(252), JsonError::Depth);
}

/// A text, and a number by its text.
struct Numbered<'t>(&'t str, &'t str);

impl ToJson for Numbered<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.item(self.0)?.item(&Number(self.1))?.end()
    }
}

struct Number<'t>(&'t str);

impl ToJson for Number<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.number(self.0)
    }
}

#[test]
fn what_is_wrong_with_a_number_by_its_text_is_told_in_every_way_that_it_leaves() {
    for (number, error) in [
        ("1x", JsonError::Number),
        ("", JsonError::Number),
        ("18446744073709551616", JsonError::Integer),
    ] {
        for len in 0..60 {
            let text = "x".repeat(len);
            let value = Numbered(&text, number);
            let document = Orjson::by_hand(&value);
            assert_eq!(whole(&document), Err(error));
            assert_eq!(pieces(document, || 16), Err(error));
            assert_eq!(pieces(Orjson::by_hand(&Number(number)), || 16), Err(error));
        }
    }
}

/// Hands out one value after the other, and the last for ever.
struct Turns<T>(Vec<T>, Cell<usize>);

impl<T> Turns<T> {
    fn next(&self) -> &T {
        let turn = self.1.replace(self.1.get() + 1);
        &self.0[turn.min(self.0.len() - 1)]
    }
}

impl<T: Serialize> Serialize for Turns<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.next().serialize(serializer)
    }
}

/// Displays a text in fragments.
struct Displayed(String);

impl Serialize for Displayed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (begin, end) = self.0.split_at(self.0.len() / 3);
        serializer.collect_str(&format_args!("{begin}{end}"))
    }
}

/// The pieces of what changes in any turn are those of one of its texts, or it is told that it
/// changed.
fn is_never_torn<T: Serialize>(make: impl Fn(&str) -> T, texts: &[String]) {
    let wholes: Vec<_> = texts
        .iter()
        .map(|text| whole(&Python::of(&[make(text)])).unwrap())
        .collect();
    let mut changed = 0;
    for size in [16, 17, 31, 64] {
        for turn in 1..8 {
            for [first, second] in [[0, 1], [1, 0], [0, 2], [2, 0], [0, 3], [3, 0], [0, 4]] {
                for returns in [false, true] {
                    let mut order = vec![first; turn];
                    order.push(second);
                    if returns {
                        order.push(first);
                    }
                    let values = order.iter().map(|text| make(&texts[*text])).collect();
                    let value = [Turns(values, Cell::new(0))];
                    match pieces(Python::of(&value), || size) {
                        Ok(text) => assert!(
                            wholes.contains(&text),
                            "{size} {turn} {first} {second} {}",
                            String::from_utf8_lossy(&text),
                        ),
                        Err(error) => {
                            let told = [JsonError::TextChanged, JsonError::StructureChanged];
                            assert!(told.contains(&error), "{error:?}");
                            changed += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(changed > 50, "{changed}");
}

#[test]
fn a_value_that_changes_between_pieces_is_never_torn() {
    let spread = |at: usize, with: &str| {
        let mut text = "a".repeat(150);
        text.replace_range(at..at + with.len(), with);
        text
    };
    let texts = [
        "a".repeat(150),
        "b".repeat(150),
        spread(3, "\"\n"),
        spread(120, "\u{e9}"),
        "a".repeat(9),
    ];
    is_never_torn(str::to_owned, &texts);
    is_never_torn(|text| Displayed(text.to_owned()), &texts);
    is_never_torn(|text| BTreeMap::from([(text.to_owned(), 1)]), &texts);
    is_never_torn(|text| BTreeMap::from([(1, [[text.to_owned()]])]), &texts);
    // Deeper than the levels that are remembered.
    let deep = |text: &str| [[[[[[[[[text.to_owned()]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1];
    is_never_torn(deep, &texts);
}

#[test]
fn an_error_that_a_value_makes_up_is_the_same_in_every_way() {
    struct MadeUp;

    impl ToJson for MadeUp {
        fn to_json<S: Sink>(&self, _: Value<S>) -> Outcome<S> {
            Err(JsonError::Shape.into())
        }
    }

    let document = Python::by_hand(&[MadeUp]);
    let error = whole(&document);
    assert!(matches!(error, Err(JsonError::Shape | JsonError::Custom)));
    assert_eq!(pieces(document, || 16), error);
    assert_eq!(
        cfg!(target_pointer_width = "64"),
        error == Err(JsonError::Shape)
    );
}
