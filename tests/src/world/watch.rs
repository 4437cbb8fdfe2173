//! The rules that hold for a connection whenever nothing can happen before the clock goes on.

use replywire_std::Config;

use super::app::{self, Fate, Handling};
use super::check;
use super::client::Client;
use super::clock::{self, MILLISECOND, SECOND};
use super::kernel;
use super::openings;
use super::pipe::Fin;
use super::routes::{Asked, Route};
use super::script::{Going, Script};
use super::settings::{self, nanoseconds};

/// Tells what is wrong with a connection, if anything is.
pub(super) fn connection(client: &Client, config: &Config) -> Result<(), String> {
    let Some(held) = Held::of(client, config) else {
        return Ok(());
    };
    if held.had_fault {
        return Ok(());
    }
    held.bounds()?;
    held.head()?;
    let Some((index, handling)) = app::current(client.id) else {
        return held.arrived();
    };
    let asked = &client.script.asked[index];
    held.content(asked, &handling)?;
    held.reply(asked, &handling)?;
    held.leave(index, asked)?;
    held.arrived()
}

/// A connection that holds a slot of the server.
struct Held<'r> {
    client: &'r Client,
    config: &'r Config,
    had_fault: bool,
    begun_at: u64,
    /// The time at which its client was gone for sure.
    dead_at: Option<u64>,
    /// The time at which its client had sent its end.
    fin_at: Option<u64>,
    /// The bytes of the client that the server's kernel was given.
    arrived: u64,
    /// The bytes that the server has handed to its kernel.
    handed: u64,
    is_wrapped: bool,
}

impl<'r> Held<'r> {
    fn of(client: &'r Client, config: &'r Config) -> Option<Self> {
        kernel::on(client.id, |connection, _| {
            let begun_at = connection.begun_at?;
            connection.server.is_open.then_some(Self {
                client,
                config,
                had_fault: connection.had_fault,
                begun_at,
                dead_at: connection.dead_at,
                fin_at: connection
                    .fin_at
                    .filter(|_| connection.up.fin == Fin::Arrived),
                arrived: connection.up.arrived,
                handed: connection.down.handed,
                is_wrapped: connection.is_wrapped,
            })
        })
    }

    fn script(&self) -> &Script {
        &self.client.script
    }

    /// No slot is held for longer than the limits allow.
    fn bounds(&self) -> Result<(), String> {
        let now = clock::now();
        let bound = self.client.bound;
        if now > self.begun_at + bound && !settings::may_stay(self.config, self.script()) {
            return Err("is held for longer than all limits".into());
        }
        // Over a stream that is no socket, no one can ask the kernel.
        if self.is_wrapped {
            return Ok(());
        }
        let over =
            |at: Option<u64>, time: u64| at.is_some_and(|at| now > at.max(self.begun_at) + time);
        if over(self.fin_at, bound) {
            return Err("is held although its client has ended its half".into());
        }
        match over(self.dead_at, settings::notice(self.script())) {
            true => Err("is held although its client has gone".into()),
            false => Ok(()),
        }
    }

    /// A first head that does not end has a limit.
    fn head(&self) -> Result<(), String> {
        let limits = &self.config.timeouts;
        // The try at a write's limit may take the last room of the kernel, and begins another.
        let write = [limits.write, limits.write];
        let rest = [limits.first, limits.head, limits.linger];
        let all = [&write[..], &rest].concat();
        let latest: u64 = all.into_iter().map(nanoseconds).sum();
        if clock::now() <= self.begun_at + latest + SECOND || self.script().reading.every > 0 {
            return Ok(());
        }
        let head = self.script().asked.first();
        let head = head.map_or(0, |asked| asked.head().len() as u64);
        match self.arrived < head {
            true => Err("its first head takes longer than the limits allow".into()),
            false => Ok(()),
        }
    }

    /// Content that is waited for has a least rate.
    fn content(&self, asked: &Asked, handling: &Handling) -> Result<(), String> {
        let limits = &self.config.timeouts;
        let Some(rate) = limits
            .rate
            .filter(|_| handling.reads && asked.reads_content())
        else {
            return Ok(());
        };
        // Earlier replies leave before it is read, at a least rate of their own.
        let earned = (self.arrived + self.handed) * SECOND / u64::from(rate.bytes);
        let latest = 2 * nanoseconds(Some(rate.grace)) + earned + nanoseconds(limits.write);
        match clock::now() > handling.begun_at + latest + SECOND {
            true => Err("content comes at less than the least rate".into()),
            false => Ok(()),
        }
    }

