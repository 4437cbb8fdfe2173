use core::fmt::Display;

use super::dialect::sealed::Rules as _;
use super::level::{Level, Put};
use super::sink::Kind;
use super::{JsonError, Sink, leaf, number, text};

/// A value that writes itself as JSON, without `serde`.
///
/// Ownership keeps the text valid: a [`Value`] is written exactly once, an [`Array`] or [`Object`]
/// is ended exactly once, and the [`Written`] that [`to_json`](Self::to_json) returns comes from
/// there.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::json::{Outcome, Sink, ToJson, Value};
///
/// struct Reading {
///     sensor: &'static str,
///     celsius: f32,
///     samples: [u32; 2],
/// }
///
/// impl ToJson for Reading {
///     fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
///         out.object()?
///             .field("sensor", self.sensor)?
///             .field("celsius", &self.celsius)?
///             .field("samples", &self.samples)?
///             .end()
///     }
/// }
///
/// let mut buf = [0; 160];
/// let reading = Reading { sensor: "roof", celsius: 21.5, samples: [3, 5] };
/// let reply = Response::new(&mut buf, Status::OK).json_by_hand(&reading)?;
/// assert!(reply.ends_with(br#"{"sensor":"roof","celsius":21.5,"samples":[3,5]}"#));
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait ToJson {
    /// Writes the value.
    ///
    /// It may be called more than once for one reply, and must write the same each time.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, passed on from the calls on `out`.
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S>;
}

/// That a value was written, or not.
///
/// What a sink fails with is made from a [`JsonError`] by `into`, or by `?`.
pub type Outcome<S> = Result<Written<S>, <S as super::sink::sealed::Sink>::Error>;

/// Says that a value was written; only a [`Value`], an [`Array`] or an [`Object`] makes one.
#[derive(Debug)]
pub struct Written<S> {
    pub(super) sink: S,
}

/// The place of one value.
#[derive(Debug)]
#[must_use = "a value must be written"]
pub struct Value<S> {
    pub(super) sink: S,
    pub(super) depth: u8,
}

impl<S: Sink> Value<S> {
    /// Writes `null`.
    ///
    /// # Errors
    ///
    /// That the sink is full, as all of these.
    #[inline]
    pub fn null(self) -> Outcome<S> {
        written(self.sink.put(b"null"))
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn bool(self, value: bool) -> Outcome<S> {
        written(leaf::boolean(self.sink, value))
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn signed(self, value: i64) -> Outcome<S> {
        written(leaf::signed(self.sink, value))
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn unsigned(self, value: u64) -> Outcome<S> {
        written(leaf::unsigned(self.sink, value))
    }

    /// Writes a number with a fraction, the shortest that is read back as `value`.
    ///
    /// # Errors
    ///
    /// [`JsonError::NotFinite`] where the dialect has no word for it, and as [`null`](Self::null).
    #[inline]
    pub fn double(self, value: f64) -> Outcome<S> {
        written(number::double(self.sink, value))
    }

    /// Writes a string.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn string(self, value: &str) -> Outcome<S> {
        written(self.sink.string(value))
    }

    /// Writes what `value` displays as a string.
    ///
    /// # Errors
    ///
    /// [`JsonError::Custom`] where it cannot be displayed, and as [`null`](Self::null).
    pub fn display(self, value: &impl Display) -> Outcome<S> {
        written(text::display(self.sink, value))
    }

    /// Writes `text`, which is a number already, of any size.
    ///
    /// # Errors
    ///
    /// [`JsonError::Number`] where it is none, [`JsonError::Integer`] where it is an integer that
    /// the dialect has no room for, and as [`null`](Self::null).
    pub fn number(self, text: &str) -> Outcome<S> {
        if !number::is_number(text.as_bytes()) {
            return Err(self.sink.fail(JsonError::Number));
        }
        if !S::Dialect::WIDE_INTEGERS && number::is_wide(text) {
            return Err(self.sink.fail(JsonError::Integer));
        }
        written(self.sink.spill(text.as_bytes()))
    }

    /// Begins an array.
    ///
    /// # Errors
    ///
    /// [`JsonError::Depth`], and as [`null`](Self::null).
    #[inline]
    pub fn array(self) -> Result<Array<S>, S::Error> {
        let level = Level::new(self.sink, self.depth, Kind::Array)?;
        Ok(Array { level })
    }

    /// Begins an object.
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array).
    #[inline]
    pub fn object(self) -> Result<Object<S>, S::Error> {
        let level = Level::new(self.sink, self.depth, Kind::Object)?;
        Ok(Object { level })
    }
}

#[inline(always)]
fn written<S: Sink>(result: Result<S, S::Error>) -> Outcome<S> {
    result.map(|sink| Written { sink })
}

/// Writes one value.
pub(super) struct Write<'v, T: ?Sized>(pub(super) &'v T);

