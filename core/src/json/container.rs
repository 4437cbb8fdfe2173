//! Containers: what arrays and objects have in common, whoever drives them.

use super::depth::Depth;
use super::rules::Rules as _;
use super::sink::interface::Sink;
use super::sink::replay::{ElementAction, Kind, Replay};
use crate::error::JsonError;

/// An array or an object being written.
#[derive(Debug)]
pub(crate) struct Container<S> {
    pub(crate) sink: S,
    /// The depth of its values.
    pub(crate) depth: Depth,
    /// The bracket that opens, until something was written; then a comma.
    pub(crate) separator: u8,
}

/// Goes into an array or an object.
#[inline]
pub(crate) fn deeper<S: Sink>(sink: &S, depth: Depth) -> Result<Depth, S::Error> {
    match depth.inside(S::Dialect::DEPTH) {
        Some(depth) => Ok(depth),
        None => Err(sink.fail(JsonError::Depth)),
    }
}

/// Goes into a newtype.
#[inline]
pub(crate) fn within_newtype<S: Sink>(sink: &S, depth: Depth) -> Result<Depth, S::Error> {
    match depth.newtype(S::Dialect::DEPTH) {
        Some(depth) => Ok(depth),
        None => Err(sink.fail(JsonError::Depth)),
    }
}

/// Goes into a newtype that does not count, nor does the one in it.
#[cfg(feature = "serde")]
#[inline]
pub(crate) fn uncounted<S: Sink>(sink: &S, depth: Depth) -> Result<Depth, S::Error> {
    match depth.uncounted() {
        Some(depth) => Ok(depth),
        None => Err(sink.fail(JsonError::Depth)),
    }
}

impl<S: Sink> Container<S> {
    // Code that is not optimized has one function of each of these, and no copy for every value.

    /// Begins an array or an object in `depth` others.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn new(sink: S, depth: Depth, kind: Kind) -> Result<Self, S::Error> {
        let deeper = deeper(&sink, depth)?;
        sink.replay().enter(depth.level(), kind)?;
        Ok(Self {
            sink,
            depth: deeper,
            separator: match kind {
                Kind::Array => b'[',
                Kind::Object | Kind::Wrapper => b'{',
            },
        })
    }

    /// Counts the arrays and objects around it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn level(&self) -> u8 {
        self.depth.level().wrapping_sub(1)
    }

    /// Goes on to the next element, and tells what is done with it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn next_action(&mut self) -> Result<ElementAction, S::Error> {
        match self.sink.replay().next_element(self.level()) {
            Ok(action) => Ok(action),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes an element, or a member of an object.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn element(
        &mut self,
        name: Option<&str>,
        value: impl WriteValue<S>,
    ) -> Result<(), S::Error> {
        let result = match self.sink.take().begin(self.level(), self.separator, name) {
            Ok((sink, true)) => value.write_value(sink, self.depth),
            Ok((sink, false)) => Ok(sink),
            Err(error) => Err(error),
        };
        self.separator = b',';
        self.settle(result)
    }

    /// Writes some of an element.
    #[inline]
    pub(crate) fn part(
        &mut self,
        write: impl FnOnce(S, u8, Depth) -> Result<S, S::Error>,
    ) -> Result<(), S::Error> {
        let result = write(self.sink.take(), self.separator, self.depth);
        self.settle(result)
    }

    /// Ends an element that was written in parts.
    #[cfg(feature = "serde")]
    #[inline]
    pub(crate) fn finish_element(&mut self) {
        self.separator = b',';
    }

    /// Makes the error of a call that came out of order; nothing is written any more.
    #[cfg(feature = "serde")]
    #[cold]
    pub(crate) fn refuse(&mut self, error: JsonError) -> S::Error {
        let sink = self.sink.take();
        let error = sink.fail(error);
        sink.replay().failed();
        error
    }

    /// Takes the sink back from an element.
    #[cfg_attr(not(debug_assertions), inline(always))]
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

    /// Takes from `values` those that were written before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn skip(&mut self, values: &mut impl Iterator) -> Result<(), S::Error> {
        if !S::Replay::ON {
            return Ok(());
        }
        match self.sink.replay().ahead(self.level()) {
            0 => Ok(()),
            skipped => self.skip_some(skipped, values),
        }
    }

    #[cold]
    fn skip_some(&mut self, skipped: u32, values: &mut impl Iterator) -> Result<(), S::Error> {
        let (least, most) = values.size_hint();
        let wanted = usize::try_from(skipped).unwrap_or(usize::MAX);
        let mut left = wanted;
        if most == Some(least) {
            let known = least.min(left);
            if let Some(last) = known.checked_sub(1) {
                // A slice goes there at once.
                if values.nth(last).is_none() {
                    return Err(self.sink.fail(JsonError::StructureChanged));
                }
                left -= known;
            }
        } else {
            while left > 0 && values.next().is_some() {
                left -= 1;
            }
        }
        let taken = (wanted - left) as u32;
        if taken > 0 {
            self.separator = b',';
        }
        self.sink.replay().skip(self.level(), taken);
        Ok(())
    }

    /// Ends an array or an object.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn end<const CLOSE: u8>(self) -> Result<S, S::Error> {
        self.close(|sink, separator| match separator {
            b',' => sink.write_array(&[CLOSE]),
            open => sink.write_array(&[open, CLOSE]),
        })
    }

    /// Writes the end, which counts as the last element.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn close(
        mut self,
        write: impl FnOnce(S, u8) -> Result<S, S::Error>,
    ) -> Result<S, S::Error> {
        if self.next_action()? != ElementAction::Write {
            return Err(self.sink.fail(JsonError::StructureChanged));
        }
        self.part(|sink, separator, _| write(sink, separator))?;
        Ok(self.sink)
    }
}

/// A value that writes itself, whoever drives it. A closure would not always be inlined.
pub(crate) trait WriteValue<S: Sink> {
    fn write_value(self, sink: S, depth: Depth) -> Result<S, S::Error>;
}
