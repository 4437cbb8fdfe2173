use replywire::Error;
use replywire::body::{Chunk, Event, IntoChunk};
use replywire::json::Document;

/// An [`Event`] that was written into memory of its own, so that the texts it was made of may go.
///
/// What cannot be written, such as a line end in the event's type, ends the body with that error
/// when its turn has come, as that of an `Event` does.
///
/// ```
/// use replywire::body::{Chunk, Event};
/// use replywire_std::OwnedEvent;
///
/// /// For a `map` of the names that a channel has.
/// fn greeting(name: String) -> OwnedEvent {
///     Event::new().name("greeting").data(&format!("hello, {name}")).into()
/// }
///
/// let mut room = [0; 64];
/// let n = greeting("ada".to_owned()).fill(&mut room)?;
/// assert_eq!(&room[..n], b"event: greeting\ndata: hello, ada\n\n");
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an event does nothing until it is sent"]
pub struct OwnedEvent {
    written: Result<<Vec<u8> as IntoChunk>::Chunk, Error>,
    len: usize,
}

impl<T: Document> From<Event<'_, T>> for OwnedEvent {
    fn from(mut event: Event<'_, T>) -> Self {
        let mut bytes = Vec::new();
        let mut room = [0; 256];
        let mut written = Ok(());
        while written.is_ok() && !event.is_done() {
            written = event
                .fill(&mut room)
                .map(|n| bytes.extend(room.iter().take(n)));
        }
        Self {
            len: bytes.len(),
            written: written.map(|()| bytes.into_chunk()),
        }
    }
}

impl Chunk for OwnedEvent {
    const MIN_ROOM: usize = 1;
    const IS_EVENT: bool = true;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        self.written.as_mut().map_err(|error| *error)?.fill(room)
    }

    fn is_done(&self) -> bool {
        self.written.as_ref().is_ok_and(Chunk::is_done)
    }
}

impl IntoChunk for OwnedEvent {
    type Chunk = Self;

    fn into_chunk(self) -> Self {
        self
    }

    /// The length of its text.
    fn held(&self) -> usize {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use replywire::json::Python;

    use super::*;

    #[test]
    fn an_owned_event_is_written_as_the_one_that_it_was_made_of_in_every_room() {
        let text = "caf\u{e9}\r\n".repeat(200);
        let event = Event::new().comment("x").id("4").retry(7).data(&text);
        let mut room = vec![0; 4096];
        let n = event.clone().fill(&mut room).unwrap();
        let want = &room[..n];
        for size in 1..=n + 1 {
            let mut owned = OwnedEvent::from(event.clone()).into_chunk();
            assert_eq!(owned.held(), n);
            let mut got = Vec::new();
            let mut room = vec![0; size];
            while !owned.is_done() {
                let n = owned.fill(&mut room).unwrap();
                got.extend_from_slice(&room[..n]);
            }
            assert_eq!(got, want, "{size}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error_when_the_event_is_sent() {
        let id = Event::new().data("a").id("\n");
        let number = Event::new().json(Python::by_hand(&f64::NAN));
        let mut room = [0; 64];
        for mut event in [
            OwnedEvent::from(id.clone()),
            OwnedEvent::from(number.clone()),
        ] {
            assert!(!event.is_done());
            let first = event.fill(&mut room).unwrap_err();
            assert_eq!(event.fill(&mut room), Err(first));
            assert!(!event.is_done());
        }
        assert_eq!(
            OwnedEvent::from(id.clone()).fill(&mut room),
            id.clone().fill(&mut room)
        );
    }
}
