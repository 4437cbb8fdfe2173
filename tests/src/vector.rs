//! The reference vectors: where they are and what they say.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use serde::Deserialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::latin1;
use crate::reply::{Fields, by_name};

/// One case.
#[derive(Debug, Deserialize)]
pub struct Vector {
    pub id: String,
    pub note: String,
    #[serde(default)]
    pub tags: Vec<String>,
    pub input: Json,
    pub expect: Json,
}

#[derive(Deserialize)]
struct File {
    schema: u32,
    family: String,
    vectors: Vec<Vector>,
}

/// The folder named by `REPLYWIRE_VECTORS`, relative to where the tests run or to the workspace;
/// else the package's own.
pub fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match env::var_os("REPLYWIRE_VECTORS") {
        Some(folder) => {
            let here = PathBuf::from(&folder);
            match here.is_dir() {
                true => here,
                false => package.join("..").join(folder),
            }
        }
        None => package.join("vectors"),
    }
}

/// The vectors of a family, or `None` where the folder has no file of it.
///
/// # Panics
///
/// Where the file is not of this family or its schema is unknown.
pub fn load(folder: &Path, family: &str) -> Option<Vec<Vector>> {
    let text = fs::read_to_string(folder.join(family).with_extension("json")).ok()?;
    let file: File = serde_json::from_str(&text).expect("a file of vectors");
    assert_eq!((file.schema, file.family.as_str()), (1, family));
    Some(file.vectors)
}

/// The shared vectors of a family, which come with the package.
///
/// # Panics
///
/// Where they do not.
pub fn shared(family: &str) -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    load(&folder, family).expect("the shared vectors")
}

/// The bytes of a base64 text.
///
/// # Panics
///
/// Where it is none.
pub fn base64(text: &Json) -> Vec<u8> {
    STANDARD
        .decode(text.as_str().expect("a base64 text"))
        .expect("base64")
}

/// `[[name, value], …]`, or nothing for `null`.
///
/// # Panics
///
/// Where it is neither.
pub fn pairs(list: &Json) -> Vec<(&str, &str)> {
    match list {
        Json::Null => Vec::new(),
        _ => list
            .as_array()
            .expect("a header list")
            .iter()
            .map(|pair| match (pair[0].as_str(), pair[1].as_str()) {
                (Some(name), Some(value)) => (name, value),
                _ => panic!("no pair of texts: {pair}"),
            })
            .collect(),
    }
}

/// The expected fields of a header list.
pub fn fields(list: &Json) -> Fields {
    let fields: Vec<(&str, Vec<u8>)> = pairs(list)
        .into_iter()
        .map(|(name, value)| (name, latin1(value)))
        .collect();
    by_name(&fields)
}

/// The bytes of a file.
///
/// # Panics
///
/// Where `content` describes none.
pub fn content(content: &Json) -> Vec<u8> {
    match content["kind"].as_str() {
        Some("text") => {
            let text = content["v"].as_str().expect("a text");
            let times = content["repeat"].as_u64().unwrap_or(1);
            text.repeat(times as usize).into_bytes()
        }
        Some("pattern") => (0..content["len"].as_u64().expect("a length"))
            .map(|i| (i * 31 + (i >> 8) * 17 + 7) as u8)
            .collect(),
        other => panic!("unknown content {other:?}"),
    }
}

/// The text of the tag that the reference gives a file: `time` is when it was modified, in seconds.
pub fn reference_tag(time: &str, len: usize) -> String {
    let digest = Md5::digest(format!("{time}-{len}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// True if `got` is the body that `want` describes.
///
/// # Panics
///
/// Where `want` describes none.
pub fn is_body(got: &[u8], want: &Json) -> bool {
    if want["len"] != got.len() {
        return false;
    }
    match want.get("b64") {
        Some(bytes) => base64(bytes) == got,
        None => {
            let want = want["sha256"].as_str().expect("a digest");
            let digest = Sha256::digest(got);
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            hex == want
        }
    }
}

/// True if any text in `json` has a character that `is` holds for.
pub fn any_char(json: &Json, is: &impl Fn(char) -> bool) -> bool {
    match json {
        Json::String(text) => text.chars().any(is),
        Json::Array(list) => list.iter().any(|item| any_char(item, is)),
        Json::Object(map) => map.values().any(|item| any_char(item, is)),
        _ => false,
    }
}
