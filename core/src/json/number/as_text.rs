use crate::json::by_hand::value::{Outcome, ToJson, Value};
use crate::json::sink::interface::Sink;
use crate::write::decimal::{decimal, wide_digits};

/// Writes an integer as a string of its digits, for clients that read all numbers as `f64`.
///
/// JavaScript does: beyond 2^53 - 1, in both directions, it may read another integer than was
/// written, RFC 8259 § 6. Integers of 128 bits are written in every dialect.
///
/// ```
/// use replywire::json::{AsText, Python};
///
/// let mut buf = [0; 32];
/// let len = Python::by_hand(&[AsText::new(1_u64 << 60)]).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["1152921504606846976"]"#);
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AsText<T>(T);

impl<T> AsText<T> {
    /// The integer as text.
    pub const fn new(integer: T) -> Self {
        Self(integer)
    }
}

impl<T: Integer> ToJson for AsText<T> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.string(self.0.text(&mut [0; LONGEST]))
    }
}

#[cfg(feature = "serde")]
impl<T: Integer> serde_core::Serialize for AsText<T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_text(&self.0, serializer)
    }
}

/// Serializes a field as [`AsText`] does.
///
/// ```
/// use replywire::json::Python;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Order {
///     #[serde(serialize_with = "replywire::json::as_text")]
///     id: u64,
///     items: u64,
/// }
///
/// let mut buf = [0; 48];
/// let order = Order { id: u64::MAX, items: 3 };
/// let len = Python::of(&order).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"id":"18446744073709551615","items":3}"#);
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// # Errors
///
/// Those of the serializer.
#[cfg(feature = "serde")]
pub fn as_text<T: Integer, S: serde_core::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.text(&mut [0; LONGEST]))
}

/// The integers of the language.
pub trait Integer: IntegerText {}

impl<T: IntegerText> Integer for T {}

/// The most that an integer takes: a sign and 39 digits.
const LONGEST: usize = 40;

/// The text of an integer. No other crate can name this trait.
#[doc(hidden)]
pub trait IntegerText: Copy {
    /// Writes the text to the last bytes of `room`.
    fn text(self, room: &mut [u8; LONGEST]) -> &str;
}

macro_rules! integers {
    ($($integer:ty: $value:ident => $magnitude:expr, $is_negative:expr, $digits:ident;)+) => {
        $(
            impl IntegerText for $integer {
                fn text(self, room: &mut [u8; LONGEST]) -> &str {
                    let $value = self;
                    let len = match room.last_chunk_mut() {
                        Some(room) => $digits($magnitude as _, room).len(),
                        None => 0,
                    };
                    signed(room, len, $is_negative)
                }
            }
        )+
    };
}

integers! {
    i8: value => value.unsigned_abs(), value < 0, decimal;
    i16: value => value.unsigned_abs(), value < 0, decimal;
    i32: value => value.unsigned_abs(), value < 0, decimal;
    i64: value => value.unsigned_abs(), value < 0, decimal;
    i128: value => value.unsigned_abs(), value < 0, wide_digits;
    isize: value => value.unsigned_abs(), value < 0, decimal;
    u8: value => value, false, decimal;
    u16: value => value, false, decimal;
    u32: value => value, false, decimal;
    u64: value => value, false, decimal;
    u128: value => value, false, wide_digits;
    usize: value => value, false, decimal;
}

/// Puts the sign before the `len` digits in the last bytes of `room`, and gives the text.
fn signed(room: &mut [u8; LONGEST], len: usize, is_negative: bool) -> &str {
    let mut start = LONGEST.saturating_sub(len);
    if is_negative {
        start = start.saturating_sub(1);
        if let Some(sign) = room.get_mut(start) {
            *sign = b'-';
        }
    }
    str::from_utf8(room.get(start..).unwrap_or_default()).unwrap_or_default()
}
