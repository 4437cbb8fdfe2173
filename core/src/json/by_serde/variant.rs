//! Variants of enums that have fields.

use serde_core::ser::{self, Serialize};

use super::value::Serializer;
use crate::json::container::{Container, deeper};
use crate::json::scalar;
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::{ElementAction, Kind, Replay as _};

/// An array or an object that is the value of an object of one member, which names an enum's
/// variant. To the container it is one array or object with longer brackets.
pub(in crate::json) struct Variant<S> {
    container: Container<S>,
    name: &'static str,
}

impl<S: Sink> Variant<S> {
    pub(super) fn new(
        place: Serializer<S>,
        kind: Kind,
        name: &'static str,
    ) -> Result<Self, S::Error> {
        let Serializer { sink, depth } = place;
        let inner = deeper(&sink, depth)?;
        sink.replay().enter(depth.level(), Kind::Wrapper)?;
        let container = Container::new(sink, inner, kind)?;
        Ok(Self { container, name })
    }

    /// Writes the brackets that open, or a comma.
    fn separate(name: &str, sink: S, separator: u8) -> Result<S, S::Error> {
        match separator {
            b',' => sink.write_array(b","),
            open => scalar::begin(sink, b'{', Some(name))?.write_array(&[open]),
        }
    }

    /// Writes an element; `prefix` writes all before its value.
    fn element<T: Serialize + ?Sized>(
        &mut self,
        prefix: impl FnOnce(S, u8) -> Result<S, S::Error>,
        value: &T,
    ) -> Result<(), S::Error> {
        let action = self.container.next_action()?;
        if action != ElementAction::Skip {
            self.container.part(|sink, separator, depth| {
                let sink = match action {
                    ElementAction::Write => prefix(sink, separator)?,
                    _ => sink,
                };
                value.serialize(Serializer { sink, depth })
            })?;
        }
        self.container.finish_element();
        Ok(())
    }

    fn finish<const CLOSE: u8>(self) -> Result<S, S::Error> {
        let name = self.name;
        self.container.close(|sink, separator| match separator {
            b',' => sink.write_array(&[CLOSE, b'}']),
            open => Self::separate(name, sink, open)?.write_array(&[CLOSE, b'}']),
        })
    }
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
                b',' => scalar::begin(sink, b',', Some(key)),
                _ => {
                    let sink = scalar::begin(sink, b'{', Some(name))?;
                    scalar::begin(sink, b'{', Some(key))
                }
            },
            value,
        )
    }

    fn end(self) -> Result<S, S::Error> {
        self.finish::<b'}'>()
    }
}