impl<S: Sink, T: ToJson + ?Sized> Put<S> for Write<'_, T> {
    #[inline(always)]
    fn put(self, sink: S, depth: u8) -> Result<S, S::Error> {
        match self.0.to_json(Value { sink, depth }) {
            Ok(Written { sink }) => Ok(sink),
            Err(error) => Err(error),
        }
    }
}

/// An array being written.
#[derive(Debug)]
#[must_use = "an array must be ended"]
pub struct Array<S> {
    level: Level<S>,
}

impl<S: Sink> Array<S> {
    /// Adds an element.
    ///
    /// # Errors
    ///
    /// What is wrong with `value`, or that the sink is full.
    #[inline]
    pub fn item<T: ToJson + ?Sized>(mut self, value: &T) -> Result<Self, S::Error> {
        self.level.element(None, Write(value))?;
        Ok(self)
    }

    /// Adds many elements.
    ///
    /// A document that leaves through a small buffer is taken up again at the right element by way
    /// of [`nth`](Iterator::nth), which a slice knows without counting.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item).
    #[inline]
    pub fn items<I>(mut self, values: I) -> Result<Self, S::Error>
    where
        I: IntoIterator,
        I::Item: ToJson,
    {
        let mut values = values.into_iter();
        self.level.skip(&mut values)?;
        for value in values {
            self.level.element(None, Write(&value))?;
        }
        Ok(self)
    }

    /// Ends the array.
    ///
    /// # Errors
    ///
    /// That the sink is full.
    #[inline]
    pub fn end(self) -> Outcome<S> {
        written(self.level.end::<b']'>())
    }
}

/// An object being written.
#[derive(Debug)]
#[must_use = "an object must be ended"]
pub struct Object<S> {
    level: Level<S>,
}

impl<S: Sink> Object<S> {
    /// Adds a member. Names are not compared: what is given twice is written twice.
    ///
    /// # Errors
    ///
    /// What is wrong with `value`, or that the sink is full.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    pub fn field<T: ToJson + ?Sized>(mut self, name: &str, value: &T) -> Result<Self, S::Error> {
        self.level.element(Some(name), Write(value))?;
        Ok(self)
    }

    /// Ends the object.
    ///
    /// # Errors
    ///
    /// That the sink is full.
    #[inline]
    pub fn end(self) -> Outcome<S> {
        written(self.level.end::<b'}'>())
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        (**self).to_json(out)
    }
}

impl<T: ToJson> ToJson for Option<T> {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match self {
            Some(value) => value.to_json(out),
            None => out.null(),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.items(self)?.end()
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        self.as_slice().to_json(out)
    }
}

impl ToJson for str {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.string(self)
    }
}

impl ToJson for char {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.string(self.encode_utf8(&mut [0; 4]))
    }
}

impl ToJson for bool {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.bool(*self)
    }
}

impl ToJson for () {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.null()
    }
}

impl ToJson for f64 {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.double(*self)
    }
}

macro_rules! numbers {
    ($($number:ty => $module:ident::$write:ident;)+) => {
        $(
            impl ToJson for $number {
                #[inline]
                fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
                    written($module::$write(out.sink, *self as _))
                }
            }
        )+
    };
}

numbers! {
    i8 => leaf::signed_32;
    i16 => leaf::signed_32;
    i32 => leaf::signed_32;
    i64 => leaf::signed;
    i128 => number::signed_128;
    isize => leaf::signed;
    u8 => leaf::unsigned_32;
    u16 => leaf::unsigned_32;
    u32 => leaf::unsigned_32;
    u64 => leaf::unsigned;
    u128 => number::unsigned_128;
    usize => leaf::unsigned;
}

impl ToJson for f32 {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        written(number::single(out.sink, *self, S::Dialect::EXPONENTS))
    }
}
