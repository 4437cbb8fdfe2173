//! The requests of a connection, through a buffer of any size, in pieces, their content read in all
//! ways in turn.

use replywire::request::{Content, ContentStep, Malformed, Refused, RequestStep, Requests};

use super::coding::{self, Body, End, Kind};
use super::head;
use super::input::{Case, Pace};
use super::reader::{self, Found, Head};

/// # Panics
///
/// Where the library and the second reader differ.
pub fn check(case: Case) {
    match case.fields % 3 {
        0 => drive::<2>(case),
        1 => drive::<5>(case),
        _ => drive::<40>(case),
    }
}

/// A connection whose client sends the bytes and then no more.
struct Conn {
    wire: Vec<u8>,
    /// How many of them were read.
    at: usize,
    pace: Pace,
}

impl Conn {
    fn read(&mut self, room: &mut [u8]) -> usize {
        let n = self.pace.len(room.len().min(self.wire.len() - self.at));
        room[..n].copy_from_slice(&self.wire[self.at..self.at + n]);
        self.at += n;
        n
    }
}

fn drive<const FIELDS: usize>(case: Case) {
    let mut buf = vec![0xaa; case.room];
    let mut requests = Requests::new(&mut buf);
    let mut conn = Conn {
        wire: case.wire,
        at: 0,
        pace: case.pace,
    };
    // The place where the request at hand begins.
    let mut start = 0;
    loop {
        if step(&mut requests, &mut conn, start, case.room) == Step::End {
            return;
        }
        let (empty, found) = reader::find(&conn.wire[start..conn.at]);
        let len = match found {
            Found::Head(len) => len,
            // What ends with a blank line is looked at when it is taken.
            Found::BareLf if conn.wire[..conn.at].ends_with(b"\r\n\r\n") => {
                let is_head = conn.wire[start + empty..].starts_with(b"HEAD ");
                head::refused(requests.begin::<FIELDS>().unwrap_err(), 400, is_head);
                return;
            }
            Found::BareLf | Found::More => panic!("{found:?} was taken for a head"),
        };
        let bytes = conn.wire[start + empty..][..len].to_vec();
        let free = case.room - len;
        start += empty + len;
        let want = match reader::read(&bytes, FIELDS) {
            // A limit of the library, so that no client has a chunk read byte by byte.
            Ok(Head {
                kind: Kind::Chunked,
                ..
            }) if free < 64 => Err(431),
            want => want,
        };
        let mut got = Vec::new();
        let (want, ended) = match (requests.begin::<FIELDS>(), want) {
            (Err(refused), Err(status)) => {
                head::refused(refused, status, bytes.starts_with(b"HEAD "));
                return;
            }
            (Ok(_), Ok(want)) => {
                let (request, mut content) = requests.request();
                head::same(&request, &want);
                assert_eq!(content.expects_continue(), want.expects_continue);
                let mut reading = Reading::new(&mut got, &mut conn, start, &want, free);
                let ended = reading.act(&mut content);
                // The head stays as it was while content is read into the buffer.
                head::same(&request, &want);
                ((reading.kind, reading.continues), ended)
            }
            (got, want) => panic!("{got:?} where {want:?} was due"),
        };
        let mut reading = Reading {
            got: &mut got,
            conn: &mut conn,
            start,
            kind: want.0,
            continues: want.1,
            free,
        };
        let Some(len) = reading.rest(&mut requests, ended) else {
            return;
        };
        start += len;
        assert_eq!(requests.is_idle(), start == conn.at);
    }
}

#[derive(PartialEq)]
enum Step {
    Begin,
    End,
}

