//! What arrays and objects have in common, whoever drives them.

use super::sink::{Event, Replay};
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
    #[inline(always)]
    pub(super) fn array(sink: S, depth: u8) -> Result<Self, JsonError> {
        Self::new(sink, depth, b'[')
    }

    #[inline(always)]
    pub(super) fn object(sink: S, depth: u8) -> Result<Self, JsonError> {
        Self::new(sink, depth, b'{')
    }

    #[inline(always)]
    fn new(sink: S, depth: u8, separator: u8) -> Result<Self, JsonError> {
        Ok(Self {
            sink,
            index: 0,
            depth: deeper(depth)?,
            separator,
        })
    }

    /// How many arrays and objects are around it.
    #[inline(always)]
    const fn level(&self) -> u8 {
        self.depth.wrapping_sub(1)
    }

    /// Which of its events the array or object has come to, and what is done with it.
    #[inline(always)]
    pub(super) fn event(&mut self) -> Result<Event, JsonError> {
        self.sink.replay().event(self.level(), self.index)
    }

    /// Writes an element: `prefix` what is before its value, `value` that.
    #[inline(always)]
    pub(super) fn element(
        &mut self,
        prefix: impl FnOnce(S, u8) -> Result<S, JsonError>,
        value: impl FnOnce(S, u8) -> Result<S, JsonError>,
    ) -> Result<(), JsonError> {
        let event = self.event()?;
        if event == Event::Skip {
            return self.next();
        }
        let mark = self.sink.left();
        self.part(mark, |sink, separator, depth| {
            let sink = match event {
                Event::Write => prefix(sink, separator)?,
                _ => sink,
            };
            value(sink, depth)
        })?;
        self.next()
    }

    /// Writes some of an event, which began with `mark` bytes left.
    #[inline(always)]
    pub(super) fn part(
        &mut self,
        mark: usize,
        write: impl FnOnce(S, u8, u8) -> Result<S, JsonError>,
    ) -> Result<(), JsonError> {
        let replay = self.sink.replay();
        match write(self.sink.take(), self.separator, self.depth) {
            Ok(sink) => {
                self.sink = sink;
                Ok(())
            }
            Err(error) => {
                replay.failed(error, self.level(), self.index, mark);
                Err(error)
            }
        }
    }

    /// Goes on to the next event.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<(), JsonError> {
        self.separator = b',';
        if S::Replay::ON {
            self.index = self.index.checked_add(1).ok_or(JsonError::Long)?;
        }
        Ok(())
    }

    /// Takes from `values` those that were written before.
    #[inline(always)]
    pub(super) fn skip(&mut self, values: &mut impl Iterator) -> Result<(), JsonError> {
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
    fn skip_some(&mut self, skipped: u32, values: &mut impl Iterator) -> Result<(), JsonError> {
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

    /// Writes an element without a name.
    #[inline(always)]
    pub(super) fn item(
        &mut self,
        value: impl FnOnce(S, u8) -> Result<S, JsonError>,
    ) -> Result<(), JsonError> {
        self.element(|sink, separator| sink.put(&[separator]), value)
    }

    /// Writes a member of an object.
    #[inline(always)]
    pub(super) fn member(
        &mut self,
        name: &str,
        value: impl FnOnce(S, u8) -> Result<S, JsonError>,
    ) -> Result<(), JsonError> {
        self.element(|sink, separator| leaf::key(sink, separator, name), value)
    }

    /// Ends an array or an object.
    #[inline(always)]
    pub(super) fn end<const CLOSE: u8>(self) -> Result<S, JsonError> {
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
        write: impl FnOnce(S, u8) -> Result<S, JsonError>,
    ) -> Result<S, JsonError> {
        if self.event()? != Event::Write {
            return Err(JsonError::Changed);
        }
        let mark = self.sink.left();
        self.part(mark, |sink, separator, _| write(sink, separator))?;
        Ok(self.sink)
    }
}
