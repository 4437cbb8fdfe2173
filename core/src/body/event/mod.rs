//! Server-sent events, HTML Living Standard § 9.2.

use core::fmt;

use self::room::{LinePosition, Room};
use super::chunk::Chunk;
use crate::error::{Error, Place};
use crate::json::document::nothing::Nothing;
use crate::json::{Document, Python, Resumable};
use crate::write::decimal::{MAX_DIGITS, decimal};

mod room;

/// A server-sent event, or a comment between events.
///
/// Its fields are written in the order comment, event, data, id, retry. CR, LF and CRLF part the
/// lines of comments and data, so no text can end the event or begin another field. An event
/// borrows its texts: a source that makes them keeps them until the next event.
///
/// ```
/// use replywire::json::Python;
/// use replywire::body::{Chunk, Event};
///
/// let mut event = Event::new().name("tick").json(Python::by_hand(&[1, 2])).id("7");
/// let mut room = [0; 64];
/// let n = event.fill(&mut room)?;
/// assert_eq!(&room[..n], b"event: tick\ndata: [1,2]\nid: 7\n\n");
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "ServerSentEvent")]
#[derive(Clone)]
#[must_use = "an event does nothing until it is sent"]
pub struct Event<'e, T = Nothing<Python>> {
    comment: Option<&'e str>,
    name: Option<&'e str>,
    data: Data<'e, T>,
    id: Option<&'e str>,
    retry: Option<u64>,
    stage: Stage,
    position: LinePosition,
}

#[derive(Clone)]
enum Data<'e, T> {
    None,
    Text(&'e str),
    Json(Resumable<T>),
}

/// The field that is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Start,
    Comment,
    Name,
    Data,
    Id,
    Retry,
    Blank,
    Done,
}

impl<T> fmt::Debug for Event<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl<'e> Event<'e> {
    /// An event without fields, which is an empty line.
    pub const fn new() -> Self {
        Self {
            comment: None,
            name: None,
            data: Data::None,
            id: None,
            retry: None,
            stage: Stage::Start,
            position: LinePosition {
                at: 0,
                begun: false,
            },
        }
    }
}

impl Default for Event<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'e, T> Event<'e, T> {
    /// Adds a text that clients pass over.
    pub const fn comment(mut self, comment: &'e str) -> Self {
        self.comment = Some(comment);
        self
    }

    /// Sets the event's type, which is `message` without this. CR and LF are [`Error::EventName`]
    /// when it is written.
    pub const fn name(mut self, name: &'e str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the id, which the client gives back as `Last-Event-ID` when it reconnects. CR, LF and
    /// NUL are [`Error::EventId`] when it is written.
    #[doc(alias("Last-Event-ID", "last_event_id"))]
    pub const fn id(mut self, id: &'e str) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets how long the client waits before it reconnects, in milliseconds.
    pub const fn retry(mut self, milliseconds: u64) -> Self {
        self.retry = Some(milliseconds);
        self
    }

    /// Sets the data, of any number of lines.
    pub fn data(self, data: &'e str) -> Event<'e> {
        self.with(Data::Text(data))
    }

    /// Sets the data to a JSON document.
    pub fn json<U: Document>(self, document: U) -> Event<'e, U> {
        self.with(Data::Json(Resumable::new(document)))
    }

    fn with<U>(self, data: Data<'e, U>) -> Event<'e, U> {
        Event {
            comment: self.comment,
            name: self.name,
            data,
            id: self.id,
            retry: self.retry,
            stage: self.stage,
            position: self.position,
        }
    }

    /// Checks that the fields that must have one line have no more.
    fn check(&self) -> Result<(), Error> {
        let find = |text: Option<&str>, bytes: &[u8]| {
            text.and_then(|text| text.bytes().position(|byte| bytes.contains(&byte)))
        };
        if let Some(at) = find(self.name, b"\r\n") {
            return Err(Error::EventName(Place::at(at)));
        }
        match find(self.id, b"\r\n\0") {
            Some(at) => Err(Error::EventId(Place::at(at))),
            None => Ok(()),
        }
    }
}

impl<T: Document> Chunk for Event<'_, T> {
    const IS_EVENT: bool = true;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let mut room = Room { room, used: 0 };
        loop {
            let position = &mut self.position;
            let is_written = match self.stage {
                Stage::Start => {
                    self.check()?;
                    true
                }
                Stage::Comment => room.write_lines(position, b": ", self.comment),
                Stage::Name => room.write_lines(position, b"event: ", self.name),
                Stage::Data => match &mut self.data {
                    Data::None => true,
                    Data::Text(text) => room.write_lines(position, b"data: ", Some(*text)),
                    Data::Json(document) => room.write_json(position, document)?,
                },
                Stage::Id => room.write_lines(position, b"id: ", self.id),
                Stage::Retry => {
                    let mut digits = [0; MAX_DIGITS];
                    let text = self.retry.map(|retry| decimal(retry, &mut digits));
                    room.write_lines(position, b"retry: ", text)
                }
                Stage::Blank => room.write_all(b"\n"),
                Stage::Done => return Ok(room.used),
            };
            if !is_written {
                return Ok(room.used);
            }
            self.position = LinePosition::default();
            self.stage = self.stage.next();
        }
    }

    fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }
}

impl Stage {
    const fn next(self) -> Self {
        match self {
            Self::Start => Self::Comment,
            Self::Comment => Self::Name,
            Self::Name => Self::Data,
            Self::Data => Self::Id,
            Self::Id => Self::Retry,
            Self::Retry => Self::Blank,
            Self::Blank | Self::Done => Self::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// The event through rooms of this size.
    fn written<T: Document + Clone>(event: &Event<'_, T>, size: usize) -> Result<String, Error> {
        let mut event = event.clone();
        let mut all = Vec::new();
        let mut room = std::vec![0; size];
        while !event.is_done() {
            let n = event.fill(&mut room)?;
            assert_ne!(n, 0);
            all.extend_from_slice(&room[..n]);
        }
        Ok(String::from_utf8(all).unwrap())
    }

    #[test]
    fn fields_have_one_order_and_lines_their_own_name_through_every_room() {
        let event = Event::new()
            .id("4")
            .retry(u64::MAX)
            .data("a\r\nb\rc\n\nd\n")
            .comment("x\ry")
            .name("caf\u{e9}");
        for size in 16..200 {
            assert_eq!(
                written(&event, size).unwrap(),
                ": x\n: y\nevent: caf\u{e9}\ndata: a\ndata: b\ndata: c\ndata: \ndata: d\n\
                 data: \nid: 4\nretry: 18446744073709551615\n\n",
            );
        }
        assert_eq!(written(&Event::new(), 16).unwrap(), "\n");
        assert_eq!(written(&Event::new().data(""), 16).unwrap(), "data: \n\n");
    }

    #[test]
    fn what_is_to_be_one_line_is_one() {
        let id = Err(Error::EventId(Place::UNKNOWN));
        let name = Err(Error::EventName(Place::UNKNOWN));
        for text in ["a\nb", "\r", "\n"] {
            assert_eq!(written(&Event::new().name(text), 16), name);
            assert_eq!(written(&Event::new().id(text), 16), id);
        }
        assert_eq!(written(&Event::new().id("\0"), 16), id);
        assert!(written(&Event::new().name("\0"), 16).is_ok());
    }
}
