//! A client: a script, and how far it has come.

use std::cell::Cell;
use std::io;

use super::clock::{self, SECOND};
use super::connection::Side;
use super::kernel;
use super::script::{Act, Going, Script};
use super::trace::note;

/// The end of a client's connection, as the client sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ended {
    /// The server has closed it in order.
    InOrder,
    Reset,
    /// The client has left by itself.
    Left,
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: usize,
    pub(super) script: Script,
    /// The next act, and how much of it is done.
    act: usize,
    sent: usize,
    acts_from: u64,
    /// The bytes that had come when it began to wait for more.
    awaits: Option<(usize, u64)>,
    reads_from: u64,
    pub(super) received: Vec<u8>,
    /// The time at which something last came or went.
    pub(super) last: u64,
    /// The time at which it has fallen silent, left, or shut its side.
    pub(super) done_at: Option<u64>,
    was_reset: bool,
    pub(super) ended: Option<Ended>,
    is_connected: bool,
    /// The time after which its connection has ended.
    pub(super) bound: u64,
    /// The replies that were found to have come.
    pub(super) checked: Cell<usize>,
}

/// A client that goes when it is quiet waits for so long.
const QUIET: u64 = 4 * SECOND;

impl Client {
    pub(super) fn new(id: usize, script: Script, bound: u64) -> Self {
        Self {
            id,
            act: 0,
            sent: 0,
            acts_from: script.begins,
            awaits: None,
            reads_from: script.reading.from,
            received: Vec::new(),
            last: script.begins,
            done_at: None,
            was_reset: false,
            ended: None,
            is_connected: false,
            bound,
            checked: Cell::new(0),
            script,
        }
    }

    /// Tells whether it would do something now.
    pub(super) fn is_ready_to_act(&self) -> bool {
        let now = clock::now();
        if self.ended.is_some() || self.acts_from > now {
            return false;
        }
        if !self.is_connected {
            return true;
        }
        match self.script.acts.get(self.act) {
            None => {
                self.done_at.is_none()
                    || self.script.going == Going::WhenQuiet && now >= self.last + QUIET
            }
            Some(Act::Send(_)) => kernel::on(self.id, |connection, _| {
                connection.up.free() > 0 || connection.client.is_dead
            }),
            Some(Act::Await(_)) => match self.awaits {
                None => true,
                Some((before, until)) => self.received.len() > before || now >= until,
            },
            Some(_) => true,
        }
    }

    pub(super) fn is_ready_to_read(&self) -> bool {
        if self.ended.is_some() || !self.is_connected || self.reads_from > clock::now() {
            return false;
        }
        kernel::on(self.id, |connection, _| {
            connection.is_readable(Side::Client)
        })
    }

    /// The next time at which it may be ready, if not now.
    pub(super) fn next(&self) -> Option<u64> {
        let now = clock::now();
        if self.ended.is_some() {
            return None;
        }
        let mut next: Option<u64> = None;
        let mut wait = |time: u64| {
            if time > now && time < u64::MAX {
                next = Some(next.map_or(time, |next| next.min(time)));
            }
        };
        wait(self.acts_from);
        wait(self.reads_from);
        if let Some((_, until)) = self.awaits {
            wait(until);
        }
        if self.script.going == Going::WhenQuiet {
            wait(self.last + QUIET);
        }
        next
    }

    /// Tells whether it reads whatever comes, as soon as it comes.
    pub(super) fn is_eager(&self) -> bool {
        let reading = &self.script.reading;
        let is_there = self.is_connected && self.ended.is_none();
        is_there && reading.every == 0 && reading.from <= clock::now()
    }

    /// The request whose content it may not send yet, as far as it knows.
    pub(super) fn awaits_leave(&self) -> Option<usize> {
        let (before, _) = self.awaits?;
        match self.script.acts.get(self.act)? {
            Act::Await(request) if self.received.len() == before => *request,
            _ => None,
        }
    }

    /// Does the next thing of its script.
    pub(super) fn step(&mut self) {
        let now = clock::now();
        if !self.is_connected {
            self.is_connected = true;
            note(|| format!("({}) connects", self.id));
            return kernel::with(|kernel| kernel.connect(self.id));
        }
        let Some(act) = self.script.acts.get(self.act) else {
            if self.done_at.is_none() {
                note(|| format!("({}) has done all", self.id));
                self.done_at = Some(now);
            } else {
                self.leave(false);
            }
            return;
        };
        let mut is_done = true;
        match act {
            Act::Send(bytes) => {
                let left = &bytes[self.sent..];
                let sent = kernel::on(self.id, |connection, _| {
                    connection.write(Side::Client, left)
                });
                note(|| format!("({}) sends {} bytes: {sent:?}", self.id, left.len()));
                match sent {
                    Ok(n) if n < left.len() => {
                        self.sent += n;
                        is_done = false;
                    }
                    Ok(_) => self.sent = 0,
                    Err(_) => {
                        self.was_reset = true;
                        self.act = self.script.acts.len();
                        return;
                    }
                }
                self.last = now;
            }
            Act::Pause(length) => self.acts_from = now + length,
            Act::Await(_) => {
                is_done = self.awaits.take().is_some();
                if !is_done {
                    self.awaits = Some((self.received.len(), now + 2 * SECOND));
                }
            }
            Act::HalfClose => {
                note(|| format!("({}) shuts its side", self.id));
                let _ = kernel::on(self.id, |connection, _| connection.shut(Side::Client));
            }
            Act::Reset => self.leave(true),
            Act::Close => self.leave(false),
        }
        if is_done {
            self.act += 1;
        }
    }

    /// Reads once.
    pub(super) fn read(&mut self) {
        let now = clock::now();
        let mut buf = [0; 4096];
        let most = self.script.reading.most.min(buf.len());
        let read = kernel::on(self.id, |connection, _| {
            connection.read(Side::Client, &mut buf[..most])
        });
        note(|| format!("({}) reads {read:?}", self.id));
        match read {
            Ok(0) if self.was_reset => self.end(Ended::Reset),
            Ok(0) => self.end(Ended::InOrder),
            Ok(n) => {
                self.received.extend_from_slice(&buf[..n]);
                self.reads_from = now + self.script.reading.every;
                self.last = now;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.end(Ended::Reset),
        }
    }

    fn leave(&mut self, resets: bool) {
        note(|| {
            format!(
                "({}) leaves{}",
                self.id,
                if resets { " by a reset" } else { "" }
            )
        });
        kernel::on(self.id, |connection, _| connection.client.resets = resets);
        self.end(Ended::Left);
    }

    fn end(&mut self, ended: Ended) {
        note(|| format!("({}) {ended:?}", self.id));
        self.ended = Some(ended);
        self.done_at.get_or_insert(clock::now());
        kernel::on(self.id, |connection, _| connection.close(Side::Client));
    }
}
