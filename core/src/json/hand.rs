use super::{Document, JsonError, MAX_DEPTH, Sink, number, string};

/// A value that writes itself as JSON, without `serde`.
///
/// Ownership keeps the text valid: a [`Value`] is written exactly once, an [`Array`] or [`Object`]
/// is ended exactly once, and the [`Written`] that [`to_json`](Self::to_json) returns comes from
/// there.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::json::{JsonError, Sink, ToJson, Value, Written};
///
/// struct Reading {
///     sensor: &'static str,
///     celsius: f32,
///     samples: [u32; 2],
/// }
///
/// impl ToJson for Reading {
///     fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
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
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError>;
}

/// Says that a value was written; only a [`Value`], an [`Array`] or an [`Object`] makes one.
#[derive(Debug)]
pub struct Written<S> {
    sink: S,
}

/// The place of one value.
#[derive(Debug)]
#[must_use = "a value must be written"]
pub struct Value<S> {
    sink: S,
    depth: u8,
}

impl<S: Sink> Value<S> {
    /// Writes `null`.
    ///
    /// # Errors
    ///
    /// [`JsonError::Full`], as all of these.
    pub fn null(self) -> Result<Written<S>, JsonError> {
        written(self.sink.put_array(b"null"))
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    pub fn bool(self, value: bool) -> Result<Written<S>, JsonError> {
        match value {
            true => written(self.sink.put_array(b"true")),
            false => written(self.sink.put_array(b"false")),
        }
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    pub fn signed(self, value: i64) -> Result<Written<S>, JsonError> {
        written(number::signed(self.sink, value))
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    pub fn unsigned(self, value: u64) -> Result<Written<S>, JsonError> {
        written(number::unsigned(self.sink, value))
    }

    /// Writes a number with a fraction, the shortest that is read back as `value`.
    ///
    /// # Errors
    ///
    /// [`JsonError::NotFinite`], and as [`null`](Self::null).
    pub fn double(self, value: f64) -> Result<Written<S>, JsonError> {
        written(number::double(self.sink, value))
    }

    /// Writes a string.
    ///
    /// # Errors
    ///
    /// As [`null`](Self::null).
    pub fn string(self, value: &str) -> Result<Written<S>, JsonError> {
        written(string::string(self.sink, value))
    }

    /// Writes `text`, which is a number already, of any size.
    ///
    /// # Errors
    ///
    /// [`JsonError::Number`] where it is none, and as [`null`](Self::null).
    pub fn number(self, text: &str) -> Result<Written<S>, JsonError> {
        match number::is_number(text.as_bytes()) {
            true => written(self.sink.put(text.as_bytes())),
            false => Err(JsonError::Number),
        }
    }

    /// Begins an array.
    ///
    /// # Errors
    ///
    /// [`JsonError::Depth`], and as [`null`](Self::null).
    pub fn array(self) -> Result<Array<S>, JsonError> {
        let depth = deeper(self.depth)?;
        Ok(Array {
            sink: self.sink.put_array(b"[")?,
            depth,
            empty: true,
        })
    }

    /// Begins an object.
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array).
    pub fn object(self) -> Result<Object<S>, JsonError> {
        let depth = deeper(self.depth)?;
        Ok(Object {
            sink: self.sink.put_array(b"{")?,
            depth,
            empty: true,
        })
    }
}

fn written<S>(result: Result<S, JsonError>) -> Result<Written<S>, JsonError> {
    result.map(|sink| Written { sink })
}

pub(super) const fn deeper(depth: u8) -> Result<u8, JsonError> {
    match depth {
        0..MAX_DEPTH => Ok(depth + 1),
        _ => Err(JsonError::Depth),
    }
}

/// An array being written.
#[derive(Debug)]
#[must_use = "an array must be ended"]
pub struct Array<S> {
    sink: S,
    depth: u8,
    empty: bool,
}

impl<S: Sink> Array<S> {
    /// Adds an element.
    ///
    /// # Errors
    ///
    /// What is wrong with `value`, and [`JsonError::Full`].
    pub fn item<T: ToJson + ?Sized>(self, value: &T) -> Result<Self, JsonError> {
        let sink = match self.empty {
            true => self.sink,
            false => self.sink.put_array(b",")?,
        };
        let depth = self.depth;
        let Written { sink } = value.to_json(Value { sink, depth })?;
        Ok(Self {
            sink,
            depth: self.depth,
            empty: false,
        })
    }

    /// Ends the array.
    ///
    /// # Errors
    ///
    /// [`JsonError::Full`].
    pub fn end(self) -> Result<Written<S>, JsonError> {
        written(self.sink.put_array(b"]"))
    }
}

/// An object being written.
#[derive(Debug)]
#[must_use = "an object must be ended"]
pub struct Object<S> {
    sink: S,
    depth: u8,
    empty: bool,
}

impl<S: Sink> Object<S> {
    /// Adds a member. Names are not compared: what is given twice is written twice.
    ///
    /// # Errors
    ///
    /// What is wrong with `value`, and [`JsonError::Full`].
    pub fn field<T: ToJson + ?Sized>(self, name: &str, value: &T) -> Result<Self, JsonError> {
        let sink = match self.empty {
            true => self.sink,
            false => self.sink.put_array(b",")?,
        };
        let sink = string::string(sink, name)?.put_array(b":")?;
        let depth = self.depth;
        let Written { sink } = value.to_json(Value { sink, depth })?;
        Ok(Self {
            sink,
            depth: self.depth,
            empty: false,
        })
    }

    /// Ends the object.
    ///
    /// # Errors
    ///
    /// [`JsonError::Full`].
    pub fn end(self) -> Result<Written<S>, JsonError> {
        written(self.sink.put_array(b"}"))
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        (**self).to_json(out)
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        match self {
            Some(value) => value.to_json(out),
            None => out.null(),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        self.iter().try_fold(out.array()?, Array::item)?.end()
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        self.as_slice().to_json(out)
    }
}

impl ToJson for str {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.string(self)
    }
}

impl ToJson for bool {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.bool(*self)
    }
}

impl ToJson for () {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.null()
    }
}

impl ToJson for f32 {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        written(number::single(out.sink, *self))
    }
}

impl ToJson for f64 {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.double(*self)
    }
}

macro_rules! integers {
    ($($int:ty => $method:ident)+) => {
        $(
            impl ToJson for $int {
                fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
                    written(number::$method(out.sink, *self as _))
                }
            }
        )+
    };
}

integers! {
    i8 => signed
    i16 => signed
    i32 => signed
    i64 => signed
    i128 => signed_128
    isize => signed
    u8 => unsigned
    u16 => unsigned
    u32 => unsigned
    u64 => unsigned
    u128 => unsigned_128
    usize => unsigned
}

/// A document that writes itself.
pub(crate) struct ByHand<'v, T: ?Sized>(pub(crate) &'v T);

impl<T: ToJson + ?Sized> Document for ByHand<'_, T> {
    fn write<S: Sink>(&self, sink: S) -> Result<S, JsonError> {
        let Written { sink } = self.0.to_json(Value { sink, depth: 0 })?;
        Ok(sink)
    }
}
