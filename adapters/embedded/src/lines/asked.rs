use replywire::__private::write_template_last;
use replywire::request::{Exchange, Request};
use replywire::{Template, TemplateLines};

use crate::handler::Handler;
use crate::state::waiting_room;
use crate::transport::Transport;
use crate::unanswered::{Cause, Unanswered};

/// The lines of every reply to one request, which stand at the end of the reply buffer.
#[derive(Clone, Copy)]
pub(crate) struct Lines<'o>(Option<Template<'o>>);

/// An exchange that carries them.
pub(crate) struct Told<'c>(Exchange<'c>);

impl<'o> Lines<'o> {
    /// The rest of the reply buffer is less than there was.
    pub(crate) const SHORTEN: bool = true;
    pub(crate) const NONE: Self = Self(Some(Template::EMPTY));
    /// Those of a request that could not be read.
    pub(crate) const UNASKED: Self = Self(None);

    /// Has the handler write them to `output`, of which `used` bytes are of replies that wait.
    /// Gives the rest of it, too.
    pub(crate) fn ask<T: Transport>(
        handler: &impl Handler<T>,
        request: Option<&Request<'_>>,
        output: &'o mut [u8],
        used: usize,
    ) -> (&'o mut [u8], Result<Self, Unanswered>) {
        let room = waiting_room(output);
        let write = |lines: &mut TemplateLines<'_>| handler.every_reply(request, lines);
        let failed = |error| Cause::Template(error).into();
        let (rest, template) = write_template_last(output, used, room, write, failed);
        (rest, template.map(|template| Self(Some(template))))
    }

    /// Has the handler write them now, where it has not.
    pub(crate) fn or_ask<'r, T: Transport>(
        self,
        handler: &impl Handler<T>,
        output: &'r mut [u8],
    ) -> (&'r mut [u8], Result<Lines<'r>, Unanswered>)
    where
        'o: 'r,
    {
        match self.0 {
            Some(_) => (output, Ok(self)),
            None => Lines::ask(handler, None, output, 0),
        }
    }

    pub(crate) fn tell<'c>(&self, exchange: &'c Exchange<'c>) -> Told<'c>
    where
        'o: 'c,
    {
        Told(exchange.with_template(self.0.unwrap_or_default()))
    }
}

impl<'c> Told<'c> {
    pub(crate) const fn exchange(&self) -> &Exchange<'c> {
        &self.0
    }
}
