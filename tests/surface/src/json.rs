//! A value of every kind that JSON can be written from, nested to an unknown depth.

use core::fmt::{self, Display};

use replywire::json::{
    AsText, Decimal, Field, Filter, JsonError, MAX_DEPTH, Model, NdArray, Outcome, Part, Python,
    Resumable, Settable, Shallow, Shape, Shaped, Sink, ToJson, Value, as_text,
};
use serde_core::ser::{
    Error as _, Serialize, SerializeMap as _, SerializeSeq as _, SerializeStruct as _,
    SerializeStructVariant as _, SerializeTuple as _, SerializeTupleStruct as _,
    SerializeTupleVariant as _, Serializer,
};

use crate::{any, bytes, keep, room, show, show_debug, text};

/// Calls every method of a serializer.
#[derive(Clone, Copy)]
pub(crate) struct BySerde;

impl Serialize for BySerde {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match any(0) {
            0 => out.serialize_bool(any(true)),
            1 => out.serialize_i8(any(1)),
            2 => out.serialize_i16(any(1)),
            3 => out.serialize_i32(any(1)),
            4 => out.serialize_i64(any(1)),
            5 => out.serialize_i128(any(1)),
            6 => out.serialize_u8(any(1)),
            7 => out.serialize_u16(any(1)),
            8 => out.serialize_u32(any(1)),
            9 => out.serialize_u64(any(1)),
            10 => out.serialize_u128(any(1)),
            11 => out.serialize_f32(any(1.0)),
            12 => out.serialize_f64(any(1.0)),
            13 => out.serialize_char(any('c')),
            14 => out.serialize_str(text()),
            15 => out.serialize_bytes(bytes()),
            16 => out.serialize_none(),
            17 => out.serialize_some(self),
            18 => out.serialize_unit(),
            19 => out.serialize_unit_struct("Unit"),
            20 => out.serialize_unit_variant("Enum", 0, "Unit"),
            21 => out.serialize_newtype_struct("Newtype", self),
            22 => out.serialize_newtype_variant("Enum", 1, "Newtype", self),
            23 => {
                let mut seq = out.serialize_seq(any(None))?;
                while any(true) {
                    seq.serialize_element(self)?;
                }
                seq.end()
            }
            24 => {
                let mut tuple = out.serialize_tuple(any(1))?;
                tuple.serialize_element(self)?;
                tuple.end()
            }
            25 => {
                let mut tuple = out.serialize_tuple_struct("Tuple", any(1))?;
                tuple.serialize_field(self)?;
                tuple.end()
            }
            26 => {
                let mut tuple = out.serialize_tuple_variant("Enum", 2, "Tuple", any(1))?;
                tuple.serialize_field(self)?;
                tuple.end()
            }
            27 => {
                let mut map = out.serialize_map(any(None))?;
                while any(true) {
                    map.serialize_key(self)?;
                    map.serialize_value(self)?;
                }
                // A program that is wrong, and must get an error.
                keep(map.serialize_key(self).is_err());
                keep(map.serialize_key(self).is_err());
                map.serialize_entry(self, self)?;
                map.end()
            }
            28 => {
                let mut fields = out.serialize_struct("Struct", any(1))?;
                fields.serialize_field("field", self)?;
                fields.skip_field("skipped")?;
                fields.end()
            }
            29 => {
                let mut fields = out.serialize_struct_variant("Enum", 3, "Struct", any(1))?;
                fields.serialize_field("field", self)?;
                fields.end()
            }
            30 => out.collect_str(self),
            31 => out.collect_seq(any([1, 2].as_slice())),
            32 => out.collect_map(any([(1, 2)].as_slice()).iter().copied()),
            33 => {
                let field = Field::new(text()).alias(text());
                Model::new(out, "Model", any(1))?
                    .field(field.default(any(true)).unset(any(true)), self)?
                    .field(text(), self)?
                    .flatten(&Flat)?
                    .hidden(text())?
                    .end()
            }
            34 => out.collect_seq(any([*self].as_slice()).iter().filter(|_| any(true))),
            35 => out.collect_map(any([(*self, *self)].as_slice()).iter().copied()),
            36 => Some([*self, *self]).serialize(out),
            37 => (*self, text(), any('c'), any([1.5f32]), any(())).serialize(out),
            38 => any(Decimal::new(any(1), any(2))).serialize(out),
            39 => out.serialize_newtype_struct(any("$replywire::number"), self),
            40 => as_text(&any(1i64), out),
            41 => (
                AsText::new(any(1i128)),
                AsText::new(any(1u8)),
                AsText::new(any(1u128)),
            )
                .serialize(out),
            42 => match NdArray::new(any([1, 2].as_slice()), any([*self, *self].as_slice())) {
                Ok(array) => any(array).serialize(out),
                Err(error) => Err(S::Error::custom(error)),
            },
            _ => Err(S::Error::custom(text())),
        }
    }
}

/// A model that another has the fields of.
struct Flat;

