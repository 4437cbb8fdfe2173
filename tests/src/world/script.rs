//! The scripts of clients: what each sends and when, how it reads, how it leaves.

use super::choices::{below, once_in, one_of, within};
use super::clock::{MILLISECOND, SECOND};
use super::routes::{Asked, MOST_REQUESTS, Route};

/// A thing that a client does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Send(Vec<u8>),
    Pause(u64),
    /// Waits until something has come, for two seconds at most: in particular for the leave to send
    /// the content of this request.
    Await(Option<usize>),
    HalfClose,
    Reset,
    Close,
}

/// The way a client reads: at most so many bytes, each time so many nanoseconds after the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) most: usize,
    pub(super) every: u64,
    /// It begins to read at this time; `u64::MAX` is never.
    pub(super) from: u64,
}

/// The way a client goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Going {
    /// When the server closes.
    Last,
    /// It shuts its side after the last byte, and reads on.
    HalfCloses,
    /// When nothing has come for a while.
    WhenQuiet,
    Resets,
    Closes,
    /// It falls silent, and reads on.
    Stalls,
}

/// A client's script.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) asked: Vec<Asked>,
    pub(super) acts: Vec<Act>,
    pub(super) reading: Reading,
    pub(super) going: Going,
    /// The number of requests that are sent whole.
    pub(super) whole: usize,
    /// The place in the request after those at which the client stops.
    pub(super) stop: Option<Place>,
    /// It sends what is no request.
    pub(super) is_garbled: bool,
    /// It sends bytes of these places so slowly that a limit goes off.
    pub(super) trickles: Option<Place>,
    /// It reads so slowly that a limit goes off.
    pub(super) creeps: bool,
    /// The ends of the requests in all that it sends.
    pub(super) ends: Vec<u64>,
    pub(super) begins: u64,
}

/// A place in a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Head,
    Content,
}

/// The times that matter to a client that keeps to the limits, and to one that does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// No pause is longer where the client keeps to the limits.
    pub(super) pause: u64,
    /// The least bytes in a second.
    pub(super) rate: usize,
}

impl Script {
    /// Any script of a client that receives into a window of so many bytes.
    pub(super) fn any(client: usize, pace: &Pace, window: usize) -> Self {
        let count = within(1..MOST_REQUESTS + 1);
        let has_last = once_in(2);
        let mut asked: Vec<Asked> = (0..count)
            .map(|index| Asked::any(client, index, has_last && index + 1 == count))
            .collect();
        // After an upgrade there is no request.
        let last = asked.iter().position(|asked| asked.route == Route::Upgrade);
        asked.truncate(last.map_or(count, |last| last + 1));
        let going = match below(10) {
            0..3 => Going::Last,
            3 | 4 => Going::HalfCloses,
            5 => Going::WhenQuiet,
            6 => Going::Resets,
            7 => Going::Closes,
            _ => Going::Stalls,
        };
        let mut script = Self {
            asked,
            acts: Vec::new(),
            reading: reading(pace, window),
            going,
            whole: 0,
            stop: None,
            is_garbled: false,
            trickles: match below(20) {
                0 => Some(Place::Head),
                1 => Some(Place::Content),
                _ => None,
            },
            creeps: false,
            ends: Vec::new(),
            begins: one_of(&[0, 0, MILLISECOND, SECOND, 5 * SECOND]),
        };
        if pace.rate > 0 && once_in(16) {
            script.creeps = true;
            script.reading = Reading {
                most: 1,
                every: pace.pause,
                from: 0,
            };
        }
        script.write(pace);
        script
    }

