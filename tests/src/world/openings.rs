//! The openings of connections, such as handshakes: each takes its time, and some never open.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::panic::resume_unwind;

use super::check::Excuses;
use super::choices::one_of;
use super::clock;
use super::kernel;
use super::runtime::{Incoming, Stream};
use super::trace::note;

/// The way that an opening goes, after so many milliseconds.
#[derive(Clone, Copy, Debug)]
enum Way {
    Opens(u64),
    Fails(u64),
    Panics(u64),
    /// It is given up, for it takes longer than its limit.
    Stalls,
}

/// An opening that has begun.
#[derive(Debug)]
struct Opening {
    begun_at: u64,
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Opened,
    Failed,
    Panicked,
    /// It was dropped before it came to its end, after so many nanoseconds.
    GivenUp(u64),
}

#[derive(Debug, Default)]
struct Openings {
    /// The nanoseconds that an opening may take.
    limit: u64,
    /// Connections are not open at once.
    take_time: bool,
    all: BTreeMap<usize, Opening>,
}

thread_local!(static OPENINGS: RefCell<Openings> = RefCell::default());

/// Begins a run in which an opening may take so many nanoseconds.
pub(super) fn begin(limit: u64, take_time: bool) {
    OPENINGS.set(Openings {
        limit,
        take_time,
        all: BTreeMap::new(),
    });
}

/// Opens a connection, in the way that the run chooses; then it is told to `opened`.
pub(super) async fn open(incoming: Incoming, opened: fn(&Stream)) -> io::Result<Incoming> {
    if !OPENINGS.with_borrow(|openings| openings.take_time) {
        opened(incoming.stream());
        return Ok(incoming);
    }
    let id = incoming.stream().0;
    let way = match one_of(&[0, 0, 0, 0, 0, 1, 2, 3]) {
        0 => Way::Opens(one_of(&[0, 0, 1, 100])),
        1 => Way::Fails(one_of(&[0, 1, 100])),
        2 => Way::Panics(one_of(&[0, 1, 100])),
        _ => Way::Stalls,
    };
    note(|| format!("[{id}] is being opened: {way:?}"));
    let begun = Begun::new(id);
    match way {
        Way::Opens(time) | Way::Fails(time) | Way::Panics(time) if time > 0 => {
            clock::sleep(time).await;
        }
        Way::Stalls => pending().await,
        _ => {}
    }
    match way {
        Way::Fails(_) => {
            begun.ends(End::Failed);
            Err(io::Error::other(failed(id)))
        }
        Way::Panics(_) => {
            begun.ends(End::Panicked);
            // No one has asked for the words on the screen.
            resume_unwind(Box::new(id.to_string()))
        }
        _ => {
            begun.ends(End::Opened);
            opened(incoming.stream());
            Ok(incoming)
        }
    }
}

fn failed(id: usize) -> String {
    format!("{id} has no key")
}

/// An opening under way.
struct Begun(usize);

impl Begun {
    fn new(id: usize) -> Self {
        let opening = Opening {
            begun_at: clock::now(),
            end: None,
        };
        OPENINGS.with_borrow_mut(|openings| openings.all.insert(id, opening));
        Self(id)
    }

    fn ends(&self, end: End) {
        note(|| format!("[{}] {end:?}", self.0));
        with(self.0, |opening| opening.end = Some(end));
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let given_up = with(self.0, |opening| {
            let took = clock::now() - opening.begun_at;
            opening.end.is_none().then_some(End::GivenUp(took))
        });
        if let Some(end) = given_up.flatten() {
            self.ends(end);
        }
    }
}

fn with<R>(id: usize, look: impl FnOnce(&mut Opening) -> R) -> Option<R> {
    OPENINGS.with_borrow_mut(|openings| openings.all.get_mut(&id).map(look))
}

/// Tells whether a connection is being opened now.
pub(super) fn is_opening(id: usize) -> bool {
    with(id, |opening| opening.end.is_none()).unwrap_or_default()
}

/// Tells whether a connection was not opened.
pub(super) fn has_failed(id: usize) -> bool {
    with(id, |opening| {
        opening.end.is_some_and(|end| end != End::Opened)
    })
    .unwrap_or_default()
}

/// Tells what is wrong with an opening whenever the clock goes on, if anything is.
pub(super) fn watch(id: usize) -> Result<(), String> {
    let limit = OPENINGS.with_borrow(|openings| openings.limit);
    let is_late = with(id, |opening| {
        opening.end.is_none() && clock::now() > opening.begun_at + limit
    });
    if is_late.unwrap_or_default() {
        return Err("is being opened for longer than its limit".into());
    }
    let is_held = kernel::on(id, |connection, _| connection.server.is_open);
    match has_failed(id) && is_held {
        true => Err("was not opened, and is held".into()),
        false => Ok(()),
    }
}

/// Tells which failure to accept or to open a connection was not told once, if any was not.
pub(super) fn check(told: &[String], excuses: &Excuses) -> Result<(), String> {
    let mut left = told.to_vec();
    let mut take = |text: &str| match left.iter().position(|told| told == text) {
        Some(place) => {
            left.swap_remove(place);
            Ok(())
        }
        None => Err(format!("\"{text}\" was not told: {told:?}")),
    };
    for text in kernel::with(|kernel| kernel.accept_errors.clone()) {
        take(&text)?;
    }
    OPENINGS.with_borrow(|openings| {
        let is_pressed = excuses.is_crowded || excuses.was_cut || excuses.shut_down_at.is_some();
        for (id, opening) in &openings.all {
            match opening.end {
                Some(End::Opened) => {}
                Some(End::Failed) => take(&failed(*id))?,
                Some(End::Panicked) => take(&format!("opening panicked: {id}"))?,
                Some(End::GivenUp(took)) => {
                    let timed_out = || (took >= openings.limit).then_some("timed out");
                    let given_up = || is_pressed.then_some("connection aborted");
                    let dropped = || excuses.was_cut.then_some("connection dropped");
                    let causes = [timed_out(), given_up(), dropped()];
                    let mut told = causes.into_iter().flatten().map(&mut take);
                    if !told.any(|told| told.is_ok()) {
                        return Err(format!("why {id} was given up was not told"));
                    }
                }
                None => return Err(format!("{id} is being opened when all is over")),
            }
        }
        Ok(())
    })?;
    match &left[..] {
        [] => Ok(()),
        left => Err(format!("told without a reason: {left:?}")),
    }
}