/// Goes up to a head, which begins after `start`, or to the end.
fn step(requests: &mut Requests<'_>, conn: &mut Conn, start: usize, room: usize) -> Step {
    loop {
        let asked = ask(requests);
        assert_eq!(asked, ask(requests), "asked twice");
        let (empty, found) = reader::find(&conn.wire[start..conn.at]);
        let text = &conn.wire[start + empty..conn.at];
        match asked {
            Asked::Begin => return Step::Begin,
            Asked::Content => panic!("content after its end"),
            Asked::Read(len) => {
                assert_eq!(found, Found::More);
                assert_eq!(requests.is_idle(), text.is_empty());
                assert!((1..=room - text.len()).contains(&len), "{len} bytes");
                let RequestStep::Read(to) = requests.step() else {
                    panic!("a third step is another");
                };
                match conn.read(to) {
                    0 => return Step::End,
                    n => requests.filled(n),
                }
            }
            Asked::Refused(refused) => {
                let status = match found {
                    Found::BareLf => 400,
                    Found::Head(_) => panic!("{refused:?} for a whole head"),
                    Found::More => {
                        assert_eq!(text.len(), room);
                        match text.contains(&b'\n') {
                            true => 431,
                            false => 414,
                        }
                    }
                };
                head::refused(refused, status, text.starts_with(b"HEAD "));
                return Step::End;
            }
        }
    }
}

/// A step without its buffer.
#[derive(Debug, PartialEq)]
enum Asked {
    Begin,
    Content,
    Read(usize),
    Refused(Refused),
}

fn ask(requests: &mut Requests<'_>) -> Asked {
    match requests.step() {
        RequestStep::Content => Asked::Content,
        RequestStep::Head => Asked::Begin,
        RequestStep::Read(room) => Asked::Read(room.len()),
        RequestStep::Refused(refused) => Asked::Refused(refused),
    }
}

/// The content of a request while it is read.
struct Reading<'c> {
    got: &'c mut Vec<u8>,
    conn: &'c mut Conn,
    /// The place where it begins.
    start: usize,
    kind: Kind,
    /// The client waits.
    continues: bool,
    /// The bytes of the buffer after the head.
    free: usize,
}

/// What became of content.
#[derive(Debug, PartialEq)]
enum Outcome {
    CutOff,
    Done,
    Malformed,
    /// It goes on.
    Open,
}

impl<'c> Reading<'c> {
    fn new(
        got: &'c mut Vec<u8>,
        conn: &'c mut Conn,
        start: usize,
        want: &Head<'_>,
        free: usize,
    ) -> Self {
        Self {
            got,
            conn,
            start,
            kind: want.kind,
            continues: want.expects_continue,
            free,
        }
    }

    /// Reads what is left; gives the bytes that it took on the wire, if it ended.
    fn rest(&mut self, requests: &mut Requests<'_>, mut outcome: Outcome) -> Option<usize> {
        while outcome == Outcome::Open {
            if requests.request().1.is_ended() {
                break;
            }
            assert_eq!(ask(requests), Asked::Content);
            outcome = self.act(&mut requests.request().1);
        }
        let Body { content, end } = self.want();
        match (outcome, end) {
            (Outcome::CutOff, End::More) => {
                assert_eq!(self.conn.at, self.conn.wire.len());
                assert_eq!(*self.got, content);
                None
            }
            (Outcome::Malformed, End::Wrong(_)) => {
                for _ in 0..2 {
                    assert!(requests.request().1.step().is_err());
                    assert!(requests.request().1.decode(&mut [0]).is_err());
                    assert_eq!(ask(requests), Asked::Content);
                }
                None
            }
            (Outcome::Done | Outcome::Open, End::Whole(len)) => {
                assert_eq!(*self.got, content);
                Some(len)
            }
            (got, want) => panic!("{got:?} where {want:?} was due"),
        }
    }

    /// The second reader's view of what has come.
    fn want(&self) -> Body {
        coding::read(self.kind, &self.conn.wire[self.start..self.conn.at])
    }

