//! Random values, and what a dialect of JSON writes of each, for those who know the values by
//! another library: `json_values DIALECT COUNT SEED`.
//!
//! Each is a pair that Python's `pickle` reads, of the value and its text; in place of a text that
//! was refused there is the error's name. An `f32` is a call of `replywire.single`.

use std::io::{self, BufWriter, Write};

use conformance::pieces::whole;
use conformance::random::Random;
use conformance::value::Value;
use replywire::json::{Dialect, Orjson, Pydantic, Python, Ujson};

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dialect, count, seed] = args.as_slice() else {
        panic!("json_values DIALECT COUNT SEED");
    };
    let count = count.parse().expect("a number of values");
    let seed = seed.parse().expect("a seed");
    match dialect.as_str() {
        "python" => write::<Python>(count, seed, false),
        "ujson" => write::<Ujson>(count, seed, false),
        "orjson" => write::<Orjson>(count, seed, false),
        "pydantic" => write::<Pydantic>(count, seed, true),
        other => panic!("unknown dialect {other}"),
    }
}

/// Prints what there is to know of the numbers, and so many random values.
fn write<D: Dialect>(count: usize, seed: u64, has_bytes: bool) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut source = Random::new(seed);
    let source = &mut source;
    for value in numbers(source) {
        print::<D>(&value, &mut out)?;
    }
    for _ in 0..count {
        print::<D>(&any(source, 3, has_bytes), &mut out)?;
    }
    out.flush()
}

fn print<D: Dialect>(value: &Value, out: &mut impl Write) -> io::Result<()> {
    let text = whole(&D::of(value));
    let is_for_hands = value.all(&|part| match part {
        Value::Map(pairs) => pairs.iter().all(|(key, _)| matches!(key, Value::Text(_))),
        Value::Bytes(_) => false,
        _ => true,
    });
    if is_for_hands {
        assert_eq!(whole(&D::by_hand(value)), text, "{value:?} by hand");
    }
    out.write_all(b"\x80\x03")?;
    pickle(value, out)?;
    match text {
        Ok(text) => pickle(&Value::Bytes(text), out)?,
        Err(error) => pickle(&Value::Text(format!("{error:?}")), out)?,
    }
    out.write_all(b"\x86.")
}

/// Each power of ten with each number of digits, a text's neighbours too, of both widths.
fn numbers(source: &mut Random) -> Vec<Value> {
    let mut numbers = Vec::new();
    for power in -345..=310 {
        for digits in 1..=17 {
            let value: f64 = decimal(source, digits, power).parse().expect("a number");
            for value in [value, value.next_up(), value.next_down()] {
                numbers.extend([Value::Float(value), key(Value::Float(value))]);
            }
        }
    }
    for power in -47..=40 {
        for digits in 1..=9 {
            let value: f32 = decimal(source, digits, power).parse().expect("a number");
            for value in [value, value.next_up(), value.next_down()] {
                numbers.extend([Value::Single(value), key(Value::Single(value))]);
            }
        }
    }
    numbers
}

/// A map with this key.
fn key(key: Value) -> Value {
    Value::Map(vec![(key, Value::Null)])
}

/// A number of so many digits.
fn decimal(source: &mut Random, digits: usize, power: i32) -> String {
    let sign = if source.below(2) == 0 { "" } else { "-" };
    let first = source.below(9) + 1;
    let rest: String = (0..digits)
        .map(|_| char::from(b'0' + source.below(10) as u8))
        .collect();
    format!("{sign}{first}.{}e{power}", &rest[1..])
}

/// Any value that nests up to `depth` levels. Bytes are only among values where `has_bytes`.
fn any(source: &mut Random, depth: usize, has_bytes: bool) -> Value {
    match source.below(if depth == 0 { 8 } else { 11 }) {
        0 => [Value::Null, Value::Bool(false), Value::Bool(true)][source.below(3)].clone(),
        1 => integer(source),
        2 | 3 => double(source),
        4 => single(source),
        5 if has_bytes => bytes(source),
        5..8 => text(source),
        8 => Value::List(list(source, depth, has_bytes)),
        _ => {
            let mut pairs = Vec::new();
            for value in list(source, depth, has_bytes) {
                let key = any_key(source);
                if pairs.iter().all(|(other, _)| !is_same(other, &key)) {
                    pairs.push((key, value));
                }
            }
            Value::Map(pairs)
        }
    }
}

