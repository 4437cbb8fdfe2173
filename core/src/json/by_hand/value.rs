//! Values that write themselves: the trait, and the place of one value.

use core::fmt::Display;

use crate::error::JsonError;
use crate::json::container::{WriteValue, within_newtype};
use crate::json::depth::Depth;
use crate::json::number::fraction;
use crate::json::number::syntax::{is_number, is_wide};
use crate::json::rules::Rules as _;
use crate::json::scalar::{self, display};
use crate::json::sink::interface::{RawSink, Sink};

/// A value that writes itself as JSON, without `serde`.
///
/// Ownership keeps the text valid: a [`Value`] is written exactly once, an
/// [`Array`](crate::json::Array) or [`Object`](crate::json::Object) is ended exactly once, and the
/// [`Written`] that [`to_json`](Self::to_json) returns comes from there.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::json::{Outcome, Sink, ToJson, Value};
/// use replywire::request::Exchange;
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
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).json_by_hand(&reading)?;
/// assert_eq!(reply.body(), br#"{"sensor":"roof","celsius":21.5,"samples":[3,5]}"#);
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait ToJson {
    /// Writes the value.
    ///
    /// It may be called more than once for one reply, and must write the same each time.
    ///
    /// # Errors
    ///
    /// Those of the calls on `out`, passed on.
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S>;
}

/// The result of writing one value.
///
/// The error of a sink is made from a [`JsonError`] by `into`, or by `?`.
pub type Outcome<S> = Result<Written<S>, <S as RawSink>::Error>;

/// Says that a value was written; only a [`Value`], an [`Array`](crate::json::Array) or an
/// [`Object`](crate::json::Object) makes one.
#[derive(Debug)]
pub struct Written<S> {
    pub(in crate::json) sink: S,
}

/// The place of one value.
#[derive(Debug)]
#[must_use = "a value must be written"]
pub struct Value<S> {
    pub(in crate::json) sink: S,
    pub(in crate::json) depth: Depth,
}

impl<S: Sink> Value<S> {
    /// Writes `null`.
    ///
    /// # Errors
    ///
    /// The sink is full; as all of these.
    #[inline]
    pub fn null(self) -> Outcome<S> {
        written(self.sink.write_array(b"null"))
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn bool(self, value: bool) -> Outcome<S> {
        written(scalar::boolean(self.sink, value))
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn signed(self, value: i64) -> Outcome<S> {
        written(scalar::signed(self.sink, value))
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    #[inline]
    pub fn unsigned(self, value: u64) -> Outcome<S> {
        written(scalar::unsigned(self.sink, value))
    }

    /// Writes a number with a fraction, the shortest that is read back as `value`.
    ///
    /// # Errors
    ///
    /// [`JsonError::NotFinite`] where the dialect has no word for it, and as [`null`](Self::null).
    #[inline]
    pub fn double(self, value: f64) -> Outcome<S> {
        written(fraction::double(self.sink, value))
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

    /// Writes as a string what `value` displays.
    ///
    /// # Errors
    ///
    /// [`JsonError::Custom`] where it cannot be displayed, and as [`null`](Self::null).
    pub fn display(self, value: &impl Display) -> Outcome<S> {
        written(display::display(self.sink, value))
    }

    /// Writes `text`, which is a number already, of any size.
    ///
    /// # Errors
    ///
    /// [`JsonError::Number`] where it is none, [`JsonError::Integer`] where it is an integer that
    /// the dialect has no room for, and as [`null`](Self::null).
    pub fn number(self, text: &str) -> Outcome<S> {
        if !is_number(text.as_bytes()) {
            return Err(self.sink.fail(JsonError::Number));
        }
        if !S::Dialect::WIDE_INTEGERS && is_wide(text) {
            return Err(self.sink.fail(JsonError::Integer));
        }
        written(self.sink.write_bytes(text.as_bytes()))
    }

    /// Writes `text`, which is JSON already, as it is, with the blanks in it. Where it must be one
    /// line, in [`JsonLine`](crate::body::JsonLine) and [`Event`](crate::body::Event), spaces stand
    /// for line breaks.
    ///
    /// # Errors
    ///
    /// [`JsonError::NotJson`] where it is none, RFC 8259, [`JsonError::Depth`] where its arrays and
    /// objects are too many with those around it, and as [`null`](Self::null).
    ///
    /// ```
    /// use replywire::json::{Outcome, Sink, Python, ToJson, Value};
    ///
    /// struct Stored(&'static str);
    ///
    /// impl ToJson for Stored {
    ///     fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
    ///         out.raw(self.0)
    ///     }
    /// }
    ///
    /// let mut buf = [0; 32];
    /// let len = Python::by_hand(&[Stored("[1, 2]")]).write(&mut buf)?;
    /// assert_eq!(&buf[..len], b"[[1, 2]]");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn raw(self, text: &str) -> Outcome<S> {
        written(self.sink.raw(text, self.depth.left(S::Dialect::DEPTH)))
    }

    /// Goes into a newtype.
    #[inline]
    pub(super) fn within_newtype(self) -> Result<Self, S::Error> {
        let depth = within_newtype(&self.sink, self.depth)?;
        Ok(Self { depth, ..self })
    }
}

#[inline(always)]
pub(super) fn written<S: Sink>(result: Result<S, S::Error>) -> Outcome<S> {
    result.map(|sink| Written { sink })
}

/// Writes one value.
pub(in crate::json) struct Write<'v, T: ?Sized>(pub(in crate::json) &'v T);

impl<S: Sink, T: ToJson + ?Sized> WriteValue<S> for Write<'_, T> {
    #[inline(always)]
    fn write_value(self, sink: S, depth: Depth) -> Result<S, S::Error> {
        match self.0.to_json(Value { sink, depth }) {
            Ok(Written { sink }) => Ok(sink),
            Err(error) => Err(error),
        }
    }
}
