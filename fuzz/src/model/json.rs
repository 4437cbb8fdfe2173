//! JSON as four encoders of Python write it, without blanks and with literal UTF-8.

use replywire::json::JsonError;

use crate::input::{Json, Key};

/// Which of the two front ends writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flavour {
    ByHand,
    Serde,
}

/// What tells an encoder from the others.
#[derive(Debug)]
pub struct Spelling {
    slash: bool,
    byte_keys: bool,
    /// Python's words for what is not finite are keys.
    not_finite_keys: bool,
    /// What is not finite is null.
    null: bool,
    /// Integers may have more than 64 bits.
    wide: bool,
    /// Bytes are text.
    pub bytes: bool,
    /// The key that null is.
    null_key: &'static str,
    value: Exponent,
    /// Of an `f32`.
    single: Exponent,
    key: Exponent,
}

/// Below which power of ten an exponent begins, from which one on, and how many digits it has at
/// least.
#[derive(Clone, Copy, Debug)]
struct Exponent(i32, i32, usize);

/// `json.dumps`.
pub const PYTHON: Spelling = Spelling {
    slash: false,
    byte_keys: false,
    not_finite_keys: false,
    null: false,
    wide: true,
    bytes: false,
    null_key: "null",
    value: Exponent(-4, 16, 2),
    single: Exponent(-4, 16, 2),
    key: Exponent(-4, 16, 2),
};

/// `ujson`, but for values that are not finite.
pub const UJSON: Spelling = Spelling {
    slash: true,
    byte_keys: true,
    not_finite_keys: true,
    value: Exponent(-4, 16, 1),
    single: Exponent(-4, 16, 1),
    ..PYTHON
};

/// `orjson`.
pub const ORJSON: Spelling = Spelling {
    null: true,
    wide: false,
    value: Exponent(-5, 16, 1),
    single: Exponent(-6, 13, 1),
    key: Exponent(-5, 16, 1),
    ..PYTHON
};

/// `pydantic`, as FastAPI asks it.
pub const PYDANTIC: Spelling = Spelling {
    byte_keys: true,
    not_finite_keys: true,
    null: true,
    bytes: true,
    null_key: "None",
    value: Exponent(-5, 16, 1),
    single: Exponent(-5, 16, 1),
    ..PYTHON
};

pub fn dumps(value: &Json, flavour: Flavour, spelling: &Spelling) -> Result<String, JsonError> {
    dumps_within(value, flavour, spelling, 0)
}

/// The same with so many arrays and objects around it.
pub fn dumps_within(
    value: &Json,
    flavour: Flavour,
    spelling: &Spelling,
    depth: usize,
) -> Result<String, JsonError> {
    let mut dump = Dump {
        out: String::new(),
        flavour,
        spelling,
    };
    dump.write(value, depth)?;
    Ok(dump.out)
}

/// A text in quotes.
pub fn quoted(text: &str, spelling: &Spelling) -> String {
    let mut dump = Dump {
        out: String::new(),
        flavour: Flavour::Serde,
        spelling,
    };
    dump.string(text);
    dump.out
}

struct Dump<'s> {
    out: String,
    flavour: Flavour,
    spelling: &'s Spelling,
}