fn list(source: &mut Random, depth: usize, has_bytes: bool) -> Vec<Value> {
    (0..source.below(6))
        .map(|_| any(source, depth - 1, has_bytes))
        .collect()
}

fn any_key(source: &mut Random) -> Value {
    match source.below(24) {
        0 => Value::Null,
        1 => Value::Bool(source.below(2) == 0),
        2..6 => integer(source),
        6..9 => double(source),
        9 => single(source),
        10 => bytes(source),
        _ => text(source),
    }
}

/// True if they may be one key of a `dict`, where numbers are equal across types.
fn is_same(one: &Value, other: &Value) -> bool {
    let number = |key: &Value| match key {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Int(text) => text.parse().ok(),
        Value::Float(value) => Some(*value),
        Value::Single(value) => value.to_string().parse().ok(),
        _ => None,
    };
    match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::Bytes(one), Value::Bytes(other)) => one == other,
        _ => number(one).is_some() && number(one) == number(other),
    }
}

/// An integer of any width up to 128 bits, most of them up to 64.
fn integer(source: &mut Random) -> Value {
    let wide = u128::from(source.bits()) << 64 | u128::from(source.bits());
    Value::Int(match source.below(32) {
        0 => (wide >> source.below(128)).to_string(),
        1 => (wide.cast_signed() >> source.below(128)).to_string(),
        2 => [i64::MIN.to_string(), u64::MAX.to_string()][source.below(2)].clone(),
        3..18 => (source.bits() >> source.below(64)).to_string(),
        _ => (source.bits().cast_signed() >> source.below(64)).to_string(),
    })
}

fn double(source: &mut Random) -> Value {
    Value::Float(match source.below(64) {
        0 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][source.below(3)],
        1..8 => {
            let (digits, power) = (source.below(17) + 1, source.below(40) as i32 - 20);
            let text = decimal(source, digits, power);
            text.parse().expect("a number")
        }
        _ => source.double(),
    })
}

fn single(source: &mut Random) -> Value {
    Value::Single(match source.below(4) {
        0 => {
            let (digits, power) = (source.below(9) + 1, source.below(40) as i32 - 20);
            let text = decimal(source, digits, power);
            text.parse().expect("a number")
        }
        1 => source.below(1 << 24) as f32 / 64.0,
        // Whoever is not finite is one in 256.
        _ => f32::from_bits(source.bits() as u32),
    })
}

fn text(source: &mut Random) -> Value {
    let most = [0, 8, 24, 200][source.below(4)];
    Value::Text(source.text(most))
}

/// Bytes, most of them of a text.
fn bytes(source: &mut Random) -> Value {
    Value::Bytes(match source.below(16) {
        0 => (0..source.below(4)).map(|_| source.bits() as u8).collect(),
        _ => source.text(12).into(),
    })
}

/// Writes a value in the third protocol of `pickle`.
fn pickle(value: &Value, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"N"),
        Value::Bool(value) => out.write_all(if *value { b"\x88" } else { b"\x89" }),
        Value::Int(text) => match text.parse::<i128>() {
            Ok(value) => {
                out.write_all(b"\x8a\x10")?;
                out.write_all(&value.to_le_bytes())
            }
            Err(_) => {
                let value: u128 = text.parse().expect("an integer of 128 bits");
                out.write_all(b"\x8a\x11")?;
                out.write_all(&value.to_le_bytes())?;
                out.write_all(b"\0")
            }
        },
        Value::Float(value) => {
            out.write_all(b"G")?;
            out.write_all(&value.to_be_bytes())
        }
        Value::Single(value) => {
            out.write_all(b"creplywire\nsingle\n")?;
            pickle(&Value::Float((*value).into()), out)?;
            out.write_all(b"\x85R")
        }
        Value::Text(text) => {
            out.write_all(b"X")?;
            out.write_all(&(text.len() as u32).to_le_bytes())?;
            out.write_all(text.as_bytes())
        }
        Value::Bytes(bytes) => {
            out.write_all(b"B")?;
            out.write_all(&(bytes.len() as u32).to_le_bytes())?;
            out.write_all(bytes)
        }
        Value::List(list) => {
            out.write_all(b"](")?;
            list.iter().try_for_each(|item| pickle(item, out))?;
            out.write_all(b"e")
        }
        Value::Map(pairs) => {
            out.write_all(b"}(")?;
            for (key, value) in pairs {
                pickle(key, out)?;
                pickle(value, out)?;
            }
            out.write_all(b"u")
        }
        Value::Nest { .. } | Value::Typed(_) => unreachable!("no random value"),
    }
}
