//! Variants of enums: maps of one value, which the variant names.

use serde_core::ser::{
    Error, Serialize, SerializeMap, SerializeStructVariant, SerializeTupleVariant, Serializer,
};

use super::context::FilterContext;
use super::tree::{Chosen, Step};

/// Begins a variant with fields; `None` where it is left out.
pub(super) fn begin<'p, E: Error>(
    context: FilterContext<'p>,
    variant: &'static str,
) -> Result<Option<Inside<'p>>, E> {
    context.map()?;
    let chosen = context.choice.part(Step::Name(variant));
    Ok(chosen.map(|chosen| Inside { context, chosen }))
}

/// Writes what stays of a variant that is left out.
pub(super) fn left<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_map(Some(0))?.end()
}

/// The inside of a variant, where its fields are.
pub(super) struct Inside<'p> {
    context: FilterContext<'p>,
    chosen: Chosen<'p>,
}

impl Inside<'_> {
    pub(super) const fn context(&self) -> FilterContext<'_> {
        self.context.within(&self.chosen)
    }
}

pub(super) enum TupleVariant<'p, S, O> {
    Chosen {
        inner: S,
        inside: Inside<'p>,
        index: usize,
        len: usize,
    },
    Left(O),
}

impl<S: SerializeTupleVariant> SerializeTupleVariant for TupleVariant<'_, S, S::Ok> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let Self::Chosen {
            inner,
            inside,
            index,
            len,
        } = self
        else {
            return Ok(());
        };
        let at = *index;
        *index = at.saturating_add(1);
        inside
            .context()
            .element(at, Some(*len), value, |value| inner.serialize_field(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chosen { inner, .. } => inner.end(),
            Self::Left(ok) => Ok(ok),
        }
    }
}

pub(super) enum StructVariant<'p, S, O> {
    Chosen {
        inner: S,
        inside: Inside<'p>,
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
            inside,
            missing,
        } = self
        else {
            return Ok(());
        };
        inside.context().field(missing, key, value, |key, value| {
            inner.serialize_field(key, value)
        })
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        let Self::Chosen {
            inner,
            inside,
            missing,
        } = self
        else {
            return Ok(());
        };
        inside.context().skip(missing, key);
        inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chosen {
                inner,
                inside,
                missing,
            } => {
                inside.context().end(missing)?;
                inner.end()
            }
            Self::Left(ok) => Ok(ok),
        }
    }
}
