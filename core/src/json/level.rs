//! What arrays and objects have in common, whoever drives them.

use super::sink::{Event, Kind, Replay};
use super::{JsonError, MAX_DEPTH, Sink, leaf};

/// An array or an object being written.
#[derive(Debug)]
pub(super) struct Level<S> {
    pub(super) sink: S,
    index: u32,
    /// How many arrays and objects are around its values.
    pub(super) depth: u8,
    /// The bracket that opens, until something was written; then a comma.
    separator: u8,
}

pub(super) const fn deeper(depth: u8) -> Result<u8, JsonError> {
    match depth {
        0..MAX_DEPTH => Ok(depth + 1),
        _ => Err(JsonError::Depth),
    }
}

impl<S: Sink> Level<S> {
    /// Begins an array or an object in `depth` others.
    #[inline(always)]
    pub(super) fn new(sink: S, depth: u8, kind: Kind) -> Result<Self, S::Error> {
        let deeper = deeper(depth)?;
        sink.replay().enter(depth, kind)?;
        Ok(Self {
            sink,
            index: 0,
            depth: deeper,
            separator: match kind {
                Kind::Array | Kind::WrappedArray => b'[',
                Kind::Object | Kind::WrappedObject => b'{',
            },
        })
    }

    /// How many arrays and objects are around it.
    #[inline(always)]
    const fn level(&self) -> u8 {
        self.depth.wrapping_sub(1)
    }

    /// Which of its events the array or object has come to, and what is done with it.
    #[inline(always)]
    pub(super) fn event(&mut self) -> Result<Event, S::Error> {
        match self.sink.replay().event(self.level(), self.index) {
            Ok(event) => Ok(event),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes an element without a name.
    #[inline(always)]
    pub(super) fn item(&mut self, value: impl Put<S>) -> Result<(), S::Error> {
        let event = self.event()?;
        if event == Event::Skip {
            return self.next();
        }
        let sink = self.sink.take();
        let result = match event {
            Event::Write => sink.put(&[self.separator]),
            _ => Ok(sink),
        };
        let result = put_value(result, value, self.depth);
        self.settle(result)?;
        self.next()
    }

    /// Writes a member of an object.
    #[inline(always)]
    pub(super) fn member(&mut self, name: &str, value: impl Put<S>) -> Result<(), S::Error> {
        let event = self.event()?;
        if event == Event::Skip {
            return self.next();
        }
        let sink = self.sink.take();
        let result = match event {
            Event::Write => leaf::key(sink, self.separator, name),
            _ => Ok(sink),
        };
        let result = put_value(result, value, self.depth);
        self.settle(result)?;
        self.next()
    }

    /// Writes some of an event.
    #[inline]
    pub(super) fn part(
        &mut self,
        write: impl FnOnce(S, u8, u8) -> Result<S, S::Error>,
    ) -> Result<(), S::Error> {
        let result = write(self.sink.take(), self.separator, self.depth);
        self.settle(result)
    }

    /// Takes the sink back from an event.
    #[inline(always)]
    fn settle(&mut self, result: Result<S, S::Error>) -> Result<(), S::Error> {
        match result {
            Ok(sink) => {
                self.sink = sink;
                Ok(())
            }
            Err(error) => {
                self.sink.replay().failed();
                Err(error)
            }
        }
    }

    /// Goes on to the next event.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<(), S::Error> {
        self.separator = b',';
        if S::Replay::ON {
            self.index = self.index.checked_add(1).ok_or(JsonError::Long)?;
        }
        Ok(())
    }

    /// Takes from `values` those that were written before.
    #[inline(always)]
    pub(super) fn skip(&mut self, values: &mut impl Iterator) -> Result<(), S::Error> {
        if !S::Replay::ON {
            return Ok(());
        }
        let first = self.sink.replay().first(self.level());
        match first.checked_sub(self.index) {
            None | Some(0) => Ok(()),
            Some(skipped) => self.skip_some(skipped, values),
        }
    }

    #[cold]
    fn skip_some(&mut self, skipped: u32, values: &mut impl Iterator) -> Result<(), S::Error> {
        let (least, most) = values.size_hint();
        let mut left = skipped as usize;
        if most == Some(least)
            && let known = least.min(left)
            && let Some(last) = known.checked_sub(1)
        {
            // A slice goes there at once.
            values.nth(last).ok_or(JsonError::Changed)?;
            left -= known;
        } else if most != Some(least) {
            while left > 0 && values.next().is_some() {
                left -= 1;
            }
        }
        let taken = skipped - left as u32;
        if taken > 0 {
            self.separator = b',';
        }
        self.index += taken;
        Ok(())
    }

    /// Ends an array or an object.
    #[inline(always)]
    pub(super) fn end<const CLOSE: u8>(self) -> Result<S, S::Error> {
        // The bracket that opens is two below, but for `"`.
        const { assert!(CLOSE == b']' || CLOSE == b'}') }
        self.close(|sink, separator| match separator {
            b',' => sink.put(&[CLOSE]),
            open => sink.put(&[open, CLOSE]),
        })
    }

    /// Writes the last event.
    #[inline(always)]
    pub(super) fn close(
        mut self,
        write: impl FnOnce(S, u8) -> Result<S, S::Error>,
    ) -> Result<S, S::Error> {
        if self.event()? != Event::Write {
            return Err(JsonError::Changed.into());
        }
        self.part(|sink, separator, _| write(sink, separator))?;
        Ok(self.sink)
    }
}

/// What writes one value, whoever drives it. A closure would not always be inlined.
pub(super) trait Put<S: Sink> {
    fn put(self, sink: S, depth: u8) -> Result<S, S::Error>;
}

#[inline(always)]
fn put_value<S: Sink>(
    result: Result<S, S::Error>,
    value: impl Put<S>,
    depth: u8,
) -> Result<S, S::Error> {
    match result {
        Ok(sink) => value.put(sink, depth),
        Err(error) => Err(error),
    }
}
