//! Objects: maps and structs.

use serde_core::ser::{self, Serialize};

use super::key::Key;
use super::marked::{Marked, Marker};
use super::value::{Serializer, Write};
use crate::error::JsonError;
use crate::json::container::Container;
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::{ElementAction, Kind, Replay as _};

/// An object.
pub(in crate::json) struct Object<S> {
    pub(super) container: Container<S>,
    pub(super) state: State,
}

/// The part of an object that comes next.
#[derive(Clone, Copy)]
pub(super) enum State {
    /// A member, or the end.
    Member,
    /// The value whose key has come, and the action for it.
    Value(ElementAction),
    /// The text that stands for all of a struct.
    Text(Marker),
    /// The end, behind that text.
    End,
}

impl<S: Sink> Object<S> {
    /// Begins a struct that a text stands for.
    #[cold]
    pub(super) fn marked_by(place: Serializer<S>, marker: Marker) -> Result<Self, S::Error> {
        let Serializer { sink, depth } = place;
        sink.replay().enter(depth.level(), Kind::Object)?;
        Ok(Self {
            container: Container {
                sink,
                depth: depth.next(),
                separator: b'{',
            },
            state: State::Text(marker),
        })
    }

    /// Writes the text that stands for a struct, if `key` is that of its marker; tells whether it
    /// is.
    #[cold]
    fn marked<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<bool, S::Error> {
        let State::Text(marker) = self.state else {
            return Ok(false);
        };
        if Marker::of_struct(key) != Some(marker) {
            return Ok(false);
        }
        if self.container.next_action()? != ElementAction::Skip {
            self.container.part(|sink, _, depth| {
                // It is in no object, for all that it came in one.
                let place = Serializer {
                    sink,
                    depth: depth.before(),
                };
                value.serialize(Marked { place, marker })
            })?;
        }
        // Only now: a value that hides a failure does not end.
        self.state = State::End;
        Ok(true)
    }

    /// Ends a struct that a text stands for.
    #[cold]
    fn end_marked(mut self) -> Result<S, S::Error> {
        match (self.state, self.container.separator) {
            // A member besides would have made it a comma.
            (State::End, b'{') => self.container.close(|sink, _| Ok(sink)),
            _ => Err(self.container.refuse(JsonError::NotJson)),
        }
    }
}

impl<S: Sink> ser::SerializeStruct for Object<S> {
    type Ok = S;
    type Error = S::Error;

    /// Asks for a marker, of which nothing is left where the name is known at compile time.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if let [b'$', ..] = key.as_bytes()
            && self.marked(key, value)?
        {
            return Ok(());
        }
        self.member(key, value)
    }

    #[inline]
    fn end(self) -> Result<S, S::Error> {
        match self.state {
            State::Member => self.container.end::<b'}'>(),
            _ => self.end_marked(),
        }
    }
}

impl<S: Sink> Object<S> {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn member<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.container.element(Some(key), Write(value))
    }
}

impl<S: Sink> ser::SerializeMap for Object<S> {
    type Ok = S;
    type Error = S::Error;

    /// Writes the first of two parts of a member, which is one element.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        let State::Member = self.state else {
            return Err(self.container.refuse(JsonError::Custom));
        };
        let action = self.container.next_action()?;
        self.state = State::Value(action);
        if action != ElementAction::Write {
            return Ok(());
        }
        self.container.part(|sink, separator, depth| {
            let sink = sink.write_array(&[separator])?;
            key.serialize(Key { sink, depth })?.write_array(b":")
        })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let State::Value(action) = self.state else {
            return Err(self.container.refuse(JsonError::Custom));
        };
        self.state = State::Member;
        if action != ElementAction::Skip {
            self.container
                .part(|sink, _, depth| value.serialize(Serializer { sink, depth }))?;
        }
        self.container.finish_element();
        Ok(())
    }

    fn end(mut self) -> Result<S, S::Error> {
        match self.state {
            State::Member => self.container.end::<b'}'>(),
            _ => Err(self.container.refuse(JsonError::Custom)),
        }
    }
}