    /// A reply that waits for its client has a least rate.
    fn reply(&self, asked: &Asked, handling: &Handling) -> Result<(), String> {
        let limits = &self.config.timeouts;
        let is_bounded = matches!(
            asked.route,
            Route::Sized | Route::Read | Route::Chunks | Route::Echo
        );
        let Some(rate) = limits.rate.filter(|_| is_bounded && !handling.reads) else {
            return Ok(());
        };
        let earned = self.handed * SECOND / u64::from(rate.bytes);
        let latest = nanoseconds(Some(rate.grace)) + earned + nanoseconds(limits.write);
        let works = 6 * asked.delay * MILLISECOND;
        match clock::now() > handling.replies_from + latest + works + SECOND {
            true => Err("a reply is taken at less than the least rate".into()),
            false => Ok(()),
        }
    }

    /// A client that waits for the leave to send its content gets it at once.
    fn leave(&self, index: usize, asked: &Asked) -> Result<(), String> {
        let waits = self.client.awaits_leave() == Some(index) && self.client.is_eager();
        if !waits || !asked.reads_content() || asked.is_old {
            return Ok(());
        }
        let leave = &b"HTTP/1.1 100 Continue\r\n\r\n"[..];
        let received = &self.client.received;
        let all = received
            .windows(leave.len())
            .filter(|window| *window == leave);
        let earlier = check::seen(self.client)?;
        let earlier = earlier.iter().filter(|reply| reply.interim.contains(&100));
        match all.count() <= earlier.count() {
            true => Err(format!("the leave to send content {index} does not come")),
            false => Ok(()),
        }
    }

    /// Whatever was answered has come to a client that reads eagerly.
    fn arrived(&self) -> Result<(), String> {
        let answered = app::answered(self.client.id);
        if answered <= self.client.checked.get() || !self.client.is_eager() {
            return Ok(());
        }
        let seen = check::seen(self.client)?;
        let complete = seen.iter().take_while(|reply| reply.is_complete).count();
        // The end of such a body is the connection's.
        let ends_with_connection = seen.last().is_some_and(|reply| reply.closes);
        if complete < answered && !ends_with_connection {
            return Err(format!("reply {complete} is whole and waits"));
        }
        self.client.checked.set(answered);
        Ok(())
    }
}

/// Tells what is wrong if a server that was told to shut down still waits after so many
/// nanoseconds.
pub(super) fn shutting_down(client: &Client, since: u64) -> Result<(), String> {
    if since > SECOND / 2 && openings::is_opening(client.id) {
        return Err("its opening outlives the shutdown".into());
    }
    let is_at_fault = kernel::on(client.id, |connection, _| {
        connection.server.is_open && !connection.had_fault
    });
    let is_silent = app::current(client.id).is_some_and(|(index, handling)| {
        let asked = &client.script.asked[index];
        let ends =
            asked.route == Route::Silent || asked.route == Route::Upgrade && !app::is_deaf(asked);
        handling.fate == Fate::Begun && ends
    });
    match since > SECOND / 2 && is_at_fault && is_silent && client.is_eager() {
        true => Err("a stream of events or an upgrade outlives the shutdown".into()),
        false => Ok(()),
    }
}

/// Tells whether a reply may have memory of its own now.
pub(super) fn may_grow(client: &Client) -> bool {
    app::current(client.id).is_some_and(|(index, _)| {
        let route = client.script.asked[index].route;
        matches!(route, Route::Grown | Route::Displayed)
    })
}

/// Tells whether a connection is idle for sure: all of its requests that have come were answered.
pub(super) fn is_idle(client: &Client) -> bool {
    let answered = app::answered(client.id);
    let arrived = kernel::on(client.id, |connection, _| {
        let is_idle = connection.server.is_open && connection.shut_at.is_none();
        (is_idle && connection.begun_at.is_some()).then_some(connection.up.arrived)
    });
    let end = match answered {
        0 => Some(0),
        n => client.script.ends.get(n - 1).copied(),
    };
    let last = answered
        .checked_sub(1)
        .and_then(|last| app::fate(client.id, last));
    let is_at_work = last == Some(Fate::Replied);
    let is_failed = is_at_work || app::fate(client.id, answered).is_some();
    let is_whole = client.is_eager() && !is_failed && client.script.going != Going::HalfCloses;
    is_whole && arrived.is_some() && arrived == end
}