    /// Does one of the things that can be done, which are ended by an error or the end.
    fn act(&mut self, content: &mut Content<'_>) -> Outcome {
        let acted = match self.conn.pace.choose(3) {
            0 => self.by_step(content),
            1 => {
                let room = self.conn.pace.len(usize::MAX).min(300);
                self.by_decoding(content, room)
            }
            _ => self.by_decoding(content, 0),
        };
        let outcome = acted.unwrap_or(Outcome::Malformed);
        if outcome != Outcome::Malformed {
            self.compare(content);
        }
        outcome
    }

    /// The content that came must be that of the second reader, up to what was given.
    fn compare(&self, content: &Content<'_>) {
        let Body { content: want, end } = self.want();
        assert!(want.starts_with(self.got));
        let left = match self.kind {
            Kind::Sized(len) => Some(len - self.got.len() as u64),
            Kind::Chunked => content.is_ended().then_some(0),
        };
        assert_eq!(content.remaining(), left);
        assert_eq!(content.expects_continue(), self.continues);
        if content.is_ended() {
            assert!(matches!(end, End::Whole(_)));
            assert_eq!(*self.got, want);
        }
    }

    fn by_step(&mut self, content: &mut Content<'_>) -> Result<Outcome, Malformed> {
        let step = content.step();
        if step.is_err() {
            // All before the error was given.
            assert_eq!(*self.got, self.want().content);
        }
        match step? {
            ContentStep::Continue => {
                assert!(self.continues, "asked for twice");
                self.continues = false;
            }
            ContentStep::Done => return Ok(Outcome::Done),
            ContentStep::Read(room) => {
                let len = room.len();
                // A request may lie further back in the buffer, where enough is left.
                assert!(len == self.free || (64..self.free).contains(&len));
                // All that came was given, and it does not end there.
                let want = self.want();
                assert_eq!((&*self.got, want.end), (&want.content, End::More));
                match content.step()? {
                    ContentStep::Read(room) if room.len() == len => {}
                    other => panic!("{other:?} when asked twice"),
                }
                return Ok(self.read(content));
            }
            ContentStep::Slice(slice) => {
                assert!(!slice.is_empty());
                self.got.extend_from_slice(slice);
            }
        }
        Ok(Outcome::Open)
    }

    fn by_decoding(
        &mut self,
        content: &mut Content<'_>,
        room: usize,
    ) -> Result<Outcome, Malformed> {
        if self.continues && self.conn.pace.choose(2) == 0 {
            content.continued();
            self.continues = false;
        }
        let mut out = vec![0xaa; room];
        let done = content.decode(&mut out)?;
        assert!(done.written <= done.taken);
        self.got.extend_from_slice(&out[..done.written]);
        assert!(out[done.written..].iter().all(|byte| *byte == 0xaa));
        if done.written == room {
            // Nothing more can be taken without room.
            let again = content.decode(&mut [])?;
            assert_eq!((again.taken, again.written), (0, 0));
        }
        if room == 0 || done.taken > 0 {
            return Ok(Outcome::Open);
        }
        let Body { content: want, end } = self.want();
        assert_eq!(*self.got, want, "all that came was given");
        if content.is_ended() {
            return Ok(Outcome::Done);
        }
        assert_eq!(end, End::More);
        Ok(self.read(content))
    }

    /// Reads more, once all that came is taken: into the room, or straight to where it is wanted.
    fn read(&mut self, content: &mut Content<'_>) -> Outcome {
        let direct = usize::try_from(content.direct()).unwrap_or(usize::MAX);
        // A head that fills the buffer leaves no room for content.
        if direct > 0 && (self.free == 0 || self.conn.pace.choose(2) == 0) {
            let mut out = vec![0; direct.min(300)];
            let n = self.conn.read(&mut out);
            self.got.extend_from_slice(&out[..n]);
            content.skip(n as u64);
            return match n {
                0 => Outcome::CutOff,
                _ => Outcome::Open,
            };
        }
        let room = content.room();
        assert!(!room.is_empty());
        match self.conn.read(room) {
            0 => Outcome::CutOff,
            n => {
                content.filled(n);
                Outcome::Open
            }
        }
    }
}
