use core::fmt;

use heapless::{Vec, VecView};

use super::lines::{Line, Lines, find, first_line, remove_all};
use crate::error::Error;
use crate::field::cookie::SetCookie;
use crate::field::grammar;
use crate::field::line::write_field;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::write::buf::Buf;
use crate::write::bytes::rotate_right;

/// Header lines that can be edited before they are written, in `N` bytes.
///
/// The lines stand as they will on the wire, so a line takes its name, its value and four bytes.
/// While a line is replaced, the old and the new one are both in the store. Names are compared
/// without case and kept lower-case. Every name and value is checked as [`Response::header`] does;
/// an edit that fails changes nothing.
///
/// ```
/// use replywire::{Headers, Response, Status};
///
/// let mut headers = Headers::<128>::new();
/// headers.set("Cache-Control", "no-store")?;
/// headers.add_vary("Origin")?;
/// headers.add_vary("Accept-Encoding")?;
/// assert_eq!(headers.get("vary"), Some(&b"Origin, Accept-Encoding"[..]));
///
/// let mut buf = [0; 256];
/// let reply = Response::new(&mut buf, Status::OK).headers(&headers).empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncache-control: no-store\r\nvary: Origin, Accept-Encoding\r\n\
///       content-length: 0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// [`Response::header`]: crate::Response::header
#[derive(Clone, Default)]
pub struct Headers<const N: usize> {
    lines: Vec<u8, N>,
}

impl<const N: usize> Headers<N> {
    /// Makes a store with no lines.
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// Adds a line after the others.
    ///
    /// # Errors
    ///
    /// The errors that [`Response::header`](crate::Response::header) remembers for the name and the
    /// value; [`Error::Overflow`] with the size of a store that has room.
    pub fn append(&mut self, name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
        push(&mut self.lines, |_, buf| write_field(buf, name, value))?;
        Ok(())
    }

    /// Adds a `set-cookie` line; a cookie of the same name stays.
    ///
    /// # Errors
    ///
    /// An error of the cookie; [`Error::Overflow`] with the size of a store that has room.
    pub fn cookie(&mut self, cookie: &SetCookie<'_>) -> Result<(), Error> {
        push(&mut self.lines, |_, buf| cookie.write(buf))?;
        Ok(())
    }

    /// Makes this the only line of its name, where the first one stood, or else at the end.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    pub fn set(&mut self, name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
        let start = push(&mut self.lines, |_, buf| write_field(buf, name, value))?;
        settle(&mut self.lines, start);
        Ok(())
    }

    /// [`set`](Self::set)s each pair in turn.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append) for the first pair that fails; the pairs before it stay.
    pub fn update<K: FieldName, V: FieldValue>(
        &mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        pairs
            .into_iter()
            .try_for_each(|(name, value)| self.set(name, value))
    }

    /// The value of the first line of this name, after adding one with `value` if there is none.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append), whether or not there is such a line.
    pub fn set_default(
        &mut self,
        name: impl FieldName,
        value: impl FieldValue,
    ) -> Result<&[u8], Error> {
        let start = push(&mut self.lines, |_, buf| write_field(buf, name, value))?;
        let (old, new) = split(&self.lines, start);
        let Some(Line { name, .. }) = first_line(new) else {
            return Ok(&[]);
        };
        let from = match find(old, name) {
            Some(earlier) => {
                self.lines.truncate(start);
                earlier
            }
            None => start,
        };
        let (_, line) = split(&self.lines, from);
        Ok(first_line(line).map_or(&[], |line| line.value))
    }

    /// Removes every line of this name.
    pub fn remove(&mut self, name: impl FieldName) {
        let kept = remove_all(&mut self.lines, name.bytes());
        self.lines.truncate(kept);
    }

    /// Joins all `vary` lines and `value` into one list, where the first one stood; RFC 9110
    /// § 12.5.5.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append); [`Error::HeaderValue`] too for an empty value after others.
    pub fn add_vary(&mut self, value: &str) -> Result<(), Error> {
        let start = push(&mut self.lines, |lines, buf| {
            grammar::check_text(value)?;
            if value.is_empty() && find(lines, b"vary").is_some() {
                return Err(Error::HeaderValue);
            }
            buf.write_array(b"vary: ");
            for line in Lines(lines) {
                if line.name == b"vary" {
                    buf.write(line.value);
                    buf.write_array(b", ");
                }
            }
            buf.write(value.as_bytes());
            buf.write_array(b"\r\n");
            Ok(())
        })?;
        settle(&mut self.lines, start);
        Ok(())
    }

    /// Returns true if there is a line of this name.
    pub fn contains(&self, name: impl FieldName) -> bool {
        find(&self.lines, name.bytes()).is_some()
    }

    /// The value of the first line of this name.
    pub fn get(&self, name: impl FieldName) -> Option<&[u8]> {
        self.get_all(name).next()
    }

    /// The values of all lines of this name, in order.
    pub fn get_all(&self, name: impl FieldName) -> impl Iterator<Item = &[u8]> {
        Lines(&self.lines)
            .filter(move |line| line.name.eq_ignore_ascii_case(name.bytes()))
            .map(|line| line.value)
    }

    /// All lines in order, as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        Lines(&self.lines).map(|line| {
            (
                core::str::from_utf8(line.name).unwrap_or_default(),
                line.value,
            )
        })
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        Lines(&self.lines).count()
    }

    /// Returns true if there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Removes all lines.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// The lines as they stand on the wire.
    pub(crate) fn as_lines(&self) -> &[u8] {
        &self.lines
    }
}

