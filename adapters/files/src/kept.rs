//! The answers of look-ups, kept for a moment with the descriptors of the files among them.

use std::fmt;
use std::hash::RandomState;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::lookup::Opened;

/// The files that a folder holds open unless it is told otherwise, and the time that the answer of
/// a look-up holds. Open files cannot be replaced on some versions of Windows, so none is kept
/// there.
const FILES: usize = if cfg!(unix) { 128 } else { 0 };
const TTL: Duration = Duration::from_secs(1);

/// The longest path whose answer is kept, in bytes: a client chooses the paths.
const PATH: usize = 256;

/// The answers that weigh as much as one that holds a file.
const MISSES: u64 = 4;

/// The answers of a folder's look-ups.
pub(crate) struct Kept {
    answers: Arc<Answers>,
    files: usize,
    ttl: Duration,
}

type Answers = Cache<Box<str>, Answer, Weights, RandomState>;

/// The answer of a look-up, and when it began.
#[derive(Clone)]
struct Answer {
    opened: Option<Arc<Opened>>,
    at: Instant,
}

#[derive(Clone)]
struct Weights;

impl Weighter<Box<str>, Answer> for Weights {
    fn weight(&self, _: &Box<str>, answer: &Answer) -> u64 {
        if answer.opened.is_some() { MISSES } else { 1 }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("answers", &self.answers.len())
            .field("files", &self.files)
            .field("ttl", &self.ttl)
            .finish()
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::new(FILES, TTL)
    }
}

impl Kept {
    fn new(files: usize, ttl: Duration) -> Self {
        let weight = u64::try_from(files)
            .unwrap_or(u64::MAX)
            .saturating_mul(MISSES);
        let answers = Arc::new(Cache::with(
            files,
            weight,
            Weights,
            RandomState::new(),
            DefaultLifecycle::default(),
        ));
        if files != 0 && !ttl.is_zero() {
            let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
            folders.retain(|folder| folder.strong_count() != 0);
            folders.push(Arc::downgrade(&answers));
        }
        Self {
            answers,
            files,
            ttl,
        }
    }

    /// The same with room for so many files; nothing is kept where it is zero.
    pub(crate) fn with_files(&self, files: usize) -> Self {
        Self::new(files, self.ttl)
    }

    /// The same for so long; nothing is kept where it is zero.
    pub(crate) fn with_ttl(&self, ttl: Duration) -> Self {
        Self::new(self.files, ttl)
    }

    /// The answer for a path that is not too old: a file, or that there is none.
    pub(crate) fn get(&self, path: &str) -> Option<Option<Arc<Opened>>> {
        if !self.keeps(path) {
            return None;
        }
        let answer = self.answers.get(path)?;
        (answer.at.elapsed() < self.ttl).then_some(answer.opened)
    }

    /// Keeps the answer of a look-up that began at `at`.
    pub(crate) fn insert(&self, path: &str, opened: Option<Arc<Opened>>, at: Instant) {
        if self.keeps(path) {
            self.answers.insert(path.into(), Answer { opened, at });
        }
    }

    /// Forgets the answer for a path, which is no longer so.
    pub(crate) fn remove(&self, path: &str) {
        self.answers.remove(path);
    }

    fn keeps(&self, path: &str) -> bool {
        self.files != 0 && !self.ttl.is_zero() && path.len() <= PATH
    }
}

/// The answers that the folders of this process keep.
static FOLDERS: Mutex<Vec<Weak<Answers>>> = Mutex::new(Vec::new());

/// Closes the files that folders hold open and that no reply is sending. Tells whether there were
/// any.
pub fn close_kept_files() -> bool {
    let folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let folders: Vec<_> = folders.iter().filter_map(Weak::upgrade).collect();
    folders.iter().fold(false, |closed, answers| {
        let held = answers.iter().any(|(_, answer)| answer.opened.is_some());
        answers.clear();
        closed || held
    })
}

#[cfg(test)]
mod tests;
