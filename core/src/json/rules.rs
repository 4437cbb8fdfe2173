//! The four encoders that FastAPI replies with, told apart by type: each is a set of constants.

use super::depth::MAX_DEPTH;
use super::escape::{ESCAPES, Escapes, SLASH_ESCAPES};

/// As Python's `json.dumps` writes with `ensure_ascii=False`, `allow_nan=False` and no blanks,
/// which is how `JSONResponse` of Starlette calls it: what JSON cannot say is an error.
///
/// ```
/// use replywire::json::{Dialect, Document, Python};
///
/// let mut buf = [0; 64];
/// let len = Python::by_hand(&["caf\u{e9}", "</p>"]).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[\"caf\xc3\xa9\",\"</p>\"]");
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "JSONResponse")]
#[derive(Clone, Copy, Debug)]
pub struct Python;

/// As `ujson` writes with `ensure_ascii=False`: `/` is escaped in strings, so `</script>` cannot
/// end a script but in a text that is JSON already. Unlike `ujson` it refuses values that are not
/// finite, RFC 8259 § 6.
///
/// ```
/// use replywire::json::{Dialect, Document, Ujson};
///
/// let mut buf = [0; 64];
/// let len = Ujson::by_hand(&["caf\u{e9}", "</p>"]).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[\"caf\xc3\xa9\",\"<\\/p>\"]");
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "UJSONResponse")]
#[derive(Clone, Copy, Debug)]
pub struct Ujson;

/// As `orjson` writes: what is not finite is `null`. Integers beyond 64 bits are an error. An `f32`
/// is written as one of `numpy`, and as a key like an `f64`.
///
/// ```
/// use replywire::json::{Dialect, Document, Orjson};
///
/// let mut buf = [0; 64];
/// let len = Orjson::by_hand(&[1e16, f64::NAN]).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[1e+16,null]");
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "ORJSONResponse")]
#[derive(Clone, Copy, Debug)]
pub struct Orjson;

/// As `pydantic` writes, and with it FastAPI where a route declares what it returns: what is not
/// finite is `null`, bytes are text, and keys are as Python's `str` has them.
///
/// ```
/// use replywire::json::{Dialect, Document, Pydantic};
///
/// let mut buf = [0; 64];
/// let len = Pydantic::by_hand(&[1e-7, f64::INFINITY]).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[1e-7,null]");
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pydantic;

/// The powers of ten that are written without an exponent, and the spelling of the others.
#[derive(Clone, Copy, Debug)]
pub struct Exponents {
    /// The least power of ten that is written without.
    pub(super) least: i8,
    /// The least power of ten above that is written with.
    pub(super) most: i8,
    /// The least number of digits in the exponent.
    pub(super) digits: u8,
}

/// The rules of a dialect, as constants. No other crate can name this trait, so there are no other
/// dialects.
pub trait Rules: Copy + core::fmt::Debug + Sized + 'static {
    const DEPTH: u8 = MAX_DEPTH;
    const SLASH: bool;
    const BYTES_AS_TEXT: bool;
    const BYTE_KEYS: bool;
    const NOT_FINITE_KEYS: bool;
    const NULL_KEY: &'static str;
    const NULL_FOR_NOT_FINITE: bool;
    const WIDE_INTEGERS: bool;
    const EXPONENTS: Exponents;
    const SINGLE_EXPONENTS: Exponents;
    const KEY_EXPONENTS: Exponents;
    #[doc(hidden)]
    const ESCAPES: &'static Escapes;
}

/// The exponents of Python's `repr`.
const REPR: Exponents = Exponents {
    least: -4,
    most: 16,
    digits: 2,
};

/// The exponents of `orjson` and `pydantic`.
const SHORT: Exponents = Exponents {
    least: -5,
    most: 16,
    digits: 1,
};

impl Rules for Python {
    const SLASH: bool = false;
    const BYTES_AS_TEXT: bool = false;
    const BYTE_KEYS: bool = false;
    const NOT_FINITE_KEYS: bool = false;
    const NULL_KEY: &'static str = "null";
    const NULL_FOR_NOT_FINITE: bool = false;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = REPR;
    const SINGLE_EXPONENTS: Exponents = REPR;
    const KEY_EXPONENTS: Exponents = REPR;
    const ESCAPES: &'static Escapes = &ESCAPES;
}

impl Rules for Ujson {
    const SLASH: bool = true;
    const BYTES_AS_TEXT: bool = false;
    const BYTE_KEYS: bool = true;
    const NOT_FINITE_KEYS: bool = true;
    const NULL_KEY: &'static str = "null";
    const NULL_FOR_NOT_FINITE: bool = false;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = Exponents { digits: 1, ..REPR };
    const SINGLE_EXPONENTS: Exponents = Self::EXPONENTS;
    const KEY_EXPONENTS: Exponents = REPR;
    const ESCAPES: &'static Escapes = &SLASH_ESCAPES;
}

impl Rules for Orjson {
    const SLASH: bool = false;
    const BYTES_AS_TEXT: bool = false;
    const BYTE_KEYS: bool = false;
    const NOT_FINITE_KEYS: bool = false;
    const NULL_KEY: &'static str = "null";
    const NULL_FOR_NOT_FINITE: bool = true;
    const WIDE_INTEGERS: bool = false;
    const EXPONENTS: Exponents = SHORT;
    const SINGLE_EXPONENTS: Exponents = Exponents {
        least: -6,
        most: 13,
        ..SHORT
    };
    const KEY_EXPONENTS: Exponents = SHORT;
    const ESCAPES: &'static Escapes = &ESCAPES;
}

impl Rules for Pydantic {
    const SLASH: bool = false;
    const BYTES_AS_TEXT: bool = true;
    const BYTE_KEYS: bool = true;
    const NOT_FINITE_KEYS: bool = true;
    const NULL_KEY: &'static str = "None";
    const NULL_FOR_NOT_FINITE: bool = true;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = SHORT;
    const SINGLE_EXPONENTS: Exponents = SHORT;
    const KEY_EXPONENTS: Exponents = REPR;
    const ESCAPES: &'static Escapes = &ESCAPES;
}
