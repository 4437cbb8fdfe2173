//! The `serde` front end. `Ok` is the sink, so it travels by value.

use core::fmt::{self, Display};
use core::marker::PhantomData;

use serde_core::ser::{self, Serialize};

use super::dialect::sealed::Rules as _;
use super::document::sealed::Document;
use super::key::Key;
use super::level::{Level, Put, deeper};
use super::sink::{Event, Kind, Replay as _};
use super::{Dialect, JsonError, Sink, Strict, fixed, leaf, number, text};

/// A document that `serde` writes; [`Dialect::of`] makes it.
pub struct BySerde<'v, T: ?Sized, D = Strict> {
    pub(super) value: &'v T,
    dialect: PhantomData<D>,
}

impl<'v, T: ?Sized, D> BySerde<'v, T, D> {
    pub(crate) const fn new(value: &'v T) -> Self {
        Self {
            value,
            dialect: PhantomData,
        }
    }
}

impl<T: ?Sized, D> Clone for BySerde<'_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for BySerde<'_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for BySerde<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BySerde").finish_non_exhaustive()
    }
}

impl<T: Serialize + ?Sized, D: Dialect> Document for BySerde<'_, T, D> {
    type Dialect = D;

    #[inline]
    fn put<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        self.value.serialize(Serializer { sink, depth })
    }
}

impl ser::Error for JsonError {
    fn custom<T: Display>(_: T) -> Self {
        Self::Custom
    }
}

/// The place of one value.
pub(super) struct Serializer<S> {
    pub(super) sink: S,
    /// How many arrays and objects are around it, or [`NUMBER`].
    pub(super) depth: u8,
}

/// Stands for a depth, of which this is none, where what is displayed is a number.
const NUMBER: u8 = u8::MAX;

struct Write<'v, T: ?Sized>(&'v T);

impl<S: Sink, T: Serialize + ?Sized> Put<S> for Write<'_, T> {
    #[inline(always)]
    fn put(self, sink: S, depth: u8) -> Result<S, S::Error> {
        self.0.serialize(Serializer { sink, depth })
    }
}

/// An array.
pub(super) struct Array<S>(Level<S>);

/// An object.
pub(super) struct Object<S> {
    level: Level<S>,
    /// What is done with the value whose key has come.
    event: Option<Event>,
}

/// An array or an object that is the value of an object of one member, which names an enum's
/// variant. To the levels it is one array or object with longer brackets.
pub(super) struct Variant<S> {
    level: Level<S>,
    name: &'static str,
}

impl<S: Sink> Variant<S> {
    fn new(place: Serializer<S>, kind: Kind, name: &'static str) -> Result<Self, S::Error> {
        let Serializer { sink, depth } = place;
        let inner = deeper(&sink, depth)?;
        sink.replay().enter(depth, Kind::Wrapper)?;
        let level = Level::new(sink, inner, kind)?;
        Ok(Self { level, name })
    }

    /// The brackets that open, or a comma.
    fn separate(name: &str, sink: S, separator: u8) -> Result<S, S::Error> {
        match separator {
            b',' => sink.put(b","),
            open => leaf::key(sink, b'{', name)?.put(&[open]),
        }
    }

    /// Writes an element: `prefix` what is before its value.
    fn element<T: Serialize + ?Sized>(
        &mut self,
        prefix: impl FnOnce(S, u8) -> Result<S, S::Error>,
        value: &T,
    ) -> Result<(), S::Error> {
        let event = self.level.event()?;
        if event != Event::Skip {
            self.level.part(|sink, separator, depth| {
                let sink = match event {
                    Event::Write => prefix(sink, separator)?,
                    _ => sink,
                };
                value.serialize(Serializer { sink, depth })
            })?;
        }
        self.level.next();
        Ok(())
    }

    fn finish<const CLOSE: u8>(self) -> Result<S, S::Error> {
        let name = self.name;
        self.level.close(|sink, separator| match separator {
            b',' => sink.put(&[CLOSE, b'}']),
            open => Self::separate(name, sink, open)?.put(&[CLOSE, b'}']),
        })
    }
}

