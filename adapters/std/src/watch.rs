use std::fmt;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use replywire::Status;
use replywire::request::Version;
use replywire_embedded::{Cause, Closed, ConnectionError, Event, Unanswered};

use crate::Timer;
use crate::observe::{Accepted, Ended, Observe, Replied, Requested};

/// The hook of a server, and the number of its connections.
pub(crate) struct Hook {
    hook: Box<dyn Observe>,
    wants_times: bool,
    accepted: AtomicU64,
}

impl Hook {
    pub(crate) fn new(hook: impl Observe + 'static) -> Self {
        Self {
            wants_times: hook.wants_times(),
            hook: Box::new(hook),
            accepted: AtomicU64::new(0),
        }
    }

    /// Calls the hook, whose panics are its own.
    fn tell(&self, event: impl FnOnce(&dyn Observe)) {
        let _ = catch_unwind(AssertUnwindSafe(|| event(&*self.hook)));
    }

    pub(crate) fn accept_failed(&self, error: &io::Error) {
        self.tell(|hook| hook.accept_failed(error));
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}

/// The exchanges of one connection, until the hook was told of them. When it is dropped, it tells
/// the rest.
pub(crate) struct Watch<T: Timer> {
    hook: Arc<Hook>,
    connection: Accepted,
    began: Option<T::Instant>,
    exchanges: u64,
    /// An idle connection has none, and no memory for one.
    current: Option<Box<Exchange<T>>>,
    /// Exchanges whose replies wait in the reply buffer.
    waiting: Vec<Exchange<T>>,
    /// The bytes written since the stream was last flushed.
    unflushed: u64,
    /// The failure of the connection, until it was told.
    failure: Option<Unanswered>,
    is_ended: bool,
}

struct Exchange<T: Timer> {
    began: Option<T::Instant>,
    request: Option<(Box<str>, Box<str>, Version)>,
    status: Option<Status>,
    bytes: u64,
    /// The bytes of interim replies that the stream has not taken for sure.
    interim: u64,
    /// The reply leaves by writes, which are counted.
    in_steps: bool,
    /// The stream has taken the whole reply.
    is_whole: bool,
    failure: Option<Unanswered>,
}

impl<T: Timer> Watch<T> {
    /// A connection that begins.
    pub(crate) fn new(hook: Arc<Hook>, peer: Option<SocketAddr>) -> Self {
        let connection = Accepted {
            connection: hook.accepted.fetch_add(1, Ordering::Relaxed) + 1,
            peer,
        };
        hook.tell(|hook| hook.accepted(&connection));
        Self {
            began: now::<T>(&hook),
            hook,
            connection,
            exchanges: 0,
            current: None,
            waiting: Vec::new(),
            unflushed: 0,
            failure: None,
            is_ended: false,
        }
    }

    #[inline(never)]
    pub(crate) fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Request(request) => {
                let (method, target) = (request.method(), request.target());
                let requested = Requested {
                    connection: self.connection,
                    method,
                    target,
                    version: request.version(),
                };
                self.hook.tell(|hook| hook.requested(&requested));
                self.begin(Some((method.into(), target.into(), request.version())));
            }
            Event::Refused(_) => self.begin(None),
            Event::Failed(failure) => {
                if let Some(current) = &mut self.current {
                    current.failure = Some(failure.clone());
                }
            }
            Event::Interim { len, .. } => {
                if let Some(current) = &mut self.current {
                    current.interim += len as u64;
                }
            }
            Event::Withdrawn => {
                if let Some(current) = &mut self.current {
                    current.status = None;
                    current.in_steps = false;
                    current.bytes = 0;
                }
            }
            Event::Reply { status, len } => {
                if let Some(current) = &mut self.current {
                    current.status = Some(status);
                    current.in_steps = len.is_none();
                    current.bytes = len.unwrap_or_default() as u64;
                    current.is_whole = false;
                }
            }
            Event::End => self.end_exchange(),
            _ => {}
        }
    }

    fn begin(&mut self, request: Option<(Box<str>, Box<str>, Version)>) {
        self.exchanges += 1;
        self.current = Some(Box::new(Exchange {
            began: now::<T>(&self.hook),
            request,
            status: None,
            bytes: 0,
            interim: 0,
            in_steps: false,
            is_whole: false,
            failure: None,
        }));
    }

    fn end_exchange(&mut self) {
        let Some(exchange) = self.current.take() else {
            return;
        };
        match exchange.status.is_none() || exchange.in_steps || exchange.is_whole {
            true => self.tell(&exchange),
            false => self.waiting.push(*exchange),
        }
    }

    /// The stream has taken `n` bytes.
    pub(crate) fn wrote(&mut self, n: u64) {
        match &mut self.current {
            Some(exchange) if exchange.in_steps => exchange.bytes += n,
            _ => self.unflushed += n,
        }
    }

    /// Nothing is under way: a reply that leaves in steps has left.
    pub(crate) fn settled(&mut self) {
        if let Some(exchange) = &mut self.current {
            exchange.is_whole |= exchange.in_steps && exchange.bytes > 0;
        }
    }

    /// The stream has taken all that was to leave.
    pub(crate) fn flushed(&mut self) {
        self.unflushed = 0;
        for mut exchange in mem::take(&mut self.waiting) {
            exchange.is_whole = true;
            self.tell(&exchange);
        }
        if let Some(exchange) = &mut self.current {
            exchange.interim = 0;
            exchange.is_whole |= exchange.status.is_some() && !exchange.in_steps;
        }
    }

    /// The connection has come to its end.
    pub(crate) fn ended(&mut self, outcome: &Result<Closed, ConnectionError<io::Error>>) {
        self.is_ended = true;
        self.failure = match outcome {
            Ok(Closed::Broken) => Some(Cause::Connection.into()),
            Ok(_) => None,
            Err(error) => Some(Unanswered::caused_by(Cause::Connection, again(error))),
        };
        self.tell_rest();
        if let Ok(Closed::Broken) = outcome {
            // The exchange that broke off has told it.
            self.failure = None;
        }
    }

    /// Tells of the exchanges that will not go on.
    fn tell_rest(&mut self) {
        let mut left = mem::take(&mut self.unflushed);
        let rest = mem::take(&mut self.waiting).into_iter();
        let rest = rest.map(|exchange| (exchange, false));
        let current = self.current.take().map(|exchange| (*exchange, true));
        let mut is_told = false;
        for (mut exchange, is_current) in rest.chain(current) {
            left = left.saturating_sub(exchange.interim);
            if exchange.status.is_some() && !exchange.in_steps && !exchange.is_whole {
                let taken = left.min(exchange.bytes);
                left -= taken;
                exchange.is_whole = taken == exchange.bytes;
                exchange.bytes = taken;
            }
            // The handler of the current one was at work, such as over an upgraded connection.
            if !exchange.is_whole || is_current {
                let failure = || self.failure.clone().unwrap_or(Cause::Dropped.into());
                is_told = true;
                exchange.failure.get_or_insert_with(failure);
            }
            self.tell(&exchange);
        }
        if is_told {
            self.failure = None;
        }
    }

    fn tell(&self, exchange: &Exchange<T>) {
        let request = exchange.request.as_ref();
        let replied = Replied {
            connection: self.connection,
            method: request.map(|(method, ..)| &**method),
            target: request.map(|(_, target, _)| &**target),
            version: request.map(|(.., version)| *version),
            status: exchange.status,
            bytes: exchange.bytes,
            is_whole: exchange.is_whole,
            took: since::<T>(exchange.began),
            failure: exchange.failure.as_ref(),
        };
        self.hook.tell(|hook| hook.replied(&replied));
    }
}