impl Serialize for Flat {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match any(0) {
            0 => out.serialize_some(&any(1)),
            1 => out.serialize_newtype_struct(text(), self),
            _ => Model::new(out, "Flat", 1)?
                .field(text(), &any(Settable::unset(1)))?
                .hidden(text())?
                .end(),
        }
    }
}

impl Shaped for BySerde {
    const SHAPE: &'static Shape = &Shape::Joined(&[
        &Shape::Model(&[
            ("a", &Shape::Leaf),
            ("b", &Shape::List(&Shape::Map(Self::SHAPE_OF_A))),
        ]),
        &Shape::Any,
    ]);
}

impl BySerde {
    const SHAPE_OF_A: &'static Shape = &Shape::Model(&[("c", &Shape::Any)]);
}

impl Display for BySerde {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(text())?;
        any(Ok(()))
    }
}

/// Filters what calls every method of a serializer.
#[unsafe(no_mangle)]
pub extern "C" fn surface_filtered() {
    let inner = any([Part::Each, Part::Name(text()), Part::At(any(-1))]);
    let parts = any([
        Part::InEach(any(&inner)),
        Part::In(text(), any(&inner)),
        Part::InAt(any(-1), any(&inner)),
    ]);
    let mut filter = Filter::new();
    if any(true) {
        filter = filter.include(any(&parts)).exclude(any(&parts));
    }
    if any(true) {
        filter = filter.exclude_none().exclude_defaults();
    }
    if any(true) {
        filter = filter.exclude_unset().by_name();
    }
    let document = Shallow::<Python, 9>::of(&BySerde);
    keep(document.write(room(&mut [0; 512])));
    show_debug(&Shallow::<Python, 9>::new(Python));
    let document = Python::of(&BySerde).filtered(any(&filter));
    keep(document.write(room(&mut [0; 512])));
    keep(document.measure());
    keep(Resumable::new(document).fill(room(&mut [0; 512])));
    show_debug(&document);
    show_debug(&filter);
    let document = Python::of(&BySerde).response_model(any(&filter));
    keep(document.write(room(&mut [0; 512])));
    let document = Python::owned(BySerde);
    keep(document.write(room(&mut [0; 512])));
    keep(document.measure());
    show_debug(&document);
    keep(Resumable::new(document).fill(room(&mut [0; 512])));
    show_debug(BySerde::SHAPE);
    show_debug(&inner);
    show_debug(&Field::new(text()));
    show(&Decimal::new(any(1), any(2)));
    show_debug(&AsText::new(any(1u64)));
    show_debug(&NdArray::new(any([1].as_slice()), any([1u8].as_slice())));
}

/// Calls every method of a [`Value`] and writes every type that writes itself.
#[derive(Clone, Copy)]
pub(crate) struct ByHand;

impl ToJson for ByHand {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match any(0) {
            0 => out.null(),
            1 => out.bool(any(true)),
            2 => out.signed(any(i64::MIN)),
            3 => out.unsigned(any(u64::MAX)),
            4 => out.double(any(1.0)),
            5 => out.string(text()),
            6 => out.number(text()),
            7 => {
                let mut array = out.array()?;
                while any(true) {
                    array = array.item(self)?;
                }
                array.item(text())?.item(&any(MAX_DEPTH))?.end()
            }
            8 => {
                let mut object = out.object()?;
                while any(true) {
                    object = object.field(text(), self)?;
                }
                object.end()
            }
            9 => any([Some(*self), None]).to_json(out),
            10 => any([any(1i8)].as_slice()).to_json(out),
            11 => ToJson::to_json(&&any(1i16), out),
            12 => any(1i32).to_json(out),
            13 => any(1i64).to_json(out),
            14 => any(1i128).to_json(out),
            15 => any(1isize).to_json(out),
            16 => any(1u16).to_json(out),
            17 => any(1u32).to_json(out),
            18 => any(1u64).to_json(out),
            19 => any(1u128).to_json(out),
            20 => any(1usize).to_json(out),
            21 => any(1.0f32).to_json(out),
            22 => any(1.0f64).to_json(out),
            23 => any(true).to_json(out),
            24 => text().to_json(out),
            25 => ().to_json(out),
            26 => out.display(&BySerde),
            27 => any('c').to_json(out),
            28 => any(1u8).to_json(out),
            30 => any(Decimal::new(any(1), any(2))).to_json(out),
            31 => AsText::new(any(1i64)).to_json(out),
            32 => AsText::new(any(1i128)).to_json(out),
            33 => AsText::new(any(1usize)).to_json(out),
            35 => out.raw(text()),
            34 => match NdArray::new(any([1, 2].as_slice()), any([*self, *self].as_slice())) {
                Ok(array) => any(array).to_json(out),
                Err(error) => Err(error.into()),
            },
            29 => {
                let mut array = out.array()?;
                if any(true) {
                    array = array.items(any([*self].as_slice()))?;
                }
                if any(true) {
                    array = array.items(any([*self].as_slice()).iter().filter(|_| any(true)))?;
                }
                array.items(any([1.5f64, 2.5].as_slice()))?.end()
            }
            _ => any(Err(JsonError::Custom.into())),
        }
    }
}
