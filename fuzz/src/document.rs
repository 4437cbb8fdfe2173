//! Writes a value in every dialect and way, and compares with what the model says.

use replywire::Error;
use replywire::json::{Dialect, Document, JsonError, Orjson, Pydantic, Python, Resumable, Ujson};
use serde_json::Value;

use crate::input::{Json, Key, Splits, ValueCase};
use crate::model::json::{Flavour, ORJSON, PYDANTIC, PYTHON, Spelling, UJSON, dumps};

/// Writes a value as a whole and in pieces.
///
/// # Panics
///
/// Where the library does not do what the model says.
pub fn check(case: &ValueCase) {
    dialect::<Python>(case, &PYTHON);
    dialect::<Ujson>(case, &UJSON);
    dialect::<Orjson>(case, &ORJSON);
    dialect::<Pydantic>(case, &PYDANTIC);
}

fn dialect<D: Dialect>(case: &ValueCase, spelling: &Spelling) {
    let want = dumps(&case.value, Flavour::Serde, spelling);
    document(D::of(&case.value), &case.sizes, &want);
    let by_hand = dumps(&case.value, Flavour::ByHand, spelling);
    document(D::by_hand(&case.value), &case.sizes, &by_hand);
    if let Ok(text) = want
        && let Ok(theirs) = serde_json::to_string(&case.value)
        && !has_own_parts(&case.value, spelling.bytes)
    {
        // Where it is too deep to be read, both are.
        let read = |text| serde_json::from_str::<Value>(text).ok();
        assert_eq!(read(&text), read(&theirs));
    }
}

/// Writes a document as a whole and in pieces, which must come to what is wanted.
pub(crate) fn document(document: impl Document, sizes: &Splits, want: &Result<String, JsonError>) {
    match want {
        Ok(want) => {
            let needed = want.len();
            assert_eq!(document.measure(), Ok(needed));
            let mut buf = vec![0xaa; needed + 40];
            assert_eq!(document.write(&mut buf), Ok(needed));
            assert_eq!(&buf[..needed], want.as_bytes());
            let mut buf = vec![0xaa; needed];
            assert_eq!(document.write(&mut buf), Ok(needed));
            assert_eq!(buf, want.as_bytes());
            buf.pop();
            assert_eq!(document.write(&mut buf), Err(Error::Overflow { needed }));
        }
        Err(error) => {
            assert_eq!(document.measure(), Err(*error));
            assert_eq!(document.write(&mut [0; 64]), Err(Error::Json(*error)));
        }
    }
    let text = pieces(document, &sizes.0);
    assert_eq!(text.as_deref(), want.as_deref().map(str::as_bytes));
}

/// How much longer the buffers are behind as many bytes, so that long texts do not take long.
const LATER: usize = 2048;

/// All of a document, through buffers of the least size or longer by these.
fn pieces(document: impl Document, longer: &[u8]) -> Result<Vec<u8>, JsonError> {
    let mut longer = longer.iter().cycle();
    let mut document = Resumable::new(document);
    let mut text = Vec::new();
    let mut buf = [0; 16 + 255 + LATER];
    loop {
        let later = if text.len() < LATER { 0 } else { LATER };
        let size = 16 + usize::from(*longer.next().unwrap_or(&0)) + later;
        match document.fill(&mut buf[..size])? {
            0 => return Ok(text),
            n => text.extend_from_slice(&buf[..n]),
        }
    }
}

/// Whether it has a part that `serde_json` spells otherwise: a key, or bytes where they are text.
fn has_own_parts(value: &Json, bytes: bool) -> bool {
    let is_own = |part: &Json| has_own_parts(part, bytes);
    match value {
        Json::Bytes(_) => bytes,
        Json::Iterator(items) | Json::List(items) | Json::Tuple(items) => items.iter().any(is_own),
        Json::Map(members) => members
            .iter()
            .any(|(key, item)| matches!(key, Key::Double(_) | Key::Single(_)) || is_own(item)),
        Json::Newtype(item)
        | Json::Some(item)
        | Json::Variant(item)
        | Json::VariantStruct(item) => is_own(item),
        Json::Struct(members) => members.iter().any(|(_, item)| is_own(item)),
        Json::VariantPair(pair) => is_own(&pair.0) || is_own(&pair.1),
        _ => false,
    }
}
