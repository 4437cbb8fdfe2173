use core::fmt::{self, Display, Write};

#[cfg(feature = "serde")]
use crate::error::JsonError;
use crate::json::by_hand::value::{Outcome, ToJson, Value, Written};
#[cfg(feature = "serde")]
use crate::json::depth::Depth;
use crate::json::sink::interface::Sink;
use crate::write::decimal::{MAX_DIGITS, decimal};

/// Writes an integer with a point in it, as a number of RFC 8259 § 6: what a sensor counts, without
/// floating-point arithmetic and the tables that its text needs.
///
/// `scale` is the number of digits after the point. All of them are written, so what is equal as a
/// number can have another text, and is another `Decimal`.
///
/// ```
/// use replywire::json::{Decimal, Python};
///
/// let mut buf = [0; 32];
/// let values = [Decimal::new(2150, 2), Decimal::new(-5, 3), Decimal::new(7, 0)];
/// let len = Python::by_hand(&values).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[21.50,-0.005,7]");
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// With the feature `serde` it is `Serialize`. `serde` knows no decimal numbers: the documents of
/// this crate recognize this one and write the same number, other serializers get a newtype of the
/// text and write a string, `"21.50"`. As a map's key it is the text.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decimal {
    value: i64,
    scale: u8,
}

impl Decimal {
    /// The number `value` / 10^`scale`.
    #[must_use]
    pub const fn new(value: i64, scale: u8) -> Self {
        Self { value, scale }
    }

    /// Shows `write` all but the sign, in pieces.
    fn magnitude<E>(self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut room = [0; MAX_DIGITS];
        let digits = decimal(self.value.unsigned_abs(), &mut room);
        let scale = usize::from(self.scale);
        let whole = digits.len().saturating_sub(scale);
        let (whole, fraction) = digits.split_at_checked(whole).unwrap_or_default();
        write(if whole.is_empty() { b"0" } else { whole })?;
        if scale > 0 {
            write(b".")?;
            (fraction.len()..scale).try_for_each(|_| write(b"0"))?;
            write(fraction)?;
        }
        Ok(())
    }
}

impl Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::default();
        self.magnitude(|piece| text.append(piece))?;
        f.pad_integral(self.value >= 0, "", text.get())
    }
}

impl ToJson for Decimal {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let mut sink = out.sink;
        if self.value < 0 {
            sink = sink.write_bytes(b"-")?;
        }
        self.magnitude(|piece| {
            sink = sink.take().write_bytes(piece)?;
            Ok::<_, S::Error>(())
        })?;
        Ok(Written { sink })
    }
}

#[cfg(feature = "serde")]
impl serde_core::Serialize for Decimal {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &Shown(self))
    }
}

/// The name of a newtype whose text is a number.
#[cfg(feature = "serde")]
pub(in crate::json) const NAME: &str = "$replywire::number";

/// The content of that newtype.
#[cfg(feature = "serde")]
struct Shown<'v>(&'v Decimal);

#[cfg(feature = "serde")]
impl serde_core::Serialize for Shown<'_> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// Writes as a number what `value` displays.
#[cfg(feature = "serde")]
#[inline(never)]
pub(in crate::json) fn display<S: Sink>(sink: S, value: fmt::Arguments<'_>) -> Result<S, S::Error> {
    let mut text = Text::default();
    if text.write_fmt(value).is_err() {
        return Err(sink.fail(JsonError::Number));
    }
    let Written { sink } = Value {
        sink,
        depth: Depth::new(0),
    }
    .number(text.get())?;
    Ok(sink)
}

/// The most that is ever written: a sign, a zero, a point and 255 digits.
const LONGEST: usize = 258;

/// The text of one number.
struct Text {
    text: [u8; LONGEST],
    len: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            text: [0; LONGEST],
            len: 0,
        }
    }
}

impl Text {
    fn append(&mut self, bytes: &[u8]) -> fmt::Result {
        let room = self.text.get_mut(self.len..).unwrap_or_default();
        let to = room.get_mut(..bytes.len()).ok_or(fmt::Error)?;
        for (to, byte) in to.iter_mut().zip(bytes) {
            *to = *byte;
        }
        self.len += bytes.len();
        Ok(())
    }

    fn get(&self) -> &str {
        let text = self.text.get(..self.len).unwrap_or_default();
        str::from_utf8(text).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes())
    }
}
