use core::convert::Infallible;
use core::marker::PhantomData;

use super::document::sealed;
use super::{Dialect, Sink};

/// No element: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub struct Nothing<D> {
    dialect: PhantomData<D>,
    never: Infallible,
}

impl<D: Dialect> sealed::Document for Nothing<D> {
    type Dialect = D;

    fn put<S: Sink<Dialect = D>>(&self, _: S, _: u8) -> Result<S, S::Error> {
        match self.never {}
    }
}
