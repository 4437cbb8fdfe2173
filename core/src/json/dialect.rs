//! A dialect makes documents of values.

use super::by_hand::document::ByHand;
use super::by_hand::value::ToJson;
#[cfg(feature = "serde")]
use super::by_serde::document::BySerde;
use super::rules::Rules;

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
/// [`Strict`]: super::Strict
/// [`Slashed`]: super::Slashed
/// [`Lenient`]: super::Lenient
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
pub trait Dialect: Rules {
    /// A document of what `serde` knows how to serialize.
    #[cfg(feature = "serde")]
    fn of<T: serde_core::Serialize + ?Sized>(value: &T) -> BySerde<'_, T, Self> {
        BySerde::new(value)
    }

    /// A document of what writes itself by hand.
    fn by_hand<T: ToJson + ?Sized>(value: &T) -> ByHand<'_, T, Self> {
        ByHand::new(value)
    }
}

impl<D: Rules> Dialect for D {}
