//! The three encoders that FastAPI offers, told apart by type.

use super::{ByHand, ToJson};

/// A way to write JSON. All three give valid JSON, RFC 8259; they differ in what they refuse and
/// in how they spell the rest.
///
/// | | [`Strict`] | [`Slashed`] | [`Lenient`] |
/// | --- | --- | --- | --- |
/// | after | Python's `json.dumps` | `ujson` | `orjson` |
/// | `/` in strings | `/` | `\/` | `/` |
/// | NaN and the infinities | error | error | `null` |
/// | integers | of 128 bits | of 128 bits | of 64 bits, signed or not |
/// | small and large numbers | `1e-05` `1e+16` | `1e-5` `1e+16` | `0.00001` `1e-6` `1e+16` |
/// | keys that are not finite | error | `inf` `-inf` `nan` | `null` |
/// | keys of bytes | error | as text | error |
///
/// Non-ASCII characters are written as they are, and there are no blanks. A number with a fraction
/// is the shortest that is read back as the same `f64`, or the same `f32` where it was one, and
/// keeps its `.0`. A dialect is known at compile time: nothing is asked while writing.
///
/// ```
/// use replywire::json::{Dialect, Document, Lenient, Slashed, Strict};
///
/// let mut buf = [0; 64];
/// let value = ("a/b", 1e-5);
/// let len = Strict::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a/b",1e-05]"#);
/// let len = Slashed::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a\/b",1e-5]"#);
/// let len = Lenient::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a/b",0.00001]"#);
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait Dialect: sealed::Rules {
    /// A document of what `serde` knows how to serialize.
    #[cfg(feature = "serde")]
    fn of<T: serde_core::Serialize + ?Sized>(value: &T) -> super::BySerde<'_, T, Self> {
        super::BySerde::new(value)
    }

    /// A document of what writes itself by hand.
    fn by_hand<T: ToJson + ?Sized>(value: &T) -> ByHand<'_, T, Self> {
        ByHand::new(value)
    }
}

impl<D: sealed::Rules> Dialect for D {}

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

/// How a number with an exponent is spelled.
#[derive(Clone, Copy, Debug)]
pub struct Exponents {
    /// The least power of ten that is written without.
    pub(super) least: i32,
    /// How many digits it has at least.
    pub(super) digits: usize,
}

/// What each byte is written as in a string: up to six bytes, the first in the lowest byte, and in
/// the highest how many they are.
pub(crate) type Escapes = [u64; 256];

pub(crate) mod sealed {
    use super::{Escapes, Exponents};

    /// The rules of a dialect, as constants.
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
}

const PYTHON: Exponents = Exponents {
    least: -4,
    digits: 2,
};

static ESCAPES: Escapes = escapes(false);
static SLASH_ESCAPES: Escapes = escapes(true);

impl sealed::Rules for Strict {
    const SLASH: bool = false;
    const BYTE_KEYS: bool = false;
    const NOT_FINITE_KEYS: bool = false;
    const NULL_FOR_NOT_FINITE: bool = false;
    const WIDE_INTEGERS: bool = true;
    const EXPONENTS: Exponents = PYTHON;
    const KEY_EXPONENTS: Exponents = PYTHON;
    const ESCAPES: &'static Escapes = &ESCAPES;
}

impl sealed::Rules for Slashed {
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

impl sealed::Rules for Lenient {
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

/// What `byte` is written as in a string, RFC 8259 § 7, and its length.
pub(super) const fn escape(byte: u8, slash: bool) -> ([u8; 6], usize) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'/' if slash => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        0..=0x1f => return ([b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), hex(byte)], 6),
        _ => return ([byte, 0, 0, 0, 0, 0], 1),
    };
    ([b'\\', short, 0, 0, 0, 0], 2)
}

/// The last hexadecimal digit of `byte`.
pub(super) const fn hex(byte: u8) -> u8 {
    match byte & 15 {
        digit @ 0..=9 => b'0' + digit,
        digit => b'a' - 10 + digit,
    }
}

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn escapes(slash: bool) -> Escapes {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ([a, b, c, d, e, f], len) = escape(byte as u8, slash);
        escapes[byte] = u64::from_le_bytes([a, b, c, d, e, f, 0, len as u8]);
        byte += 1;
    }
    escapes
}
