//! Documents that own a value which `serde` writes.

use core::fmt;
use core::marker::PhantomData;

use serde_core::ser::Serialize;

use super::document::BySerde;
use crate::json::document::text::DocumentText;
use crate::json::rules::{Python, Rules};
use crate::json::sink::interface::Sink;

/// A document that owns its value, which `serde` writes; [`Dialect::owned`] makes it.
///
/// [`Dialect::owned`]: crate::json::Dialect::owned
pub struct OwnedBySerde<T, D = Python> {
    value: T,
    dialect: PhantomData<D>,
}

impl<T, D> OwnedBySerde<T, D> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            value,
            dialect: PhantomData,
        }
    }
}

impl<T: Clone, D> Clone for OwnedBySerde<T, D> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<T, D> fmt::Debug for OwnedBySerde<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedBySerde").finish_non_exhaustive()
    }
}

impl<T: Serialize, D: Rules> DocumentText for OwnedBySerde<T, D> {
    type Dialect = D;

    #[inline]
    fn write_text<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        BySerde::<T, D>::new(&self.value).write_text(sink, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Resumable;

    #[test]
    fn an_owned_value_has_the_text_of_a_borrowed_one_through_every_buffer() {
        let value = (
            "a text that is longer than most rooms",
            [1.5, 2e-7],
            Some(u64::MAX),
        );
        let mut whole = [0; 128];
        let length = Python::of(&value).write(&mut whole).unwrap();
        let mut room = [0; 128];
        assert_eq!(Python::owned(value).measure(), Ok(length));
        assert_eq!(Python::owned(value).write(&mut room), Ok(length));
        assert_eq!(room[..length], whole[..length]);
        for size in Resumable::<BySerde<'_, u8>>::MIN_BUFFER..=length + 2 {
            let mut document = Resumable::new(Python::owned(value));
            let mut sent = 0;
            while !document.is_done() {
                let n = document.fill(&mut room[..size]).unwrap();
                assert_eq!(room[..n], whole[sent..sent + n], "{size}");
                sent += n;
            }
            assert_eq!(sent, length, "{size}");
        }
    }
}
