//! JSON as Python's `json.dumps` writes it, without blanks and with literal UTF-8.

use replywire::json::JsonError;

use crate::input::{Json, Key};

/// Which of the two front ends writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flavour {
    ByHand,
    Serde,
}

pub fn dumps(value: &Json, flavour: Flavour) -> Result<String, JsonError> {
    let mut out = String::new();
    write(&mut out, value, flavour, 0)?;
    Ok(out)
}

fn write(out: &mut String, value: &Json, flavour: Flavour, depth: usize) -> Result<(), JsonError> {
    match value {
        Json::Bool(value) => out.push_str(&value.to_string()),
        Json::Bytes(bytes) => {
            deeper(depth)?;
            let numbers: Vec<String> = bytes.0.iter().map(u8::to_string).collect();
            out.push_str(&format!("[{}]", numbers.join(",")));
        }
        Json::Deep(levels) => {
            let levels = usize::from(*levels);
            if depth + levels > 254 {
                return Err(JsonError::Depth);
            }
            out.push_str(&format!("{}7{}", "[".repeat(levels), "]".repeat(levels)));
        }
        Json::Double(value) => {
            let shortest = format!("{value:e}");
            let even = format!("{value:.*e}", precision(&shortest));
            let same = even.parse() == Ok(*value);
            out.push_str(&float(*value, if same { &even } else { &shortest })?);
        }
        Json::List(items) => {
            let depth = deeper(depth)?;
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                comma(out, at);
                write(out, item, flavour, depth)?;
            }
            out.push(']');
        }
        Json::Literal(text) => match flavour {
            Flavour::ByHand if !is_number(&text.0) => return Err(JsonError::Number),
            Flavour::ByHand => out.push_str(&text.0),
            Flavour::Serde => string(out, &text.0),
        },
        Json::Map(members) => {
            let depth = deeper(depth)?;
            out.push('{');
            for (at, (key, item)) in members.iter().enumerate() {
                comma(out, at);
                string(out, &name(key, flavour)?);
                out.push(':');
                write(out, item, flavour, depth)?;
            }
            out.push('}');
        }
        Json::Null => out.push_str("null"),
        Json::Refused => return Err(JsonError::Custom),
        Json::Signed(value) => out.push_str(&value.to_string()),
        Json::Single(value) => {
            let shortest = format!("{value:e}");
            let even = format!("{value:.*e}", precision(&shortest));
            let same = even.parse() == Ok(*value);
            out.push_str(&float(
                (*value).into(),
                if same { &even } else { &shortest },
            )?);
        }
        Json::Text(text) => string(out, &text.0),
        Json::Unsigned(value) => out.push_str(&value.to_string()),
        Json::Variant(item) => {
            let depth = deeper(depth)?;
            out.push_str("{\"V\":");
            write(out, item, flavour, depth)?;
            out.push('}');
        }
        Json::VariantPair(pair) => {
            let depth = deeper(deeper(depth)?)?;
            out.push_str("{\"V\":[");
            write(out, &pair.0, flavour, depth)?;
            out.push(',');
            write(out, &pair.1, flavour, depth)?;
            out.push_str("]}");
        }
        Json::VariantStruct(item) => {
            let depth = deeper(deeper(depth)?)?;
            out.push_str("{\"V\":{\"a\":");
            write(out, item, flavour, depth)?;
            out.push_str("}}");
        }
        Json::Wide(value) => out.push_str(&value.to_string()),
        Json::WideUnsigned(value) => out.push_str(&value.to_string()),
    }
    Ok(())
}

fn deeper(depth: usize) -> Result<usize, JsonError> {
    match depth < 254 {
        true => Ok(depth + 1),
        false => Err(JsonError::Depth),
    }
}

fn comma(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

/// The text of a key.
pub fn name(key: &Key, flavour: Flavour) -> Result<String, JsonError> {
    match key {
        Key::Bool(value) => Ok(value.to_string()),
        Key::List if flavour == Flavour::Serde => Err(JsonError::Key),
        Key::List => Ok(String::from("list")),
        Key::Null => Ok(String::from("null")),
        Key::Signed(value) => Ok(value.to_string()),
        Key::Text(text) => Ok(text.0.clone()),
        Key::Unsigned(value) => Ok(value.to_string()),
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out.push('"');
}

/// Digits behind the point. Where two shortest texts are equally near, Python takes the even one,
/// as does a format of given precision, and `{:e}` takes the upper.
fn precision(scientific: &str) -> usize {
    let mantissa = scientific.split('e').next().unwrap_or_default();
    mantissa
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len())
}

/// Python's `repr`, from the shortest digits: an exponent below 1e-4 and from 1e16 on.
fn float(value: f64, scientific: &str) -> Result<String, JsonError> {
    if !value.is_finite() {
        return Err(JsonError::NotFinite);
    }
    let (sign, scientific) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific),
    };
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the form has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    let digits = mantissa.replace('.', "");
    let point = exponent + 1;
    let text = if value == 0.0 {
        String::from("0.0")
    } else if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    } else if point <= 0 {
        format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else if digits.len() <= point as usize {
        let zeros = point as usize - digits.len();
        format!("{digits}{}.0", "0".repeat(zeros))
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{whole}.{fraction}")
    };
    Ok(format!("{sign}{text}"))
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