macro_rules! numbers {
    ($($method:ident($type:ty) => $module:ident::$write:ident;)+) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<S, S::Error> {
                $module::$write(self.sink, value.into())
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Serializer<S> {
    type Ok = S;
    type Error = S::Error;
    type SerializeSeq = Array<S>;
    type SerializeTuple = Array<S>;
    type SerializeTupleStruct = Array<S>;
    type SerializeTupleVariant = Variant<S>;
    type SerializeMap = Object<S>;
    type SerializeStruct = Object<S>;
    type SerializeStructVariant = Variant<S>;

    numbers! {
        serialize_i8(i8) => leaf::signed_32;
        serialize_i16(i16) => leaf::signed_32;
        serialize_i32(i32) => leaf::signed_32;
        serialize_i64(i64) => leaf::signed;
        serialize_i128(i128) => number::signed_128;
        serialize_u8(u8) => leaf::unsigned_32;
        serialize_u16(u16) => leaf::unsigned_32;
        serialize_u32(u32) => leaf::unsigned_32;
        serialize_u64(u64) => leaf::unsigned;
        serialize_u128(u128) => number::unsigned_128;
        serialize_f64(f64) => number::double;
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<S, S::Error> {
        number::single(self.sink, value, S::Dialect::EXPONENTS)
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<S, S::Error> {
        leaf::boolean(self.sink, value)
    }

    #[inline]
    fn serialize_char(self, value: char) -> Result<S, S::Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<S, S::Error> {
        self.sink.string(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S, S::Error> {
        self.collect_seq(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<S, S::Error> {
        self.sink.put(b"null")
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S, S::Error> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        let depth = match name {
            fixed::NAME => NUMBER,
            _ => self.depth,
        };
        value.serialize(Self { depth, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        let mut level = Level::new(self.sink, self.depth, Kind::Object)?;
        level.element(Some(variant), Write(value))?;
        level.end::<b'}'>()
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Array<S>, S::Error> {
        Level::new(self.sink, self.depth, Kind::Array).map(Array)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Array<S>, S::Error> {
        self.serialize_seq(None)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Array<S>, S::Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<S>, S::Error> {
        Variant::new(self, Kind::Array, variant)
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Object<S>, S::Error> {
        Ok(Object {
            level: Level::new(self.sink, self.depth, Kind::Object)?,
            event: None,
        })
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<S>, S::Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<S>, S::Error> {
        Variant::new(self, Kind::Object, variant)
    }

    /// A slice or a vector is taken up at any element at once.
    #[inline]
    fn collect_seq<I>(self, values: I) -> Result<S, S::Error>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let mut level = Level::new(self.sink, self.depth, Kind::Array)?;
        let mut values = values.into_iter();
        level.skip(&mut values)?;
        for value in values {
            level.element(None, Write(&value))?;
        }
        level.end::<b']'>()
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        match self.depth {
            NUMBER => fixed::display(self.sink, format_args!("{value}")),
            _ => text::display(self.sink, value),
        }
    }
}

macro_rules! arrays {
    ($($trait:ident: $method:ident;)+) => {
        $(
            impl<S: Sink> ser::$trait for Array<S> {
                type Ok = S;
                type Error = S::Error;

                #[inline(always)]
                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    self.0.element(None, Write(value))
                }

                #[inline]
                fn end(self) -> Result<S, S::Error> {
                    self.0.end::<b']'>()
                }
            }
        )+
    };
}

arrays! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
}

impl<S: Sink> ser::SerializeTupleVariant for Variant<S> {
    type Ok = S;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let name = self.name;
        self.element(
            |sink, separator| Self::separate(name, sink, separator),
            value,
        )
    }

    fn end(self) -> Result<S, S::Error> {
        self.finish::<b']'>()
    }
}

impl<S: Sink> ser::SerializeStruct for Object<S> {
    type Ok = S;
    type Error = S::Error;

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.level.element(Some(key), Write(value))
    }

    #[inline]
    fn end(self) -> Result<S, S::Error> {
        self.level.end::<b'}'>()
    }
}

impl<S: Sink> ser::SerializeStructVariant for Variant<S> {
    type Ok = S;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        let name = self.name;
        self.element(
            |sink, separator| match separator {
                b',' => leaf::key(sink, b',', key),
                _ => leaf::key(leaf::key(sink, b'{', name)?, b'{', key),
            },
            value,
        )
    }

    fn end(self) -> Result<S, S::Error> {
        self.finish::<b'}'>()
    }
}

impl<S: Sink> ser::SerializeMap for Object<S> {
    type Ok = S;
    type Error = S::Error;

    /// A member is one event, but comes in two parts.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        if self.event.is_some() {
            return Err(JsonError::Custom.into());
        }
        let event = self.level.event()?;
        self.event = Some(event);
        if event != Event::Write {
            return Ok(());
        }
        self.level.part(|sink, separator, _| {
            let sink = sink.put(&[separator])?;
            key.serialize(Key { sink })?.put(b":")
        })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        if self.event.take().ok_or(JsonError::Custom)? != Event::Skip {
            self.level
                .part(|sink, _, depth| value.serialize(Serializer { sink, depth }))?;
        }
        self.level.next();
        Ok(())
    }

    fn end(self) -> Result<S, S::Error> {
        match self.event {
            None => self.level.end::<b'}'>(),
            Some(_) => Err(JsonError::Custom.into()),
        }
    }
}
