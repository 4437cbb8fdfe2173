use replywire::request::{Exchange, Request};

use crate::handler::Handler;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// No lines.
#[derive(Clone, Copy)]
pub(crate) struct Lines;

/// An exchange without lines.
pub(crate) struct Told<'c>(&'c Exchange<'c>);

impl Lines {
    pub(crate) const SHORTEN: bool = false;
    pub(crate) const NONE: Self = Self;
    pub(crate) const UNASKED: Self = Self;

    /// Asks for nothing.
    #[inline(always)]
    pub(crate) fn ask<'o, T: Transport>(
        _: &impl Handler<T>,
        _: Option<&Request<'_>>,
        output: &'o mut [u8],
        _: usize,
    ) -> (&'o mut [u8], Result<Self, Unanswered>) {
        (output, Ok(Self))
    }

    #[inline(always)]
    pub(crate) fn or_ask<'o, T: Transport>(
        self,
        _: &impl Handler<T>,
        output: &'o mut [u8],
    ) -> (&'o mut [u8], Result<Self, Unanswered>) {
        (output, Ok(self))
    }

    #[inline(always)]
    pub(crate) const fn tell<'c>(&self, exchange: &'c Exchange<'c>) -> Told<'c> {
        Told(exchange)
    }
}

impl<'c> Told<'c> {
    #[inline(always)]
    pub(crate) const fn exchange(&self) -> &'c Exchange<'c> {
        self.0
    }
}
