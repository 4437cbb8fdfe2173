//! The three encoders that FastAPI offers, told apart by type: each is a set of constants.

use super::escape::{ESCAPES, Escapes, SLASH_ESCAPES};

/// As Python's `json.dumps` writes with `ensure_ascii=False`, `allow_nan=False` and no blanks: what
/// JSON cannot say is an error.
#[derive(Clone, Copy, Debug)]
pub struct Strict;

/// As `ujson` writes with `ensure_ascii=False`: `/` is escaped, so `</script>` cannot end a script.
/// Unlike `ujson` it refuses values that are not finite, RFC 8259 § 6.
#[derive(Clone, Copy, Debug)]
pub struct Slashed;

/// As `orjson` writes: what is not finite is `null`. Integers beyond 64 bits are an error.
#[derive(Clone, Copy, Debug)]
pub struct Lenient;

/// The spelling of numbers with an exponent.
#[derive(Clone, Copy, Debug)]
pub struct Exponents {
    /// The least power of ten that is written without.
    pub(super) least: i32,
    /// The least number of digits in the exponent.
    pub(super) digits: usize,
}

/// The rules of a dialect, as constants. No other crate can name this trait, so there are no other
/// dialects.
pub trait Rules: Copy + core::fmt::Debug + Sized + 'static {
    const SLASH: bool;
    const BYTE_KEYS: bool;
    const NOT_FINITE_KEYS: bool;
    const NULL_FOR_NOT_FINITE: bool;
    const WIDE_INTEGERS: bool;
    const EXPONENTS: Exponents;
    const KEY_EXPONENTS: Exponents;
    #[doc(hidden)]
    const ESCAPES: &'static Escapes;
}

const PYTHON: Exponents = Exponents {
    least: -4,
    digits: 2,
};

impl Rules for Strict {
    const SLASH: bool = false;
    const BYTE_KEYS: bool = false;
    const NOT_FINITE_KEYS: bool = false;
    const NULL_FOR_NOT_FINITE: bool = false;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = PYTHON;
    const KEY_EXPONENTS: Exponents = PYTHON;
    const ESCAPES: &'static Escapes = &ESCAPES;
}

impl Rules for Slashed {
    const SLASH: bool = true;
    const BYTE_KEYS: bool = true;
    const NOT_FINITE_KEYS: bool = true;
    const NULL_FOR_NOT_FINITE: bool = false;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = Exponents {
        least: -4,
        digits: 1,
    };
    const KEY_EXPONENTS: Exponents = PYTHON;
    const ESCAPES: &'static Escapes = &SLASH_ESCAPES;
}

impl Rules for Lenient {
    const SLASH: bool = false;
    const BYTE_KEYS: bool = false;
    const NOT_FINITE_KEYS: bool = false;
    const NULL_FOR_NOT_FINITE: bool = true;
    const WIDE_INTEGERS: bool = false;
    const EXPONENTS: Exponents = Exponents {
        least: -5,
        digits: 1,
    };
    const KEY_EXPONENTS: Exponents = Self::EXPONENTS;
    const ESCAPES: &'static Escapes = &ESCAPES;
}
