//! Objects: maps and structs.

use serde_core::ser::{self, Serialize};

use super::key::Key;
use super::value::{Serializer, Write};
use crate::error::JsonError;
use crate::json::container::Container;
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::ElementAction;

/// An object.
pub(in crate::json) struct Object<S> {
    pub(super) container: Container<S>,
    /// The action for the value whose key has come.
    pub(super) action: Option<ElementAction>,
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
        self.container.element(Some(key), Write(value))
    }

    #[inline]
    fn end(self) -> Result<S, S::Error> {
        self.container.end::<b'}'>()
    }
}

impl<S: Sink> ser::SerializeMap for Object<S> {
    type Ok = S;
    type Error = S::Error;

    /// Writes the first of two parts of a member, which is one element.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        if self.action.is_some() {
            return Err(JsonError::Custom.into());
        }
        let action = self.container.next_action()?;
        self.action = Some(action);
        if action != ElementAction::Write {
            return Ok(());
        }
        self.container.part(|sink, separator, _| {
            let sink = sink.write_array(&[separator])?;
            key.serialize(Key { sink })?.write_array(b":")
        })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        if self.action.take().ok_or(JsonError::Custom)? != ElementAction::Skip {
            self.container
                .part(|sink, _, depth| value.serialize(Serializer { sink, depth }))?;
        }
        self.container.finish_element();
        Ok(())
    }

    fn end(self) -> Result<S, S::Error> {
        match self.action {
            None => self.container.end::<b'}'>(),
            Some(_) => Err(JsonError::Custom.into()),
        }
    }
}
