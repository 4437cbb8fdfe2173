//! Both ways to write a whole document give the same.

use std::vec;

use super::Document;
use super::compact::{self, write_and_measure};
use super::text::DocumentText;
use crate::error::JsonError;
use crate::json::by_hand::value::{Outcome, ToJson, Value};
use crate::json::rules::{Python, Ujson};
use crate::json::sink::interface::Sink;
use crate::write::buf::Buf;

struct Node;

impl ToJson for Node {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("text", "a/b \"\u{1}\\\u{e9}")?
            .field("numbers", &[i64::MIN, -1, 0, 4_294_967_296])?
            .field("on", &true)?
            .field("none", &None::<u8>)?
            .end()
    }
}

#[test]
fn a_measuring_sink_writes_as_a_slice_does_and_counts_what_has_no_room() {
    let document = Ujson::by_hand(&Node);
    let text = concat!(
        r#"{"text":"a\/b \"\u0001\\"#,
        "\u{e9}",
        r#"","numbers":[-9223372036854775808,-1,0,4294967296],"on":true,"none":null}"#,
    );
    assert_eq!(document.measure(), Ok(text.len()));
    assert_eq!(compact::measure_within(&document, 0), Ok(text.len()));
    for room in 0..=text.len() + 1 {
        let mut buf = vec![0xee; room];
        let mut out = Buf::new(&mut buf);
        assert_eq!(write_and_measure(&document, &mut out), Ok(()));
        assert_eq!(out.len(), text.len());
        if room >= text.len() {
            assert_eq!(&buf[..text.len()], text.as_bytes());
        }
        let written = Some(text.len()).filter(|len| *len <= room);
        assert_eq!(document.try_write(&mut buf), written);
        assert_eq!(compact::try_write(&document, &mut buf), written);
    }
}

struct Wrong;

impl ToJson for Wrong {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.item(&f64::NAN)?.end()
    }
}

#[test]
fn a_measuring_sink_tells_what_is_wrong() {
    let document = Python::by_hand(&Wrong);
    assert_eq!(document.measure(), Err(JsonError::NotFinite));
    assert_eq!(
        write_and_measure(&document, &mut Buf::new(&mut [0; 8])),
        Err(JsonError::NotFinite)
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_value_that_hides_a_failure_has_no_length() {
    use serde_core::ser::{Error as _, Serialize, SerializeTuple as _, Serializer};

    struct Failing;

    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no"))
        }
    }

    struct Hiding<T>(T);

    impl<T: Serialize> Serialize for Hiding<T> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let mut tuple = to.serialize_tuple(2)?;
            let _ = tuple.serialize_element(&self.0);
            let _ = tuple.serialize_element(&1);
            tuple.end()
        }
    }

    fn check(document: &impl Document, error: JsonError) {
        assert_eq!(document.measure(), Err(error));
        let measured = write_and_measure(document, &mut Buf::new(&mut [0; 8]));
        assert_eq!(measured, Err(error));
    }

    check(&Python::of(&Hiding(Failing)), JsonError::Custom);
    check(&Python::of(&Hiding(f64::NAN)), JsonError::NotFinite);
}

/// A text of which a failed sink is given back as if it were whole.
struct Lost;

impl DocumentText for Lost {
    type Dialect = Python;

    fn write_text<S: Sink<Dialect = Python>>(&self, mut sink: S, _: u8) -> Result<S, S::Error> {
        let taken = sink.take();
        let _ = taken.fail(JsonError::NotFinite);
        Ok(sink)
    }
}

#[test]
fn a_failed_sink_is_never_a_document() {
    for room in 0..64 {
        let mut buf = vec![0xee; room];
        assert_eq!(compact::try_write(&Lost, &mut buf), None);
        if room > 0 {
            assert_eq!(Lost.try_write(&mut buf), None);
        }
    }
    assert_eq!(Lost.measure(), Err(JsonError::NotFinite));
    assert_eq!(compact::measure_within(&Lost, 0), Err(JsonError::NotFinite));
}

struct MadeUp;

impl ToJson for MadeUp {
    fn to_json<S: Sink>(&self, _: Value<S>) -> Outcome<S> {
        Err(JsonError::Shape.into())
    }
}

#[test]
fn an_error_that_a_value_makes_up_is_told_as_measuring_tells_it() {
    let document = Python::by_hand(&MadeUp);
    assert_eq!(super::made_up(&document), document.measure().unwrap_err());
    let measured = compact::measure_within(&document, 0).unwrap_err();
    assert_eq!(compact::made_up(&document), measured);
}
