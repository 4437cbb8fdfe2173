use core::convert::Infallible;
use core::marker::PhantomData;

use super::text::DocumentText;
use crate::json::rules::Rules;
use crate::json::sink::interface::Sink;

/// The absence of an element: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub struct Nothing<D> {
    dialect: PhantomData<D>,
    never: Infallible,
}

impl<D: Rules> DocumentText for Nothing<D> {
    type Dialect = D;

    fn write_text<S: Sink<Dialect = D>>(&self, _: S, _: u8) -> Result<S, S::Error> {
        match self.never {}
    }
}
