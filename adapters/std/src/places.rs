//! The bound of work that may block.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Sets how many blocking jobs of this process run at once, for [`blocking`](crate::blocking) and
/// [`Blocking`](crate::Blocking); 128 until then. More wait, and have their turn in order.
///
/// A job is one closure, or as much of a source as it steps at once. Those that run go on where the
/// number becomes less. Where the runtime's own pool has fewer threads, jobs wait for these: tokio
/// has 512 for a runtime (`max_blocking_threads`), smol and async-std 500 for a process
/// (`BLOCKING_MAX_THREADS`). Files are read there too, and are not counted here: leave them some.
pub fn set_blocking_limit(limit: NonZeroUsize) {
    PLACES.set_limit(limit.get());
}

/// The places of this process.
pub(crate) static PLACES: Places = Places::new(128);

/// Places for jobs, given in the order in which they were asked for.
#[derive(Debug)]
pub(crate) struct Places(Mutex<State>);

#[derive(Debug)]
struct State {
    limit: usize,
    taken: usize,
    /// The number of the next that has to wait.
    next: u64,
    /// Those that wait, by their numbers.
    waiting: BTreeMap<u64, Waker>,
}

impl State {
    /// Gives the places that are free to those that wait.
    fn give(&mut self) -> Vec<Waker> {
        let mut woken = Vec::new();
        while self.taken < self.limit
            && let Some((_, waker)) = self.waiting.pop_first()
        {
            self.taken += 1;
            woken.push(waker);
        }
        woken
    }
}

impl Places {
    const fn new(limit: usize) -> Self {
        Self(Mutex::new(State {
            limit,
            taken: 0,
            next: 0,
            waiting: BTreeMap::new(),
        }))
    }

    /// Takes a place, if there is one.
    pub(crate) fn place_now(&'static self) -> Option<Place> {
        let mut state = self.lock();
        if state.taken >= state.limit {
            return None;
        }
        state.taken += 1;
        Some(Place(self))
    }

    /// Waits for a place.
    ///
    /// Dropping the future gives up its turn.
    pub(crate) async fn place(&'static self) -> Place {
        let mut waiting = Waiting {
            places: self,
            number: None,
        };
        poll_fn(|cx| waiting.poll(cx)).await
    }

    fn set_limit(&self, limit: usize) {
        let mut state = self.lock();
        state.limit = limit;
        let woken = state.give();
        drop(state);
        woken.into_iter().for_each(Waker::wake);
    }

    fn give_back(&self) {
        let mut state = self.lock();
        state.taken -= 1;
        let woken = state.give();
        drop(state);
        woken.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait for a place.
struct Waiting {
    places: &'static Places,
    /// Its number, once it has one and until the place is its own.
    number: Option<u64>,
}

impl Waiting {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Place> {
        let mut state = self.places.lock();
        match self.number {
            None if state.taken < state.limit => state.taken += 1,
            None => {
                let number = state.next;
                state.next += 1;
                state.waiting.insert(number, cx.waker().clone());
                self.number = Some(number);
                return Poll::Pending;
            }
            Some(number) => {
                if let Some(waker) = state.waiting.get_mut(&number) {
                    waker.clone_from(cx.waker());
                    return Poll::Pending;
                }
                self.number = None;
            }
        }
        Poll::Ready(Place(self.places))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let before = self.places.lock().waiting.remove(&number);
            if before.is_none() {
                self.places.give_back();
            }
        }
    }
}

/// A place that is taken, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place(&'static Places);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};

    use super::*;

    fn polled<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn places(limit: usize) -> &'static Places {
        Box::leak(Box::new(Places::new(limit)))
    }

    fn taken<F: Future<Output = Place>>(future: Pin<&mut F>) -> Place {
        match polled(future) {
            Poll::Ready(place) => place,
            Poll::Pending => panic!("no place"),
        }
    }

    #[test]
    fn places_are_given_in_order() {
        let places = places(2);
        let first = taken(pin!(places.place()));
        let _second = taken(pin!(places.place()));
        let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(places.place())).collect();
        for wait in &mut waiting {
            assert!(polled(wait.as_mut()).is_pending());
        }
        // One that no longer waits loses its turn, and no one else's.
        drop(waiting.remove(1));
        let mut place = first;
        for mut wait in waiting {
            assert!(polled(wait.as_mut()).is_pending());
            drop(place);
            // Whoever comes now is behind those that wait.
            assert!(polled(pin!(places.place())).is_pending());
            place = taken(wait.as_mut());
        }
    }

    #[test]
    fn a_place_that_was_given_and_is_not_wanted_goes_to_the_next() {
        let places = places(1);
        let place = taken(pin!(places.place()));
        let mut given = Box::pin(places.place());
        let mut next = pin!(places.place());
        assert!(polled(given.as_mut()).is_pending());
        assert!(polled(next.as_mut()).is_pending());
        drop(place);
        drop(given);
        drop(taken(next));
        assert_eq!(places.lock().taken, 0);
    }

    #[test]
    fn another_limit_holds_from_the_next_place_on() {
        let places = places(1);
        let first = taken(pin!(places.place()));
        let mut second = pin!(places.place());
        assert!(polled(second.as_mut()).is_pending());
        places.set_limit(2);
        let second = taken(second);
        places.set_limit(1);
        drop(first);
        assert!(polled(pin!(places.place())).is_pending());
        drop(second);
        drop(taken(pin!(places.place())));
    }
}
