//! Works, their contenders, and how long these take.

use std::hint::black_box;
use std::time::Duration;

use heapless::String;
use rustix::time::{ClockId, clock_gettime};

use crate::dice::Dice;

/// How often every contender has its turn.
pub const ROUNDS: usize = 101;
/// How long a turn takes, about.
pub const TURN: Duration = Duration::from_millis(2);

/// One thing to do.
pub struct Work {
    /// As it is printed.
    pub name: &'static str,
    /// Who does it: first Replywire, then the peers.
    pub contenders: Vec<Contender>,
    want: &'static [u8],
}

impl Work {
    /// A work that puts out `want`, as yet without contenders.
    pub fn new(name: &'static str, want: &'static [u8]) -> Self {
        Self {
            name,
            contenders: Vec::new(),
            want,
        }
    }

    /// Adds a contender that puts out the same bytes.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn exact(self, contender: Contender) -> Self {
        self.normal(<[u8]>::to_vec, contender)
    }

    /// Adds a contender that puts out the same in a normal form.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn normal(mut self, form: fn(&[u8]) -> Vec<u8>, mut contender: Contender) -> Self {
        // The second run shows that nothing of the first is left behind.
        for _ in 0..2 {
            let got = form(&(contender.output)());
            let want = form(self.want);
            assert!(
                got == want,
                "{} {}\n got: {}\nwant: {}",
                self.name,
                contender.name,
                got.escape_ascii(),
                want.escape_ascii(),
            );
        }
        self.contenders.push(contender);
        self
    }

    /// The contender of this name.
    pub fn contender(&mut self, name: &str) -> Option<&mut Contender> {
        self.contenders
            .iter_mut()
            .find(|contender| contender.name == name)
    }

    /// How many bytes it puts out.
    pub fn output_len(&self) -> usize {
        self.want.len()
    }

    /// How many nanoseconds an operation of each contender takes, in every round.
    pub fn time(&mut self) -> Vec<Vec<f64>> {
        let times: Vec<u64> = self.contenders.iter_mut().map(calibrate).collect();
        let mut order: Vec<usize> = (0..self.contenders.len()).collect();
        let mut nanos = vec![Vec::with_capacity(ROUNDS); order.len()];
        let mut dice = Dice::new(0x9e37_79b9_7f4a_7c15);
        for _ in 0..ROUNDS {
            dice.shuffle(&mut order);
            for &index in &order {
                let spent = self.contenders[index].spent(times[index]);
                nanos[index].push(spent.as_nanos() as f64 / times[index] as f64);
            }
        }
        nanos
    }
}

/// One way to do a work.
pub struct Contender {
    /// As it is printed.
    pub name: &'static str,
    run: Box<dyn FnMut(u64)>,
    output: Box<dyn FnMut() -> Vec<u8>>,
}

impl Contender {
    /// A contender that writes into a slice; `write` returns how many bytes.
    pub fn writer(
        name: &'static str,
        write: impl Fn(&mut [u8]) -> Option<usize> + Copy + 'static,
    ) -> Self {
        Self::new(
            name,
            Out::default(),
            move |out| write(black_box(&mut out.0[..])),
            move |out| {
                let len = write(black_box(&mut out.0[..])).expect("room for what is written");
                out.0[..len].to_vec()
            },
        )
    }

    /// A contender that formats into a string without a heap; `write` returns how many bytes.
    pub fn formatter(
        name: &'static str,
        write: impl Fn(&mut String<512>) -> Option<usize> + Copy + 'static,
    ) -> Self {
        Self::new(name, String::new(), write, move |out| {
            write(out).expect("room for what is written");
            out.as_bytes().to_vec()
        })
    }

    /// [`writer`](Self::writer) with room for `room` bytes.
    pub fn long_writer(
        name: &'static str,
        room: usize,
        write: impl Fn(&mut [u8]) -> Option<usize> + Copy + 'static,
    ) -> Self {
        Self::new(
            name,
            LongOut::new(room),
            move |out| write(black_box(out.bytes())),
            move |out| {
                let len = write(black_box(out.bytes())).expect("room for what is written");
                out.bytes()[..len].to_vec()
            },
        )
    }

    /// A contender that appends to a vector, which is empty, has room for `room` bytes, and keeps
    /// what it grows to.
    pub fn appender(
        name: &'static str,
        room: usize,
        append: impl Fn(&mut Vec<u8>) -> Option<()> + Copy + 'static,
    ) -> Self {
        let again = move |out: &mut Vec<u8>| {
            out.clear();
            append(black_box(out))
        };
        Self::new(name, Vec::with_capacity(room), again, move |out| {
            again(out).expect("a value that can be written");
            out.clone()
        })
    }

    /// A contender with a state of its own. `run` does the work once, and `output` does it once and
    /// tells what came out.
    pub fn new<S: 'static, O>(
        name: &'static str,
        state: S,
        run: impl Fn(&mut S) -> O + 'static,
        output: impl Fn(&mut S) -> Vec<u8> + 'static,
    ) -> Self {
        Self::batch(
            name,
            state,
            move |state, times| {
                for _ in 0..times {
                    black_box(run(black_box(state)));
                }
            },
            output,
        )
    }

    /// [`new`](Self::new), where `run` does the work as often as it is told.
    pub fn batch<S: 'static>(
        name: &'static str,
        state: S,
        run: impl Fn(&mut S, u64) + 'static,
        output: impl Fn(&mut S) -> Vec<u8> + 'static,
    ) -> Self {
        let state = std::rc::Rc::new(std::cell::RefCell::new(state));
        let same = state.clone();
        Self {
            name,
            run: Box::new(move |times| run(&mut state.borrow_mut(), times)),
            output: Box::new(move || output(&mut same.borrow_mut())),
        }
    }

    /// Does the work so many times.
    pub fn run(&mut self, times: u64) {
        (self.run)(times);
    }

    /// [`run`](Self::run) under the name that `callgrind` looks for.
    #[inline(never)]
    pub fn counted(&mut self, times: u64) {
        (self.run)(black_box(times));
        black_box(self);
    }

    fn spent(&mut self, times: u64) -> Duration {
        let start = cpu_time();
        self.run(times);
        cpu_time().saturating_sub(start)
    }
}

/// Where contenders write: as large and as aligned for all of them.
#[repr(align(64))]
struct Out([u8; 512]);

impl Default for Out {
    fn default() -> Self {
        Self([0; 512])
    }
}

/// [`Out`] of a length known at run time.
struct LongOut {
    bytes: Vec<u8>,
    start: usize,
}

impl LongOut {
    fn new(room: usize) -> Self {
        let align = align_of::<Out>();
        let bytes = vec![0; room + align];
        let start = bytes.as_ptr().align_offset(align);
        Self { bytes, start }
    }

    fn bytes(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }
}

/// How many operations fill a turn.
fn calibrate(contender: &mut Contender) -> u64 {
    let mut times = 1;
    loop {
        let spent = contender.spent(times);
        if spent >= TURN / 2 {
            let each = spent.as_nanos() as f64 / times as f64;
            return (TURN.as_nanos() as f64 / each).ceil() as u64;
        }
        times *= 2;
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The peer's times divided by ours, round by round.
pub fn ratios(ours: &[f64], peer: &[f64]) -> Vec<f64> {
    peer.iter()
        .zip(ours)
        .map(|(peer, ours)| peer / ours)
        .collect()
}

/// The middle one of the numbers.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
