//! Values that write themselves by hand: the same text as by `serde`, as a whole and in pieces.

use std::collections::BTreeMap;

use conformance::pieces::{pieces, whole};
use replywire::json::{Orjson, Outcome, Pydantic, Python, Shallow, Sink, ToJson, Ujson, Value};
use serde::Serialize;

/// Checks the text, in every dialect and through buffers of many sizes.
fn is_written<T: Serialize + ToJson>(value: &T, text: &str) {
    let text = Ok(text.as_bytes().to_vec());
    assert_eq!(whole(&Python::of(value)), text);
    assert_eq!(whole(&Python::by_hand(value)), text);
    assert_eq!(whole(&Ujson::by_hand(value)), text);
    assert_eq!(whole(&Orjson::by_hand(value)), text);
    assert_eq!(whole(&Pydantic::by_hand(value)), text);
    assert_eq!(whole(&Shallow::<Python, 9>::by_hand(value)), text);
    for size in 16..60 {
        assert_eq!(pieces(Python::by_hand(value), || size), text, "{size}");
    }
}

#[test]
fn tuples_of_up_to_twelve_are_arrays() {
    is_written(&(1,), "[1]");
    is_written(&(1, "b"), r#"[1,"b"]"#);
    is_written(&(1, 'b', None::<u8>), r#"[1,"b",null]"#);
    is_written(&(1, 2, 3, (4, [5])), "[1,2,3,[4,[5]]]");
    is_written(&(1, 2, 3, 4, Some(5)), "[1,2,3,4,5]");
    is_written(&(1, 2, 3, 4, 5, ()), "[1,2,3,4,5,null]");
    is_written(&(1, 2, 3, 4, 5, 6, 7), "[1,2,3,4,5,6,7]");
    is_written(&(1, 2, 3, 4, 5, 6, 7, 8), "[1,2,3,4,5,6,7,8]");
    is_written(&(1, 2, 3, 4, 5, 6, 7, 8, 9), "[1,2,3,4,5,6,7,8,9]");
    is_written(&(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "[1,2,3,4,5,6,7,8,9,10]");
    is_written(
        &(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, true),
        "[1,2,3,4,5,6,7,8,9,10,true]",
    );
    is_written(
        &(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1.5, "twelve"),
        r#"[1,2,3,4,5,6,7,8,9,10,1.5,"twelve"]"#,
    );
}

#[derive(Serialize)]
#[serde(transparent)]
struct Map(BTreeMap<String, (u32, String)>);

impl ToJson for Map {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let members = self.0.iter();
        out.object()?
            .fields(members.map(|(name, (number, text))| (name, (number, text.as_str()))))?
            .end()
    }
}

#[test]
fn members_that_come_one_by_one_are_an_object() {
    for count in [0, 1, 2, 30] {
        let members = (0..count).map(|n| (format!("name {n:02}"), (n, "text ".repeat(n as usize))));
        let map = Map(members.clone().collect());
        let members: Vec<_> = members
            .map(|(name, (n, text))| format!("{name:?}:[{n},{text:?}]"))
            .collect();
        is_written(&map, &format!("{{{}}}", members.join(",")));
    }
}
