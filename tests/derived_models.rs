//! Derived models, against the bytes that FastAPI 0.165 with pydantic 2.14 sends for the same ones,
//! and against a list of their fields with all that is known of each.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use conformance::buffer;
use conformance::meant::Rules;
use conformance::size;
use replywire::Error;
use replywire::json::Part::{self, *};
use replywire::json::{
    Field, Filter, JsonError, Model, Pydantic, Python, Resumable, Settable, Shape, Shaped,
};
use serde::{Deserialize, Serialize, Serializer};

/// The text that a filter leaves of a value, in pydantic's dialect.
fn left<T: Serialize + Shaped + ?Sized>(
    value: &T,
    filter: &Filter<'_>,
) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 12);
    match Pydantic::of(value).response_model(filter).write(&mut buf) {
        Ok(len) => Ok(String::from_utf8(buf[..len].to_vec()).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

/// As `left`, of a value whose shape is not asked for.
fn filtered<T: Serialize + ?Sized>(value: &T, filter: &Filter<'_>) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 12);
    match Pydantic::of(value).filtered(filter).write(&mut buf) {
        Ok(len) => Ok(String::from_utf8(buf[..len].to_vec()).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> T {
    serde_json::from_str(text).unwrap()
}

/// The model of FastAPI's page about response models.
#[derive(Deserialize, Model, PartialEq)]
struct Item {
    name: String,
    #[serde(default)]
    description: Settable<Option<String>>,
    price: f64,
    #[serde(default = "tax")]
    tax: Settable<f64>,
    #[serde(default)]
    tags: Settable<Vec<String>>,
}

fn tax() -> Settable<f64> {
    Settable::unset(10.5)
}

const FOO: &str = r#"{"name": "Foo", "price": 50.2}"#;
const BAR: &str = r#"{"name": "Bar", "description": "The bartenders", "price": 62, "tax": 20.2}"#;
const BAZ: &str = r#"{"name": "Baz", "description": null, "price": 50.2, "tax": 10.5, "tags": []}"#;

const BAR_WHOLE: &str =
    r#"{"name":"Bar","description":"The bartenders","price":62.0,"tax":20.2,"tags":[]}"#;

#[test]
fn the_items_of_fastapis_page_have_its_bytes() {
    let rows = [
        (
            Filter::new(),
            [
                r#"{"name":"Foo","description":null,"price":50.2,"tax":10.5,"tags":[]}"#,
                BAR_WHOLE,
                r#"{"name":"Baz","description":null,"price":50.2,"tax":10.5,"tags":[]}"#,
            ],
        ),
        (
            Filter::new().exclude_unset(),
            [
                r#"{"name":"Foo","price":50.2}"#,
                r#"{"name":"Bar","description":"The bartenders","price":62.0,"tax":20.2}"#,
                r#"{"name":"Baz","description":null,"price":50.2,"tax":10.5,"tags":[]}"#,
            ],
        ),
        (
            Filter::new().exclude_defaults(),
            [
                r#"{"name":"Foo","price":50.2}"#,
                r#"{"name":"Bar","description":"The bartenders","price":62.0,"tax":20.2}"#,
                r#"{"name":"Baz","price":50.2}"#,
            ],
        ),
        (
            Filter::new().exclude_none(),
            [
                r#"{"name":"Foo","price":50.2,"tax":10.5,"tags":[]}"#,
                BAR_WHOLE,
                r#"{"name":"Baz","price":50.2,"tax":10.5,"tags":[]}"#,
            ],
        ),
        (
            Filter::new().include(&[Name("name"), Name("description")]),
            [
                r#"{"name":"Foo","description":null}"#,
                r#"{"name":"Bar","description":"The bartenders"}"#,
                r#"{"name":"Baz","description":null}"#,
            ],
        ),
        (
            Filter::new().exclude(&[Name("tax")]),
            [
                r#"{"name":"Foo","description":null,"price":50.2,"tags":[]}"#,
                r#"{"name":"Bar","description":"The bartenders","price":62.0,"tags":[]}"#,
                r#"{"name":"Baz","description":null,"price":50.2,"tags":[]}"#,
            ],
        ),
        (
            Filter::new().exclude_unset().exclude_defaults(),
            [
                r#"{"name":"Foo","price":50.2}"#,
                r#"{"name":"Bar","description":"The bartenders","price":62.0,"tax":20.2}"#,
                r#"{"name":"Baz","price":50.2}"#,
            ],
        ),
    ];
    for (filter, texts) in rows {
        for (item, want) in [FOO, BAR, BAZ].into_iter().zip(texts) {
            assert_eq!(left(&read::<Item>(item), &filter).unwrap(), want);
        }
    }
}

#[derive(Deserialize, Model)]
struct Page {
    items: Vec<Item>,
    #[serde(default)]
    next: Settable<Option<Item>>,
}

#[test]
fn models_in_models_are_filtered_as_fastapi_does() {
    let page: Page = read(&format!(r#"{{"items": [{FOO}, {BAR}]}}"#));
    let filter = Filter::new().exclude(&[
        In("items", &[InEach(&[Name("tax"), Name("tags")])]),
        Name("next"),
    ]);
    let want = r#"{"items":[{"name":"Foo","description":null,"price":50.2},
        {"name":"Bar","description":"The bartenders","price":62.0}]}"#;
    assert_eq!(
        left(&page, &filter).unwrap(),
        want.replace("\n        ", "")
    );
    let want = r#"{"items":[{"name":"Foo","price":50.2},
        {"name":"Bar","description":"The bartenders","price":62.0,"tax":20.2}]}"#;
    let filter = Filter::new().exclude_unset();
    assert_eq!(
        left(&page, &filter).unwrap(),
        want.replace("\n        ", "")
    );
}

#[test]
fn a_model_has_the_fields_of_another_as_one_that_inherits() {
    #[derive(Deserialize, Model)]
    struct BaseUser {
        username: &'static str,
        #[serde(default)]
        full_name: Settable<Option<&'static str>>,
    }

    #[derive(Model)]
    struct UserIn {
        #[serde(flatten)]
        base: BaseUser,
        password: &'static str,
    }

    let user = UserIn {
        base: read(r#"{"username": "u"}"#),
        password: "p",
    };
    let text = |filter: &Filter<'_>| left(&user, filter).unwrap();
    let whole = r#"{"username":"u","full_name":null,"password":"p"}"#;
    assert_eq!(text(&Filter::new()), whole);
    assert_eq!(serde_json::to_string(&user).unwrap(), whole);
    assert_eq!(
        text(&Filter::new().exclude(&[Name("password")])),
        r#"{"username":"u","full_name":null}"#
    );
    assert_eq!(
        text(&Filter::new().exclude_unset()),
        r#"{"username":"u","password":"p"}"#
    );
    assert_eq!(
        left(&user.base, &Filter::new()).unwrap(),
        r#"{"username":"u","full_name":null}"#
    );
    let base = Filter::new().exclude(&[Name("base")]);
    assert_eq!(left(&user, &base), Err(JsonError::UnknownField));
    assert_eq!(filtered(&user, &base), Err(JsonError::UnknownField));
}

#[test]
fn aliases_are_written_unless_names_are_asked_for() {
    #[derive(Model)]
    #[serde(rename_all = "camelCase")]
    struct Friend {
        user_id: u32,
        #[serde(rename = "name")]
        full_name: Settable<Option<&'static str>>,
        best_friends: Settable<Vec<Self>>,
    }

    let friend = Friend {
        user_id: 1,
        full_name: Settable::default(),
        best_friends: Settable::set(vec![Friend {
            user_id: 2,
            full_name: Settable::set(Some("x")),
            best_friends: Settable::default(),
        }]),
    };
    for (filter, want) in [
        (
            Filter::new(),
            r#"{"userId":1,"name":null,"bestFriends":[{"userId":2,"name":"x","bestFriends":[]}]}"#,
        ),
        (
            Filter::new().by_name(),
            r#"{"user_id":1,"full_name":null,"best_friends":
            [{"user_id":2,"full_name":"x","best_friends":[]}]}"#,
        ),
        (
            Filter::new().exclude_unset(),
            r#"{"userId":1,"bestFriends":[{"userId":2,"name":"x"}]}"#,
        ),
        (
            Filter::new().by_name().exclude_defaults(),
            r#"{"user_id":1,"best_friends":[{"user_id":2,"full_name":"x"}]}"#,
        ),
    ] {
        assert_eq!(
            left(&friend, &filter).unwrap(),
            want.replace("\n            ", "")
        );
    }
    // A shape that is a part of itself.
    let deep = [Name("full_name")];
    let deep = [InEach(&[In("best_friends", &[InEach(&deep)])])];
    let parts = [In("best_friends", &deep)];
    let filter = Filter::new().exclude(&parts);
    assert_eq!(filter.check::<Friend>(), Ok(()));
    let deep = [InEach(&[In("best_friends", &[InEach(&[Name("name")])])])];
    let parts = [In("best_friends", &deep)];
    let filter = Filter::new().exclude(&parts);
    assert_eq!(filter.check::<Friend>(), Err(JsonError::UnknownField));
}

#[derive(Clone, Model, PartialEq)]
struct Inner {
    x: u8,
    y: Settable<Option<u8>>,
}

#[derive(Clone, Model)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct World {
    plain_one: u8,
    #[serde(default)]
    option: Option<u8>,
    #[serde(default = "seven")]
    number: Settable<u8>,
    nothing: Settable<Option<u8>>,
    #[serde(default = "inner", rename = "i")]
    inner: Settable<Inner>,
    #[serde(skip)]
    #[expect(dead_code, reason = "it is never written")]
    secret: &'static str,
}

fn seven() -> Settable<u8> {
    Settable::unset(7)
}

fn inner() -> Settable<Inner> {
    Settable::unset(Inner {
        x: 1,
        y: Settable::unset(None),
    })
}

/// All that is known of a field.
#[derive(Clone)]
struct Known {
    name: &'static str,
    alias: &'static str,
    value: Text,
    is_default: bool,
    is_unset: bool,
}

#[derive(Clone)]
enum Text {
    Leaf(String),
    Model(Vec<Known>),
}

/// The text of what is left of these fields.
fn text(rules: Rules, fields: &[Known], is_in: &dyn Fn(&str) -> bool) -> String {
    let mut members = Vec::new();
    for field in fields {
        let value = match &field.value {
            Text::Leaf(text) => text.clone(),
            Text::Model(fields) => text(rules, fields, &|_| true),
        };
        let is_left_out = !is_in(field.name)
            || rules.no_none && value == "null"
            || rules.no_defaults && field.is_default
            || rules.no_unset && field.is_unset;
        if !is_left_out {
            let key = match rules.is_by_name {
                true => field.name,
                false => field.alias,
            };
            members.push(format!("\"{key}\":{value}"));
        }
    }
    format!("{{{}}}", members.join(","))
}

/// A field's value, whether it is set, whether it is the default, and its text.
type Case<T> = (T, bool, bool, Text);

fn leaf(text: &str) -> Text {
    Text::Leaf(text.into())
}

fn inners() -> Vec<Case<Settable<Inner>>> {
    let of = |x: u8, y: Settable<Option<u8>>, text: &str| {
        let is_set = y.is_set();
        let known = |name, value, is_unset| Known {
            name,
            alias: name,
            value,
            is_default: is_unset,
            is_unset,
        };
        let fields = vec![
            known("x", leaf(&x.to_string()), false),
            known("y", leaf(text), !is_set),
        ];
        (Inner { x, y }, Text::Model(fields))
    };
    let (unset, null) = (Settable::unset(None), Settable::set(None));
    let rows = [
        (of(1, unset, "null"), false, true),
        (of(1, unset, "null"), true, true),
        // Whoever has set it, it is the same.
        (of(1, null, "null"), true, true),
        (of(1, Settable::set(Some(4)), "4"), true, false),
        (of(2, unset, "null"), true, false),
    ];
    let case = |((inner, text), is_set, is_default)| {
        let inner = match is_set {
            true => Settable::set(inner),
            false => Settable::unset(inner),
        };
        (inner, is_set, is_default, text)
    };
    rows.into_iter().map(case).collect()
}

#[test]
fn every_set_of_fields_is_left_by_every_filter_as_a_list_of_fields_says() {
    let options = [
        (None, true, true, leaf("null")),
        (Some(3), true, false, leaf("3")),
    ];
    let numbers = [
        (Settable::unset(7), false, true, leaf("7")),
        (Settable::set(7), true, true, leaf("7")),
        (Settable::set(8), true, false, leaf("8")),
    ];
    // No default is known but of what is unset.
    let nothings = [
        (Settable::unset(None), false, true, leaf("null")),
        (Settable::set(None), true, false, leaf("null")),
        (Settable::set(Some(2)), true, false, leaf("2")),
    ];
    let mut worlds: Vec<(World, Vec<Known>)> = Vec::new();
    for option in &options {
        for number in &numbers {
            for nothing in &nothings {
                for inner in inners() {
                    let world = World {
                        plain_one: 5,
                        option: option.0,
                        number: number.0,
                        nothing: nothing.0,
                        inner: inner.0,
                        secret: "s3cret",
                    };
                    let known = |name, alias, is_set: bool, is_default, text: &Text| Known {
                        name,
                        alias,
                        value: text.clone(),
                        is_default,
                        is_unset: !is_set,
                    };
                    let fields = vec![
                        known("plain_one", "PLAIN-ONE", true, false, &leaf("5")),
                        known("option", "OPTION", option.1, option.2, &option.3),
                        known("number", "NUMBER", number.1, number.2, &number.3),
                        known("nothing", "NOTHING", nothing.1, nothing.2, &nothing.3),
                        known("inner", "i", inner.1, inner.2, &inner.3),
                    ];
                    worlds.push((world, fields));
                }
            }
        }
    }
    assert_eq!(worlds.len(), 90);
    const NAMES: [&str; 6] = [
        "plain_one",
        "option",
        "number",
        "nothing",
        "inner",
        "secret",
    ];
    let has = |mask: usize, name: &str| {
        let at = NAMES.iter().position(|other| *other == name).unwrap();
        mask >> at & 1 == 1
    };
    for (at, (world, fields)) in worlds.iter().enumerate() {
        for switches in 0..16 {
            let rules = Rules {
                is_by_name: switches & 1 != 0,
                no_defaults: switches & 2 != 0,
                no_none: switches & 4 != 0,
                no_unset: switches & 8 != 0,
            };
            let got = left(world, &rules.filter(None, None)).unwrap();
            assert_eq!(got, text(rules, fields, &|_| true));
            for mask in (at % size::either(9, 3)..64).step_by(size::either(9, 3)) {
                let parts = NAMES.map(Name).into_iter();
                let parts: Vec<Part<'_>> = parts
                    .filter(|part| matches!(part, Name(name) if has(mask, name)))
                    .collect();
                let got = left(world, &rules.filter(Some(&parts), None)).unwrap();
                assert_eq!(got, text(rules, fields, &|name| has(mask, name)));
                let got = left(world, &rules.filter(None, Some(&parts))).unwrap();
                assert_eq!(got, text(rules, fields, &|name| !has(mask, name)));
            }
        }
    }
}

fn upper<S: Serializer>(text: &&str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text.to_uppercase())
}

mod hexadecimal {
    use serde::Serializer;

    pub(super) fn serialize<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:x}"))
    }
}