/// The time, where the hook wants it.
fn now<T: Timer>(hook: &Hook) -> Option<T::Instant> {
    match hook.wants_times {
        true => T::after(Duration::ZERO),
        false => None,
    }
}

fn since<T: Timer>(began: Option<T::Instant>) -> Option<Duration> {
    began.map(T::since)
}

/// The same error once more, since the caller of the connection gets the first.
fn again(error: &ConnectionError<io::Error>) -> ConnectionError<io::Error> {
    match error {
        ConnectionError::Io(error) => ConnectionError::Io(match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        }),
        _ => ConnectionError::WriteZero,
    }
}

impl<T: Timer> Drop for Watch<T> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.failure = Some(Cause::Dropped.into());
            self.tell_rest();
        }
        let ended = Ended {
            connection: self.connection,
            exchanges: self.exchanges,
            took: since::<T>(self.began),
            failure: self.failure.as_ref(),
        };
        self.hook.tell(|hook| hook.ended(&ended));
    }
}

impl<T: Timer> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("accepted", &self.connection)
            .field("exchanges", &self.exchanges)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::threads::Never;

    /// The bytes of each exchange, and whether it was whole.
    #[derive(Default)]
    struct Told(Mutex<Vec<(u64, bool)>>);

    impl Observe for Told {
        fn replied(&self, reply: &Replied<'_>) {
            self.0.lock().unwrap().push((reply.bytes, reply.is_whole));
        }
    }

    /// Two replies, the second after interim ones of ten bytes each, of which the stream takes so
    /// many bytes in so many parts.
    fn told(taken: u64, parts: u64) -> Vec<(u64, bool)> {
        let told = Arc::new(Told::default());
        let hook = Arc::new(Hook::new(Arc::clone(&told)));
        let mut watch = Watch::<Never>::new(hook, None);
        let reply = |len| Event::Reply {
            status: Status::OK,
            len: Some(len),
        };
        let interim = Event::Interim {
            status: Status::EARLY_HINTS,
            len: 10,
        };
        watch.begin(None);
        watch.event(reply(5));
        watch.event(Event::End);
        watch.begin(None);
        watch.event(interim);
        watch.event(interim);
        watch.event(reply(30));
        (0..parts).for_each(|part| watch.wrote(taken / parts + u64::from(part < taken % parts)));
        watch.ended(&Err(ConnectionError::WriteZero));
        drop(watch);
        let told = told.0.lock().unwrap();
        told.clone()
    }

    #[test]
    fn interim_replies_count_for_no_reply() {
        for taken in 0..=55_u64 {
            for parts in 1..4 {
                let first = (taken.min(5), taken >= 5);
                let second = (taken.saturating_sub(25), taken == 55);
                assert_eq!(told(taken, parts), [first, second], "{taken} bytes");
            }
        }
    }
}
