//! The dialects' spellings of what `serde_json` writes: the same text with other numbers and
//! slashes.

use std::io::{self, Write};

use replywire::json::{Dialect, Orjson, Pydantic, Python, Ujson};
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// A dialect, told again.
pub trait Spelled: Dialect {
    const SPELLING: Spelling;
}

/// The points in which the dialects differ in valid JSON.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// True if `/` is escaped.
    slash: bool,
    value: Exponent,
    /// Of an `f32`.
    single: Exponent,
    /// Of either width.
    key: Exponent,
    /// True if a number that is not finite is `null`, and not refused.
    pub nulls: bool,
    /// True if there are integers beyond 64 bits.
    pub wide: bool,
    /// True if bytes are text.
    pub bytes: bool,
}

/// Below which power of ten an exponent begins, from which one on, and how many digits it has at
/// least.
#[derive(Clone, Copy, Debug)]
struct Exponent(i32, i32, usize);

impl Spelled for Python {
    const SPELLING: Spelling = Spelling {
        slash: false,
        value: Exponent(-4, 16, 2),
        single: Exponent(-4, 16, 2),
        key: Exponent(-4, 16, 2),
        nulls: false,
        wide: true,
        bytes: false,
    };
}

impl Spelled for Ujson {
    const SPELLING: Spelling = Spelling {
        slash: true,
        value: Exponent(-4, 16, 1),
        single: Exponent(-4, 16, 1),
        ..Python::SPELLING
    };
}

impl Spelled for Orjson {
    const SPELLING: Spelling = Spelling {
        value: Exponent(-5, 16, 1),
        single: Exponent(-6, 13, 1),
        key: Exponent(-5, 16, 1),
        nulls: true,
        wide: false,
        ..Python::SPELLING
    };
}

impl Spelled for Pydantic {
    const SPELLING: Spelling = Spelling {
        value: Exponent(-5, 16, 1),
        single: Exponent(-5, 16, 1),
        nulls: true,
        bytes: true,
        ..Python::SPELLING
    };
}

impl Spelling {
    /// The text of `value`, by `serde_json`.
    ///
    /// # Panics
    ///
    /// Where `serde_json` has none.
    pub fn of<T: Serialize + ?Sized>(self, value: &T) -> Vec<u8> {
        let mut text = Vec::new();
        let speller = Speller {
            spelling: self,
            is_key: false,
        };
        value
            .serialize(&mut Serializer::with_formatter(&mut text, speller))
            .expect("what is JSON");
        text
    }

    /// A finite number.
    pub fn double(self, value: f64) -> String {
        spell(scientific(value), self.value)
    }

    /// A finite number.
    pub fn single(self, value: f32) -> String {
        spell(scientific_single(value), self.single)
    }
}

struct Speller {
    spelling: Spelling,
    is_key: bool,
}

impl Formatter for Speller {
    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        let Spelling {
            key, value: own, ..
        } = self.spelling;
        let exponent = if self.is_key { key } else { own };
        out.write_all(spell(scientific(value), exponent).as_bytes())
    }

    fn write_f32<W: ?Sized + Write>(&mut self, out: &mut W, value: f32) -> io::Result<()> {
        let Spelling { key, single, .. } = self.spelling;
        let exponent = if self.is_key { key } else { single };
        out.write_all(spell(scientific_single(value), exponent).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        match self.spelling.slash {
            true => out.write_all(fragment.replace('/', "\\/").as_bytes()),
            false => out.write_all(fragment.as_bytes()),
        }
    }

    fn write_byte_array<W: ?Sized + Write>(&mut self, out: &mut W, value: &[u8]) -> io::Result<()> {
        let text = match self.spelling.bytes {
            true => self.spelling.of(str::from_utf8(value).expect("a text")),
            false => self.spelling.of(&value),
        };
        out.write_all(&text)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_key = true;
        match first {
            true => Ok(()),
            false => out.write_all(b","),
        }
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_key = false;
        Ok(())
    }
}

/// The shortest digits, as `1.25e-7`. Where two such texts are equally near, Python takes the even
/// one, as a format of given precision does; `{:e}` takes the upper.
fn scientific(value: f64) -> String {
    let shortest = format!("{value:e}");
    let even = format!("{value:.*e}", precision(&shortest));
    match even.parse() == Ok(value) {
        true => even,
        false => shortest,
    }
}

fn scientific_single(value: f32) -> String {
    let shortest = format!("{value:e}");
    let even = format!("{value:.*e}", precision(&shortest));
    match even.parse() == Ok(value) {
        true => even,
        false => shortest,
    }
}

/// The number of digits after the point.
fn precision(scientific: &str) -> usize {
    let fraction = scientific
        .split_once('e')
        .and_then(|(mantissa, _)| mantissa.split_once('.'));
    fraction.map_or(0, |(_, fraction)| fraction.len())
}

fn spell(scientific: String, Exponent(least, most, exponent_digits): Exponent) -> String {
    let (sign, scientific) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific.as_str()),
    };
    let (mantissa, power) = scientific.split_once('e').expect("an exponent");
    let power: i32 = power.parse().expect("an integer");
    let digits = mantissa.replace('.', "");
    if !(least..most).contains(&power) {
        let direction = if power < 0 { '-' } else { '+' };
        let power = power.abs();
        return format!("{sign}{mantissa}e{direction}{power:0exponent_digits$}");
    }
    match usize::try_from(power) {
        Err(_) => {
            let zeros = "0".repeat(power.unsigned_abs() as usize - 1);
            format!("{sign}0.{zeros}{digits}")
        }
        Ok(power) if digits.len() <= power + 1 => {
            let zeros = "0".repeat(power + 1 - digits.len());
            format!("{sign}{digits}{zeros}.0")
        }
        Ok(power) => {
            let (whole, fraction) = digits.split_at(power + 1);
            format!("{sign}{whole}.{fraction}")
        }
    }
}