impl Dump<'_> {
    fn write(&mut self, value: &Json, depth: usize) -> Result<(), JsonError> {
        match value {
            Json::Bool(value) => self.put(&value.to_string()),
            Json::Bytes(bytes) if self.spelling.bytes && self.flavour == Flavour::Serde => {
                self.string(str::from_utf8(&bytes.0).map_err(|_| JsonError::NotUtf8)?);
            }
            Json::Bytes(bytes) => {
                deeper(depth)?;
                let numbers: Vec<String> = bytes.0.iter().map(u8::to_string).collect();
                self.put(&format!("[{}]", numbers.join(",")));
            }
            Json::Char(value) => self.string(&String::from(*value)),
            Json::Deep(levels) => {
                let levels = usize::from(*levels);
                if depth + levels > 254 {
                    return Err(JsonError::Depth);
                }
                self.put(&format!("{}7{}", "[".repeat(levels), "]".repeat(levels)));
            }
            Json::Displayed(fragments) => {
                let text: String = fragments.iter().map(|text| text.0.as_str()).collect();
                self.string(&text);
            }
            Json::Double(value) => match value.is_finite() {
                true => self.put(&float(double(*value), self.spelling.value)),
                false => self.not_finite()?,
            },
            Json::Iterator(items) | Json::List(items) | Json::Tuple(items) => {
                let depth = deeper(depth)?;
                self.put("[");
                for (at, item) in items.iter().enumerate() {
                    self.comma(at);
                    self.write(item, depth)?;
                }
                self.put("]");
            }
            Json::Literal(text) => match self.flavour {
                Flavour::ByHand => self.literal(&text.0)?,
                Flavour::Serde => self.string(&text.0),
            },
            Json::Map(members) => {
                let depth = deeper(depth)?;
                self.put("{");
                for (at, (key, item)) in members.iter().enumerate() {
                    self.comma(at);
                    self.string(&match self.flavour {
                        Flavour::ByHand => {
                            let name = name(key, self.flavour, &PYTHON);
                            name.map_err(|_| JsonError::Custom)?
                        }
                        Flavour::Serde => name(key, self.flavour, self.spelling)?,
                    });
                    self.put(":");
                    self.write(item, depth)?;
                }
                self.put("}");
            }
            Json::Newtype(item) | Json::Some(item) => self.write(item, depth)?,
            Json::Null => self.put("null"),
            Json::Refused => return Err(JsonError::Custom),
            Json::Signed(value) => self.put(&value.to_string()),
            Json::Single(value) => match value.is_finite() {
                true => self.put(&float(single(*value), self.spelling.single)),
                false => self.not_finite()?,
            },
            Json::Struct(members) => {
                let depth = deeper(depth)?;
                self.put("{");
                for (at, (label, item)) in members.iter().enumerate() {
                    self.comma(at);
                    self.string(label.as_str());
                    self.put(":");
                    self.write(item, depth)?;
                }
                self.put("}");
            }
            Json::Text(text) => self.string(&text.0),
            Json::UnitVariant(label) => self.string(label.as_str()),
            Json::Unsigned(value) => self.put(&value.to_string()),
            Json::Variant(item) => {
                let depth = deeper(depth)?;
                self.put("{\"V\":");
                self.write(item, depth)?;
                self.put("}");
            }
            Json::VariantPair(pair) => {
                let depth = deeper(deeper(depth)?)?;
                self.put("{\"V\":[");
                self.write(&pair.0, depth)?;
                self.put(",");
                self.write(&pair.1, depth)?;
                self.put("]}");
            }
            Json::VariantStruct(item) => {
                let depth = deeper(deeper(depth)?)?;
                self.put("{\"V\":{\"a\":");
                self.write(item, depth)?;
                self.put("}}");
            }
            Json::Wide(value) => self.put(&integer(&value.to_string(), self.spelling)?),
            Json::WideUnsigned(value) => self.put(&integer(&value.to_string(), self.spelling)?),
        }
        Ok(())
    }

    fn literal(&mut self, text: &str) -> Result<(), JsonError> {
        if !is_number(text) {
            return Err(JsonError::Number);
        }
        match text.contains(['.', 'e', 'E']) {
            true => self.put(text),
            false => self.put(&integer(text, self.spelling)?),
        }
        Ok(())
    }

    fn not_finite(&mut self) -> Result<(), JsonError> {
        if !self.spelling.null {
            return Err(JsonError::NotFinite);
        }
        self.put("null");
        Ok(())
    }

    fn string(&mut self, text: &str) {
        self.put("\"");
        for char in text.chars() {
            match char {
                '"' => self.put("\\\""),
                '\\' => self.put("\\\\"),
                '/' if self.spelling.slash => self.put("\\/"),
                '\u{8}' => self.put("\\b"),
                '\u{c}' => self.put("\\f"),
                '\n' => self.put("\\n"),
                '\r' => self.put("\\r"),
                '\t' => self.put("\\t"),
                '\0'..='\u{1f}' => self.put(&format!("\\u{:04x}", u32::from(char))),
                _ => self.out.push(char),
            }
        }
        self.put("\"");
    }

    fn comma(&mut self, at: usize) {
        if at > 0 {
            self.put(",");
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

fn integer(text: &str, spelling: &Spelling) -> Result<String, JsonError> {
    let fits = text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    match fits || spelling.wide {
        true => Ok(text.into()),
        false => Err(JsonError::Integer),
    }
}

/// So many arrays and objects, with one more.
pub fn deeper(depth: usize) -> Result<usize, JsonError> {
    match depth < 254 {
        true => Ok(depth + 1),
        false => Err(JsonError::Depth),
    }
}

/// The text of a key.
pub fn name(key: &Key, flavour: Flavour, spelling: &Spelling) -> Result<String, JsonError> {
    match key {
        Key::Bool(value) => Ok(value.to_string()),
        Key::Bytes(_) if !spelling.byte_keys => Err(JsonError::Key),
        Key::Bytes(bytes) => match str::from_utf8(&bytes.0) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(JsonError::NotUtf8),
        },
        Key::Char(value) => Ok(String::from(*value)),
        Key::Double(value) if value.is_finite() => Ok(float(double(*value), spelling.key)),
        Key::Double(value) => not_finite_name(*value, spelling),
        Key::List if flavour == Flavour::Serde => Err(JsonError::Key),
        Key::List => Ok(String::from("list")),
        Key::Null => Ok(String::from(spelling.null_key)),
        Key::Signed(value) => Ok(value.to_string()),
        Key::Single(value) if value.is_finite() => Ok(float(single(*value), spelling.key)),
        Key::Single(value) => not_finite_name((*value).into(), spelling),
        Key::Text(text) => Ok(text.0.clone()),
        Key::Unsigned(value) => Ok(value.to_string()),
        Key::Variant(label) => Ok(label.as_str().into()),
        Key::Wide(value) => integer(&value.to_string(), spelling),
    }
}

fn not_finite_name(value: f64, spelling: &Spelling) -> Result<String, JsonError> {
    match (spelling.not_finite_keys, spelling.null) {
        // Rust has its own capitals.
        (true, _) => Ok(value.to_string().to_lowercase()),
        (false, true) => Ok("null".into()),
        (false, false) => Err(JsonError::NotFinite),
    }
}

/// The shortest digits, as `1.25e-7`.
fn double(value: f64) -> String {
    let shortest = format!("{value:e}");
    let even = format!("{value:.*e}", precision(&shortest));
    match even.parse() == Ok(value) {
        true => even,
        false => shortest,
    }
}

fn single(value: f32) -> String {
    let shortest = format!("{value:e}");
    let even = format!("{value:.*e}", precision(&shortest));
    match even.parse() == Ok(value) {
        true => even,
        false => shortest,
    }
}

/// Digits behind the point. Where two shortest texts are equally near, Python takes the even one,
/// as does a format of given precision, and `{:e}` takes the upper.
fn precision(scientific: &str) -> usize {
    let mantissa = scientific.split('e').next().unwrap_or_default();
    mantissa
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len())
}

/// Python's `repr`, from the shortest digits.
fn float(scientific: String, Exponent(least, most, width): Exponent) -> String {
    let (sign, scientific) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific.as_str()),
    };
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the form has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    let digits = mantissa.replace('.', "");
    let point = exponent + 1;
    let text = if !(least..most).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:0width$}", exponent.abs())
    } else if point <= 0 {
        format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else if digits.len() <= point as usize {
        let zeros = point as usize - digits.len();
        format!("{digits}{}.0", "0".repeat(zeros))
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{whole}.{fraction}")
    };
    format!("{sign}{text}")
}

/// Whether the text is a number of RFC 8259 § 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}