impl<const N: usize> fmt::Debug for Headers<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = f.debug_struct("Headers");
        for (name, value) in self.iter() {
            lines.field(name, &grammar::Quoted(value));
        }
        lines.finish()
    }
}

/// Stores are equal when both have the same lines, in whatever order.
impl<const N: usize, const M: usize> PartialEq<Headers<M>> for Headers<N> {
    fn eq(&self, other: &Headers<M>) -> bool {
        let count = |lines, want: (&[u8], &[u8])| {
            Lines(lines)
                .filter(|line| (line.name, line.value) == want)
                .count()
        };
        self.lines.len() == other.lines.len()
            && Lines(&self.lines).all(|Line { name, value, .. }| {
                count(&self.lines, (name, value)) == count(&other.lines, (name, value))
            })
    }
}

fn split(lines: &[u8], at: usize) -> (&[u8], &[u8]) {
    lines.split_at_checked(at).unwrap_or_default()
}

/// Appends the bytes that `write` writes, and returns their place.
///
/// `write` runs twice, to measure and to write, and is given the lines before.
fn push(
    lines: &mut VecView<u8>,
    write: impl Fn(&[u8], &mut Buf<'_>) -> Result<(), Error>,
) -> Result<usize, Error> {
    let start = lines.len();
    let mut measure = Buf::new(&mut []);
    write(lines, &mut measure)?;
    let needed = start.saturating_add(measure.len());
    if lines.resize_default(needed).is_err() {
        return Err(Error::Overflow { needed });
    }
    if let Some((old, new)) = lines.split_at_mut_checked(start) {
        write(old, &mut Buf::new(new))?;
    }
    Ok(start)
}

/// Makes the last line, which begins at `start`, the only one of its name, at the first's place.
fn settle(lines: &mut VecView<u8>, start: usize) {
    let (old, new) = split(lines, start);
    let len = new.len();
    let Some(place) = first_line(new).and_then(|line| find(old, line.name)) else {
        return;
    };
    rotate_right(lines.get_mut(place..).unwrap_or_default(), len);
    let end = place + len;
    let kept = match lines.split_at_mut_checked(end) {
        Some((line, rest)) => {
            let (_, line) = split(line, place);
            first_line(line).map_or(rest.len(), |line| remove_all(rest, line.name))
        }
        None => 0,
    };
    lines.truncate(end + kept);
}
