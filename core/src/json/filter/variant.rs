//! Variants of enums: maps of one value, which the variant names.

use serde_core::ser::{
    Serialize, SerializeMap, SerializeStructVariant, SerializeTupleVariant, Serializer,
};

use super::context::FilterContext;

/// Writes what stays of a variant that is left out.
pub(super) fn left<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_map(Some(0))?.end()
}

pub(super) enum TupleVariant<'p, S, O> {
    Chosen {
        inner: S,
        context: FilterContext<'p>,
        variant: &'static str,
        index: usize,
        /// The length that it has told, where it counts.
        counted: Option<usize>,
    },
    Left(O),
}

impl<S: SerializeTupleVariant> SerializeTupleVariant for TupleVariant<'_, S, S::Ok> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let Self::Chosen {
            inner,
            context,
            variant,
            index,
            counted,
        } = self
        else {
            return Ok(());
        };
        let at = *index;
        *index = at.saturating_add(1);
        context.inside(variant, |context| {
            context.element(at, *counted, value, |value| inner.serialize_field(value))
        })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chosen {
                inner,
                context,
                index,
                counted,
                ..
            } => {
                context.end_list(index, counted)?;
                inner.end()
            }
            Self::Left(ok) => Ok(ok),
        }
    }
}

pub(super) enum StructVariant<'p, S, O> {
    Chosen {
        inner: S,
        context: FilterContext<'p>,
        variant: &'static str,
        /// The names that no field had yet.
        missing: u64,
    },
    Left(O),
}

impl<S: SerializeStructVariant> SerializeStructVariant for StructVariant<'_, S, S::Ok> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        let Self::Chosen {
            inner,
            context,
            variant,
            missing,
        } = self
        else {
            return Ok(());
        };
        context.inside(variant, |context| {
            context.field(missing, key, value, |key, value| {
                inner.serialize_field(key, value)
            })
        })
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        let Self::Chosen {
            inner,
            context,
            variant,
            missing,
        } = self
        else {
            return Ok(());
        };
        context.inside(variant, |context| {
            context.skip(missing, &|name| name == key);
            inner.skip_field(key)
        })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chosen {
                inner,
                context,
                variant,
                missing,
            } => {
                context.inside(variant, |context| context.end(missing))?;
                inner.end()
            }
            Self::Left(ok) => Ok(ok),
        }
    }
}
