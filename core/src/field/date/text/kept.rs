use std::cell::Cell;
use std::thread_local;

use crate::field::date::format::write_imf_fixdate;

thread_local! {
    /// The last text that this thread has written.
    static LAST: Last = const {
        Last {
            seconds: Cell::new(u64::MAX),
            text: Cell::new([0; 29]),
        }
    };
}

struct Last {
    /// Seconds since the start of the year 0, after all dates where nothing was written.
    seconds: Cell<u64>,
    text: Cell<[u8; 29]>,
}

impl Last {
    #[cold]
    #[inline(never)]
    fn renew(&self, seconds: u64) {
        let mut text = [0; 29];
        write_imf_fixdate(seconds, &mut text);
        self.text.set(text);
        self.seconds.set(seconds);
    }
}

/// Writes a time in seconds since the start of the year 0 as `IMF-fixdate`.
#[inline(always)]
pub(in crate::field::date) fn write(seconds: u64, text: &mut [u8; 29]) {
    let written = LAST.try_with(|last| {
        if last.seconds.get() != seconds {
            last.renew(seconds);
        }
        *text = last.text.get();
    });
    if written.is_err() {
        write_imf_fixdate(seconds, text);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn written(seconds: u64) -> [u8; 29] {
        let mut text = [b'x'; 29];
        write(seconds, &mut text);
        text
    }

    #[test]
    fn the_text_is_that_of_the_second_whatever_was_written_before_on_any_thread() {
        const SECONDS: [u64; 7] = [0, 1, 59, 60, 86_399, 86_400, 63_000_000_000];
        let check = || {
            for before in SECONDS {
                for after in SECONDS {
                    for seconds in [before, after] {
                        let mut want = [0; 29];
                        write_imf_fixdate(seconds, &mut want);
                        assert_eq!(written(seconds), want, "{before} {after}");
                    }
                }
            }
        };
        let threads: [_; 4] = std::array::from_fn(|_| thread::spawn(check));
        for thread in threads {
            thread.join().unwrap();
        }
        check();
    }
}