#[derive(Serialize)]
struct Flattened {
    one: u8,
    two: Option<u8>,
}

#[test]
fn a_model_has_the_bytes_of_a_derived_serialize() {
    /// Makes one struct twice.
    macro_rules! both {
        ($($item:item)+) => {
            mod plain {
                use super::*;
                #[derive(Serialize)]
                $($item)+
            }
            mod model {
                use super::*;
                #[derive(Model)]
                $($item)+
            }
        };
    }
    macro_rules! same {
        ($name:ident { $($field:ident: $value:expr),* $(,)? }) => {{
            let plain = plain::$name { $($field: $value),* };
            let model = model::$name { $($field: $value),* };
            let want = serde_json::to_string(&plain).unwrap();
            assert_eq!(serde_json::to_string(&model).unwrap(), want);
            let mut buf = buffer(1024);
            let len = Python::of(&model).write(&mut buf).unwrap();
            assert_eq!(std::str::from_utf8(&buf[..len]).unwrap(), want);
            let len = Python::of(&model).response_model(&Filter::new()).write(&mut buf).unwrap();
            assert_eq!(std::str::from_utf8(&buf[..len]).unwrap(), want);
            want
        }};
    }

    both! {
        #[serde(rename = "Whole", rename_all(serialize = "camelCase", deserialize = "lowercase"))]
        #[serde(deny_unknown_fields, bound(serialize = "T: Serialize"))]
        pub(super) struct All<'a, T, const N: usize>
        where
            T: Copy,
        {
            pub(super) first_field: &'a str,
            pub(super) r#type: [T; 2],
            #[serde(rename = "3rd")]
            pub(super) third: Option<T>,
            #[serde(rename(serialize = "fourth_written", deserialize = "4"), alias = "four")]
            pub(super) fourth: (u8, char),
            #[serde(skip)]
            #[expect(dead_code, reason = "it is never written")]
            pub(super) hidden_one: u8,
            #[serde(skip_serializing)]
            #[expect(dead_code, reason = "it is never written")]
            pub(super) hidden_two: u8,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(super) none: Option<u8>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(super) some: Option<u8>,
            #[serde(serialize_with = "upper")]
            pub(super) upper: &'a str,
            #[serde(with = "hexadecimal", default)]
            pub(super) with: u32,
            #[serde(borrow)]
            pub(super) cow: Cow<'a, str>,
            #[serde(flatten)]
            pub(super) flat: Flattened,
            #[serde(flatten)]
            pub(super) nothing: Option<Flattened>,
            pub(super) phantom: PhantomData<[T; N]>,
        }
    }

    let want = same!(All {
        first_field: "a",
        r#type: [1_u8, 2],
        third: None,
        fourth: (4, 'd'),
        hidden_one: 1,
        hidden_two: 2,
        none: None,
        some: Some(5),
        upper: "up",
        with: 255,
        cow: "c".into(),
        flat: Flattened { one: 1, two: None },
        nothing: None,
        phantom: PhantomData::<[u8; 3]>,
    });
    assert_eq!(
        want,
        r#"{"firstField":"a","type":[1,2],"3rd":null,"fourth_written":[4,"d"],"some":5,"#
            .to_owned()
            + r#""upper":"UP","with":"ff","cow":"c","one":1,"two":null,"phantom":null}"#
    );

    macro_rules! cases {
        ($($module:ident $case:literal)+) => {
            $({
                both! {
                    #[serde(rename_all = $case)]
                    pub(super) struct Cased {
                        pub(super) a: u8,
                        pub(super) two_words: u8,
                        pub(super) _under_scored: u8,
                        pub(super) x1_y2: u8,
                        pub(super) r#fn: u8,
                    }
                }
                same!(Cased { a: 1, two_words: 2, _under_scored: 3, x1_y2: 4, r#fn: 5 });
            })+
        };
    }
    cases! {
        lower "lowercase"
        upper "UPPERCASE"
        pascal "PascalCase"
        camel "camelCase"
        snake "snake_case"
        screaming "SCREAMING_SNAKE_CASE"
        kebab "kebab-case"
        screaming_kebab "SCREAMING-KEBAB-CASE"
    }
}

/// A serializer whose texts are the lengths that structs tell, and the fields that come.
mod lengths {
    use serde::ser::{Impossible, SerializeStruct};
    use serde::{Serialize, Serializer};
    use serde_json::Error;

    pub(super) struct Lengths;

    pub(super) struct Fields {
        told: usize,
        come: usize,
    }

    macro_rules! refuse {
        ($($method:ident($($type:ty),*))+) => {
            $(
                fn $method(self, $(_: $type),*) -> Result<(usize, usize), Error> {
                    panic!("no struct")
                }
            )+
        };
    }

    impl Serializer for Lengths {
        type Ok = (usize, usize);
        type Error = Error;
        type SerializeSeq = Impossible<(usize, usize), Error>;
        type SerializeTuple = Impossible<(usize, usize), Error>;
        type SerializeTupleStruct = Impossible<(usize, usize), Error>;
        type SerializeTupleVariant = Impossible<(usize, usize), Error>;
        type SerializeMap = Impossible<(usize, usize), Error>;
        type SerializeStruct = Fields;
        type SerializeStructVariant = Impossible<(usize, usize), Error>;

        refuse! {
            serialize_bool(bool)
            serialize_i8(i8)
            serialize_i16(i16)
            serialize_i32(i32)
            serialize_i64(i64)
            serialize_u8(u8)
            serialize_u16(u16)
            serialize_u32(u32)
            serialize_u64(u64)
            serialize_f32(f32)
            serialize_f64(f64)
            serialize_char(char)
            serialize_str(&str)
            serialize_bytes(&[u8])
            serialize_none()
            serialize_unit()
            serialize_unit_struct(&'static str)
            serialize_unit_variant(&'static str, u32, &'static str)
        }

        fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Self::Ok, Error> {
            panic!("no struct")
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            value: &T,
        ) -> Result<Self::Ok, Error> {
            value.serialize(self)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok, Error> {
            panic!("no struct")
        }

        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
            panic!("no struct")
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
            panic!("no struct")
        }

        fn serialize_tuple_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, Error> {
            panic!("no struct")
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Error> {
            panic!("no struct")
        }

        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
            panic!("no struct")
        }

        fn serialize_struct(self, _: &'static str, told: usize) -> Result<Fields, Error> {
            Ok(Fields { told, come: 0 })
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Error> {
            panic!("no struct")
        }
    }

    impl SerializeStruct for Fields {
        type Ok = (usize, usize);
        type Error = Error;

        fn serialize_field<T: Serialize + ?Sized>(
            &mut self,
            _: &'static str,
            _: &T,
        ) -> Result<(), Error> {
            self.come += 1;
            Ok(())
        }

        fn end(self) -> Result<Self::Ok, Error> {
            Ok((self.told, self.come))
        }
    }
}

#[test]
fn a_model_tells_its_number_of_fields_truly() {
    #[derive(Clone, Model)]
    struct Inner {
        a: u8,
        #[serde(skip)]
        b: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        c: Option<u8>,
    }
    #[derive(Model)]
    struct Middle {
        #[serde(flatten)]
        inner: Option<Box<Inner>>,
        m: u8,
    }
    #[derive(Model)]
    struct Outer {
        #[serde(skip_serializing_if = "Option::is_none")]
        d: Option<u8>,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        maybe: Option<Middle>,
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        last: Option<Inner>,
        e: u8,
    }
    let inner = |c| Inner { a: 1, b: 2, c };
    let outer = |d, c, maybe, last| Outer {
        d,
        inner: inner(c),
        maybe,
        last,
        e: 1,
    };
    let middle = |inner: Option<Inner>| Middle {
        inner: inner.map(Box::new),
        m: 1,
    };
    for (model, want) in [
        (outer(None, None, None, None), 2),
        (outer(Some(1), None, None, None), 3),
        (outer(None, Some(1), None, Some(inner(None))), 4),
        (outer(Some(1), Some(1), Some(middle(None)), None), 5),
        (
            outer(
                None,
                None,
                Some(middle(Some(inner(Some(1))))),
                Some(inner(Some(1))),
            ),
            7,
        ),
    ] {
        assert_eq!(model.serialize(lengths::Lengths).unwrap(), (want, want));
    }
    let _ = inner(None).b;
}

#[test]
fn what_is_no_struct_is_not_flattened() {
    #[derive(Model)]
    struct Flat<T> {
        a: u8,
        #[serde(flatten)]
        flat: T,
    }
    fn text<T: Serialize>(flat: T) -> Result<String, JsonError> {
        filtered(&Flat { a: 1, flat }, &Filter::new())
    }
    assert_eq!(text(()).unwrap(), r#"{"a":1}"#);
    assert_eq!(text(None::<u8>).unwrap(), r#"{"a":1}"#);
    assert_eq!(
        text(Some(Settable::unset(Inner {
            x: 1,
            y: None.into()
        })))
        .unwrap(),
        r#"{"a":1,"x":1,"y":null}"#
    );
    assert_eq!(text(1), Err(JsonError::Custom));
    assert_eq!(text("b"), Err(JsonError::Custom));
    assert_eq!(text([1]), Err(JsonError::Custom));
    assert_eq!(text(BTreeMap::from([("b", 1)])), Err(JsonError::Custom));
    let raw = serde_json::value::RawValue::from_string("{}".into()).unwrap();
    assert_eq!(text(&*raw), Err(JsonError::Custom));
}

/// Newtypes without end.
struct Endless;

impl Serialize for Endless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("$replywire::unset", self)
    }
}

#[test]
fn newtypes_without_end_are_an_error_wherever_they_are() {
    #[derive(Model)]
    struct Flat {
        #[serde(flatten)]
        flat: Endless,
    }
    #[derive(Model)]
    struct Deep {
        deep: Endless,
    }
    for filter in [Filter::new(), Filter::new().exclude_none()] {
        assert!(filtered(&Flat { flat: Endless }, &filter).is_err());
        assert_eq!(
            filtered(&Deep { deep: Endless }, &filter),
            Err(JsonError::Depth)
        );
    }
}

/// The crate by another name.
mod renamed {
    pub(super) use replywire as web;
}

#[test]
fn structs_of_every_form_are_models() {
    trait Has {
        type Item;
    }
    struct Bytes;
    impl Has for Bytes {
        type Item = u8;
    }

    #[derive(Model)]
    struct Associated<T: Has> {
        items: Vec<T::Item>,
        #[serde(skip)]
        _of: PhantomData<T>,
    }
    let value = Associated::<Bytes> {
        items: vec![1],
        _of: PhantomData,
    };
    assert_eq!(
        left(&value, &Filter::new().by_name()).unwrap(),
        r#"{"items":[1]}"#
    );

    #[derive(Model)]
    struct Newtype(Item);
    let filter = Filter::new().exclude(&[Name("tags"), Name("tax"), Name("description")]);
    let want = r#"{"name":"Foo","price":50.2}"#;
    assert_eq!(left(&Newtype(read(FOO)), &filter).unwrap(), want);
    assert_eq!(
        Filter::new().include(&[Name("nope")]).check::<Newtype>(),
        Err(JsonError::UnknownField)
    );

    #[derive(Model)]
    #[serde(transparent)]
    struct Transparent<'a, T> {
        items: &'a [T],
        #[serde(skip)]
        _note: u8,
        _of: PhantomData<T>,
    }
    let value = Transparent {
        items: &[read::<Item>(FOO)][..],
        _note: 1,
        _of: PhantomData,
    };
    let each = [InEach(&[Name("name")])];
    let filter = Filter::new().include(&each);
    assert_eq!(left(&value, &filter).unwrap(), r#"[{"name":"Foo"}]"#);

    #[derive(renamed::web::json::Model)]
    #[model(crate = "renamed::web")]
    struct Renamed {
        a: u8,
    }
    assert_eq!(
        left(&Renamed { a: 1 }, &Filter::new()).unwrap(),
        r#"{"a":1}"#
    );

    #[derive(Default, Model)]
    #[serde(default)]
    struct Defaults<'a, T> {
        a: T,
        #[serde(default = "one")]
        b: u8,
        c: &'a str,
    }
    fn one() -> u8 {
        1
    }
    let filter = Filter::new().exclude_defaults();
    let text = |a, b, c| left(&Defaults { a, b, c }, &filter).unwrap();
    assert_eq!(text(0, 1, ""), "{}");
    assert_eq!(text(1, 0, "c"), r#"{"a":1,"b":0,"c":"c"}"#);

    #[derive(Model)]
    #[serde(default = "made")]
    struct Made {
        a: u8,
    }
    fn made() -> Made {
        Made { a: 9 }
    }
    assert_eq!(left(&Made { a: 9 }, &filter).unwrap(), "{}");
    assert_eq!(left(&Made { a: 0 }, &filter).unwrap(), r#"{"a":0}"#);

    // As a `Union`, whose variants have the names of their models.
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Union {
        Newtype(Newtype),
        Made(Made),
    }
    let unions = [
        Union::Newtype(Newtype(read(FOO))),
        Union::Made(Made { a: 1 }),
    ];
    assert_eq!(
        filtered(&unions, &Filter::new().exclude_unset()).unwrap(),
        r#"[{"name":"Foo","price":50.2},{"a":1}]"#
    );
}

#[test]
fn a_settable_value_is_noted_in_every_model_and_in_no_other_struct() {
    struct ByHand {
        a: Settable<u8>,
    }
    impl Serialize for ByHand {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Model::new(serializer, "ByHand", 1)?
                .field(Field::new("a").alias("b"), &self.a)?
                .end()
        }
    }
    #[derive(Serialize)]
    struct Wrapped(Settable<u8>);
    #[derive(Model)]
    struct Derived<T> {
        a: T,
    }
    #[derive(Serialize)]
    struct Plain {
        a: Settable<u8>,
    }
    let (unset, set) = (Settable::unset(1), Settable::set(1));
    for filter in [
        Filter::new().exclude_unset(),
        Filter::new().exclude_defaults(),
    ] {
        assert_eq!(filtered(&ByHand { a: unset }, &filter).unwrap(), "{}");
        assert_eq!(filtered(&ByHand { a: set }, &filter).unwrap(), r#"{"b":1}"#);
        assert_eq!(filtered(&Derived { a: unset }, &filter).unwrap(), "{}");
        assert_eq!(
            filtered(&Derived { a: set }, &filter).unwrap(),
            r#"{"a":1}"#
        );
        assert_eq!(
            filtered(&Derived { a: Wrapped(unset) }, &filter).unwrap(),
            "{}"
        );
        assert_eq!(filtered(&Derived { a: &unset }, &filter).unwrap(), "{}");
        assert_eq!(
            filtered(&Plain { a: unset }, &filter),
            Err(JsonError::PlainStruct)
        );
    }
    assert_eq!(
        filtered(&Plain { a: unset }, &Filter::new()).unwrap(),
        r#"{"a":1}"#
    );
    assert_eq!(serde_json::to_string(&(unset, set)).unwrap(), "[1,1]");
}

const MISSPELLED: Filter<'_> = Filter::new().exclude(&[In("items", &[InEach(&[Name("taxx")])])]);
const _: () = assert!(MISSPELLED.check::<Page>().is_err());
const _: () = assert!(
    Filter::new()
        .exclude(&[Name("next")])
        .check::<Page>()
        .is_ok()
);

#[test]
fn a_name_that_no_value_has_is_an_error_where_no_value_comes() {
    let page: Page = read(r#"{"items": []}"#);
    assert_eq!(
        filtered(&page, &MISSPELLED).unwrap(),
        r#"{"items":[],"next":null}"#
    );
    assert_eq!(left(&page, &MISSPELLED), Err(JsonError::UnknownField));
    let null = Filter::new().include(&[In("next", &[Name("taxx")])]);
    assert_eq!(filtered(&page, &null).unwrap(), r#"{"next":null}"#);
    assert_eq!(left(&page, &null), Err(JsonError::UnknownField));
    let none: [Item; 0] = [];
    let filter = Filter::new().include(&[InEach(&[In("tags", &[Name("a")])])]);
    assert_eq!(left(&none, &filter), Err(JsonError::NotAModel));
    // No piece leaves either.
    let document = Pydantic::of(&page).response_model(&MISSPELLED);
    let error = Resumable::new(document).fill(&mut [0; 64]);
    assert_eq!(error, Err(JsonError::UnknownField));
}

#[derive(Clone, Model)]
struct Full {
    leaf: u8,
    text: String,
    list: Vec<Sub>,
    map: BTreeMap<&'static str, Sub>,
    model: Option<Box<Sub>>,
    unknown: HashMap<u8, (Sub, Sub)>,
    #[serde(flatten)]
    flat: Flat,
    #[serde(skip)]
    hidden: Sub,
    #[model(opaque)]
    opaque: Vec<u8>,
}

#[derive(Clone, Default, Model)]
struct Sub {
    leaf: u8,
    list: [Settable<char>; 1],
}

#[derive(Clone, Model)]
struct Flat {
    under: Sub,
}

#[test]
fn what_the_check_refuses_is_refused_by_a_value_that_has_all_its_parts() {
    const STEPS: [&str; 12] = [
        "leaf", "text", "list", "map", "model", "unknown", "flat", "hidden", "opaque", "under",
        "@", "*",
    ];
    let sub = Sub::default();
    let full = Full {
        leaf: 1,
        text: "t".into(),
        list: vec![sub.clone()],
        map: STEPS.map(|name| (name, sub.clone())).into(),
        model: Some(Box::new(sub.clone())),
        unknown: [(1, (sub.clone(), sub.clone()))].into(),
        flat: Flat { under: sub.clone() },
        hidden: sub,
        opaque: vec![1],
    };
    let _ = &full.hidden;
    /// One part of a part, and so on, of which the last is meant.
    fn chain(steps: &[&'static str]) -> &'static [Part<'static>] {
        let (step, rest) = steps.split_first().unwrap();
        let part = match (*step, rest) {
            ("@", []) => At(0),
            ("*", []) => Each,
            (name, []) => Name(name),
            ("@", rest) => InAt(0, chain(rest)),
            ("*", rest) => InEach(chain(rest)),
            (name, rest) => In(name, chain(rest)),
        };
        vec![part].leak()
    }
    let mut refused = 0;
    let mut check = |steps: &[&'static str]| {
        let parts = chain(steps);
        for filter in [Filter::new().include(parts), Filter::new().exclude(parts)] {
            let found = filter.check::<Full>();
            let come = filtered(&full, &filter);
            match found {
                Err(error) => {
                    // Of each field, the first that refuses is not the last.
                    assert!(
                        steps.contains(&"*") && come.is_err() || come == Err(error),
                        "{steps:?}"
                    );
                    refused += 1;
                    assert_eq!(left(&full, &filter), Err(error));
                }
                // Fields of each, and those of which nothing is known.
                Ok(()) => assert!(
                    come.is_ok()
                        || steps.contains(&"*")
                        || steps[0] == "unknown"
                        || steps[0] == "opaque",
                    "{steps:?} {come:?}"
                ),
            }
        }
    };
    for a in STEPS {
        check(&[a]);
        for b in STEPS {
            check(&[a, b]);
            for c in STEPS {
                check(&[a, b, c]);
                check(&[a, b, c, "leaf"]);
            }
        }
    }
    assert!(refused > 1000, "{refused}");
    assert!(matches!(
        Full::SHAPE,
        Shape::Joined([Shape::Model(_), Shape::Model(_)])
    ));
}

#[derive(Model)]
#[model(crate = "replywire")]
struct Private {
    email: &'static str,
}

#[derive(Model)]
struct Person {
    id: u8,
    #[serde(flatten)]
    private: Option<Private>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    more: Option<More>,
}

#[derive(Model)]
struct More {
    phone: u8,
}

#[test]
fn fields_of_a_flattened_null_may_be_named() {
    const WITHOUT: Filter<'_> = Filter::new().exclude(&[Name("email"), Name("phone")]);
    const _: () = assert!(WITHOUT.check::<Person>().is_ok());
    let person = |is_known: bool| Person {
        id: 7,
        private: is_known.then_some(Private { email: "a@b" }),
        more: is_known.then_some(More { phone: 1 }),
    };
    for is_known in [false, true] {
        assert_eq!(left(&person(is_known), &WITHOUT), Ok("{\"id\":7}".into()));
    }
    let only = Filter::new().include(&[Name("email")]);
    assert_eq!(left(&person(true), &only), Ok("{\"email\":\"a@b\"}".into()));
    assert_eq!(left(&person(false), &only), Ok("{}".into()));
}

mod first {
    use replywire::json::Model;

    #[derive(Model)]
    pub(super) struct Entry {
        pub(super) legacy: u8,
    }
}

#[derive(Model)]
struct Entry {
    id: u8,
    old: first::Entry,
}

#[test]
fn a_type_of_the_same_name_elsewhere_is_another() {
    let item = Entry {
        id: 1,
        old: first::Entry { legacy: 2 },
    };
    let without = Filter::new().exclude(&[In("old", &[Name("legacy")])]);
    assert_eq!(left(&item, &without), Ok("{\"id\":1,\"old\":{}}".into()));
}

#[test]
fn a_filter_is_checked_against_what_holds_models() {
    const EACH: Filter<'_> = Filter::new().exclude(&[InEach(&[Name("id")])]);
    const WRONG: Filter<'_> = Filter::new().exclude(&[InEach(&[Name("ID")])]);
    const _: () = assert!(EACH.check::<Vec<Person>>().is_ok());

    fn holds<T: Shaped + ?Sized>() {
        assert_eq!(EACH.check::<T>(), Ok(()));
        assert_eq!(WRONG.check::<T>(), Err(JsonError::UnknownField));
    }
    holds::<[Person]>();
    holds::<[Person; 2]>();
    holds::<Vec<Person>>();
    holds::<Box<[Person]>>();
    holds::<Option<Vec<Box<Person>>>>();
    holds::<&Rc<[Arc<Person>]>>();
    holds::<Cow<'_, [&Person]>>();
    holds::<VecDeque<Person>>();
    holds::<BTreeSet<Person>>();
    holds::<HashSet<Person>>();
    holds::<BTreeMap<u8, Person>>();
    holds::<HashMap<String, Option<Person>>>();
    assert_eq!(EACH.check::<Vec<String>>(), Err(JsonError::NoParts));

    let people = vec![Person {
        id: 7,
        private: None,
        more: None,
    }];
    assert_eq!(left(&people, &EACH), Ok("[{}]".into()));
    assert_eq!(left(&people, &WRONG), Err(JsonError::UnknownField));
    let none = Vec::<Person>::new();
    assert_eq!(left(&none, &WRONG), Err(JsonError::UnknownField));
}
