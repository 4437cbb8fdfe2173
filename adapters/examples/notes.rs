//! The notes of the service, in a database that is one file: calls that may block, and no HTTP.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};
use replywire::body::{IntoChunk, JsonLine};
use replywire::json::{OwnedBySerde, Python};
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, Sender};

pub(crate) struct Notes {
    database: Database,
    changes: Mutex<Sender<Change>>,
}

/// The name of a change, and the note, as it is or was.
pub(crate) type Change = (&'static str, Note);

#[derive(Clone, Serialize)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) text: String,
}

const NOTES: TableDefinition<u64, &str> = TableDefinition::new("notes");

impl Notes {
    pub(crate) fn open(path: &str) -> Result<Self, Failed> {
        let database = Database::builder().set_cache_size(16 << 20).create(path)?;
        let begun = database.begin_write()?;
        begun.open_table(NOTES)?;
        begun.commit()?;
        let changes = Mutex::new(Sender::new(64));
        Ok(Self { database, changes })
    }

    /// The changes from now on.
    pub(crate) fn changes(&self) -> Receiver<Change> {
        let changes = self.changes.lock();
        changes.unwrap_or_else(PoisonError::into_inner).subscribe()
    }

    /// Commits a change and tells of it, so that changes are told in their order.
    fn commit(
        &self,
        begun: WriteTransaction,
        change: &'static str,
        note: &Note,
    ) -> Result<(), Failed> {
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        begun.commit()?;
        // It fails where no one listens.
        let _ = changes.send((change, note.clone()));
        Ok(())
    }

    /// All notes as they are now, each read when it is asked for.
    pub(crate) fn all(&self) -> Result<impl Iterator<Item = Result<Note, Failed>> + use<>, Failed> {
        let rows = self
            .database
            .begin_read()?
            .open_table(NOTES)?
            .range::<u64>(..)?;
        Ok(rows.map(|row| {
            let (id, text) = row?;
            Ok(Note::new(id.value(), text.value()))
        }))
    }

    pub(crate) fn get(&self, id: u64) -> Result<Option<Note>, Failed> {
        let notes = self.database.begin_read()?.open_table(NOTES)?;
        Ok(notes.get(id)?.map(|text| Note::new(id, text.value())))
    }

    /// Changes the note `id`, if it is there, or makes one.
    pub(crate) fn save(&self, id: Option<u64>, text: &str) -> Result<Option<Note>, Failed> {
        let begun = self.database.begin_write()?;
        let mut notes = begun.open_table(NOTES)?;
        let (change, id) = match id {
            Some(id) if notes.get(id)?.is_none() => return Ok(None),
            Some(id) => ("changed", id),
            None => (
                "made",
                notes.last()?.map_or(1, |(last, _)| last.value() + 1),
            ),
        };
        notes.insert(id, text)?;
        drop(notes);
        let note = Note::new(id, text);
        self.commit(begun, change, &note)?;
        Ok(Some(note))
    }

    /// Removes the note, and returns what it was.
    pub(crate) fn remove(&self, id: u64) -> Result<Option<Note>, Failed> {
        let begun = self.database.begin_write()?;
        let removed = begun
            .open_table(NOTES)?
            .remove(id)?
            .map(|text| Note::new(id, text.value()));
        if let Some(note) = &removed {
            self.commit(begun, "removed", note)?;
        }
        Ok(removed)
    }
}

impl Note {
    fn new(id: u64, text: &str) -> Self {
        let text = text.to_owned();
        Self { id, text }
    }
}

/// A note that comes of a source leaves as one of JSON Lines.
impl IntoChunk for Note {
    type Chunk = JsonLine<OwnedBySerde<Self>>;

    fn into_chunk(self) -> Self::Chunk {
        JsonLine::new(Python::owned(self))
    }

    fn held(&self) -> usize {
        self.text.len()
    }
}

/// The database has failed.
#[derive(Debug)]
pub(crate) struct Failed(Box<redb::Error>);

impl<E: Into<redb::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Failed {}