    fn write(&mut self, pace: &Pace) {
        let lengths = |asked: &Asked| asked.head().len() + asked.coded_content().len();
        let all: usize = self.asked.iter().map(lengths).sum();
        let mut left = match self.going {
            Going::Resets | Going::Closes | Going::Stalls if !once_in(3) => below(all + 1),
            Going::HalfCloses if once_in(4) => below(all + 1),
            _ => all,
        };
        let pieces = one_of(&[usize::MAX, usize::MAX, 100, 7, 1]);
        for asked in self.asked.clone() {
            let head = asked.head().into_bytes();
            let content = asked.coded_content();
            for (bytes, place) in [(head, Place::Head), (content, Place::Content)] {
                let n = bytes.len().min(left);
                left -= n;
                self.send(&bytes[..n], pieces, self.trickles == Some(place), pace);
                if n < bytes.len() {
                    let begun = n > 0 || place == Place::Content;
                    self.stop = begun.then_some(place);
                    return self.go(pace);
                }
                if place == Place::Head && asked.expects && once_in(2) {
                    self.acts.push(Act::Await(Some(asked.index)));
                }
            }
            self.whole += 1;
            let before = self.ends.last().copied().unwrap_or(0);
            self.ends.push(before + lengths(&asked) as u64);
            if once_in(8) {
                self.acts.push(Act::Await(None));
            }
        }
        let leaves = matches!(self.going, Going::Resets | Going::Closes);
        let is_upgraded = self
            .asked
            .last()
            .is_some_and(|last| last.route == Route::Upgrade);
        if once_in(if leaves { 2 } else { 6 }) && !is_upgraded {
            self.is_garbled = true;
            let garbage: &[u8] = one_of(&[
                b"X",
                b"\r\n",
                b"GE",
                b"\0\r\n\r\n",
                b"GET / HTTP/1.1\r\n\r\n",
                b"GET /x HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
            ]);
            if once_in(2) {
                self.acts.push(Act::Pause(pace.pause));
            }
            self.send(garbage, usize::MAX, false, pace);
        }
        self.go(pace);
    }

    fn send(&mut self, bytes: &[u8], pieces: usize, trickles: bool, pace: &Pace) {
        let (slow, bytes) = bytes.split_at(if trickles { bytes.len().min(30) } else { 0 });
        for byte in slow {
            self.acts.push(Act::Send(vec![*byte]));
            self.acts.push(Act::Pause(pace.pause));
        }
        // Only so many pauses, so that the time a script takes is bounded.
        let most = pieces.max(bytes.len() / 8 + 1);
        for piece in bytes.chunks(most) {
            self.acts.push(Act::Send(piece.to_vec()));
            if once_in(6) {
                self.acts
                    .push(Act::Pause(pace.pause / within(8..100) as u64));
            }
        }
    }

    fn go(&mut self, pace: &Pace) {
        if once_in(2) {
            self.acts
                .push(Act::Pause(one_of(&[MILLISECOND, pace.pause, 7 * SECOND])));
        }
        match self.going {
            Going::HalfCloses => self.acts.push(Act::HalfClose),
            Going::Resets => self.acts.push(Act::Reset),
            Going::Closes => self.acts.push(Act::Close),
            Going::Last | Going::WhenQuiet | Going::Stalls => {}
        }
    }

    /// Tells whether the client reads whatever is sent, within all limits, until the server closes.
    pub(super) fn reads_to_the_end(&self) -> bool {
        self.reading.from < u64::MAX
            && !self.creeps
            && matches!(self.going, Going::Last | Going::HalfCloses | Going::Stalls)
    }

    /// The time that its handlers and its reading may take, beyond limits.
    pub(super) fn takes(&self) -> u64 {
        let mut time = self.begins;
        if self.reading.from < u64::MAX {
            time += self.reading.from;
        }
        for act in &self.acts {
            time += match act {
                Act::Pause(length) => *length,
                Act::Await(_) => 2 * SECOND,
                _ => 0,
            };
        }
        for asked in &self.asked {
            time += 6 * asked.delay * MILLISECOND;
        }
        if !self.creeps {
            time += self.bytes() / self.reading.most as u64 * self.reading.every;
        }
        time
    }

    /// The bytes of all replies, at most.
    pub(super) fn bytes(&self) -> u64 {
        let sizes = self
            .asked
            .iter()
            .map(|asked| asked.size.max(asked.content) + 1000);
        sizes.sum::<usize>() as u64
    }
}

fn reading(pace: &Pace, window: usize) -> Reading {
    let eager = Reading {
        most: 4096,
        every: 0,
        from: 0,
    };
    match below(8) {
        0..4 => eager,
        4 => Reading {
            most: within(1..100),
            ..eager
        },
        5 => {
            // A few bytes at a time, but more than the least rate.
            let most = within(1..300).min(window);
            let within_rate = (most as u64 * SECOND).checked_div(pace.rate as u64);
            let every = within_rate.unwrap_or(SECOND).min(pace.pause);
            Reading {
                most,
                every,
                from: 0,
            }
        }
        6 => Reading {
            from: one_of(&[SECOND, pace.pause]),
            ..eager
        },
        _ => Reading {
            from: u64::MAX,
            ..eager
        },
    }
}
