//! A dialect makes documents of values.

use super::by_hand::document::ByHand;
use super::by_hand::value::ToJson;
#[cfg(feature = "serde")]
use super::by_serde::document::BySerde;
#[cfg(feature = "serde")]
use super::by_serde::owned::OwnedBySerde;
use super::rules::{Orjson, Pydantic, Python, Rules, Ujson};
use super::shallow::Shallow;

/// A way to write JSON, under the name of what writes the same bytes.
///
/// | | [`Python`] | [`Ujson`] | [`Orjson`] | [`Pydantic`] |
/// | --- | --- | --- | --- | --- |
/// | Python | `json.dumps` | `ujson.dumps` | `orjson.dumps` | `to_json`, `dump_json` |
/// | FastAPI | `JSONResponse` | `UJSONResponse` | `ORJSONResponse` | a declared return type |
/// | `/` in strings | `/` | `\/` | `/` | `/` |
/// | NaN and the infinities | error | error | `null` | `null` |
/// | integers | of 128 bits | of 128 bits | of 64 bits, signed or not | of 128 bits |
/// | small `f64` | `1e-05` | `1e-5` | `0.00001` `1e-6` | `0.00001` `1e-6` |
/// | small `f32` | `1e-05` | `1e-5` | `0.000001` `1e-7` | `0.00001` `1e-6` |
/// | large `f64` | `1e+16` | `1e+16` | `1e+16` | `1e+16` |
/// | large `f32` | `1e+16` | `1e+16` | `1e+13` | `1e+16` |
/// | bytes | numbers | numbers | numbers | text |
/// | keys that are numbers | `1e-05` | `1e-05` | `0.00001` | `1e-05` |
/// | keys that are not finite | error | `inf` `-inf` `nan` | `null` | `inf` `-inf` `nan` |
/// | keys that are null | `null` | `null` | `null` | `None` |
/// | keys of bytes | error | as text | error | as text |
///
/// `Response::json` writes as [`Python`]. All four give valid JSON, RFC 8259, so [`Ujson`] has no
/// word for what is not finite, though `ujson` has. Non-ASCII characters are written as they are,
/// and there are no blanks. A number with a fraction is the shortest that
/// is read back as the same `f64`, or the same `f32` where it was one, and keeps its `.0`. Of the
/// four, only `orjson` knows an `f32`: that of `numpy`, as a value. A dialect is known at compile
/// time: nothing is asked while writing.
///
/// [`Python`]: super::Python
/// [`Ujson`]: super::Ujson
/// [`Orjson`]: super::Orjson
/// [`Pydantic`]: super::Pydantic
///
/// ```
/// use replywire::json::{Dialect, Document, Orjson, Pydantic, Python, Ujson};
///
/// let mut buf = [0; 64];
/// let value = ("a/b", 1e-5);
/// let len = Python::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a/b",1e-05]"#);
/// let len = Ujson::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a\/b",1e-5]"#);
/// let len = Orjson::of(&value).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"["a/b",0.00001]"#);
/// let len = Pydantic::of(&(1e-5, f64::NAN, 1_u128 << 70)).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[0.00001,null,1180591620717411303424]");
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait Dialect: Rules {
    /// A document of what `serde` knows how to serialize.
    #[cfg(feature = "serde")]
    fn of<T: serde_core::Serialize + ?Sized>(value: &T) -> BySerde<'_, T, Self> {
        BySerde::new(value)
    }

    /// A document that owns what `serde` knows how to serialize: for the items of a body, which
    /// leave when their source may have gone on to the next.
    ///
    /// ```
    /// use replywire::body::{Chunk, JsonLine};
    /// use replywire::json::{OwnedBySerde, Python};
    ///
    /// fn line(row: (u64, String)) -> JsonLine<OwnedBySerde<(u64, String)>> {
    ///     JsonLine::new(Python::owned(row))
    /// }
    ///
    /// let mut room = [0; 64];
    /// let n = line((7, "seven".to_owned())).fill(&mut room)?;
    /// assert_eq!(&room[..n], b"[7,\"seven\"]\n");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    fn owned<T: serde_core::Serialize>(value: T) -> OwnedBySerde<T, Self> {
        OwnedBySerde::new(value)
    }

    /// A document of what writes itself by hand.
    fn by_hand<T: ToJson + ?Sized>(value: &T) -> ByHand<'_, T, Self> {
        ByHand::new(value)
    }
}

impl<D: Rules> Dialect for D {}

/// The functions of [`Dialect`], for which that need not be imported.
macro_rules! dialects {
    ($([$($params:tt)*] $dialect:ty;)+) => {
        $(
            impl<$($params)*> $dialect {
                /// A document of what `serde` knows how to serialize.
                #[cfg(feature = "serde")]
                pub const fn of<T>(value: &T) -> BySerde<'_, T, Self>
                where
                    T: serde_core::Serialize + ?Sized,
                {
                    BySerde::new(value)
                }

                /// A document that owns what `serde` knows how to serialize; see
                /// [`Dialect::owned`].
                #[cfg(feature = "serde")]
                pub const fn owned<T: serde_core::Serialize>(value: T) -> OwnedBySerde<T, Self> {
                    OwnedBySerde::new(value)
                }

                /// A document of what writes itself by hand.
                pub const fn by_hand<T: ToJson + ?Sized>(value: &T) -> ByHand<'_, T, Self> {
                    ByHand::new(value)
                }
            }
        )+
    };
}

dialects! {
    [] Orjson;
    [] Pydantic;
    [] Python;
    [D: Rules, const N: u8] Shallow<D, N>;
    [] Ujson;
}
