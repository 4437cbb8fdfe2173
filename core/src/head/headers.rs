use core::fmt;

use heapless::{Vec, VecView};

use super::lines::{Line, Lines, find, first_line};
use crate::error::{Error, Place};
use crate::field::cookie::SetCookie;
use crate::field::grammar;
use crate::field::hop_by_hop;
use crate::field::line::{remove_lines, write_field};
use crate::field::list::Members;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::write::buf::Buf;
use crate::write::bytes::{remove, rotate_right};

/// Header lines that can be edited before they are written, in `N` bytes.
///
/// The lines stand as they will on the wire, so a line takes its name, its value and four bytes.
/// While a line is replaced, the old and the new one are both in the store. Names are compared
/// without case and kept lower-case. Every name and value is checked as [`Response::header`] does;
/// an edit that fails changes nothing.
///
/// ```
/// use replywire::{Headers, Response, Status};
/// use replywire::request::Exchange;
///
/// let mut headers = Headers::<128>::new();
/// headers.set("Cache-Control", "no-store")?;
/// headers.add_vary("Origin")?;
/// headers.add_vary("Accept-Encoding")?;
/// assert_eq!(headers.get("vary"), Some(&b"Origin, Accept-Encoding"[..]));
///
/// let mut buf = [0; 256];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).headers(&headers).empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncache-control: no-store\r\nvary: Origin, Accept-Encoding\r\n\
///       content-length: 0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// [`Response::header`]: crate::Response::header
#[doc(alias("MutableHeaders", "HeaderMap"))]
#[derive(Clone, Default)]
pub struct Headers<const N: usize> {
    lines: Vec<u8, N>,
}

impl<const N: usize> Headers<N> {
    /// Makes a store with no lines.
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// Adds a line after the others. A field of one value has no other: an earlier line of it goes,
    /// as [`Response::header`](crate::Response::header) says.
    ///
    /// # Errors
    ///
    /// The errors that [`Response::header`](crate::Response::header) remembers for the name and the
    /// value; [`Error::Overflow`] with the size of a store that has room.
    pub fn append(&mut self, name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
        let start = push(&mut self.lines, |_, buf| write_field(buf, name, value))?;
        if name.id().is_singleton() {
            remove_before(&mut self.lines, name.bytes(), start);
        }
        Ok(())
    }

    /// [`append`](Self::append)s the fields of another message, such as a reply from elsewhere, as
    /// [`Response::forward`](crate::Response::forward) does.
    ///
    /// # Errors
    ///
    /// As [`Response::forward`](crate::Response::forward); [`Error::Overflow`] with the size of a
    /// store that has room for the first field that has none. The fields before it stay.
    pub fn forward<K, V>(
        &mut self,
        fields: impl IntoIterator<Item = (K, V)> + Clone,
    ) -> Result<(), Error>
    where
        K: AsRef<str>,
        V: AsRef<[u8]>,
    {
        hop_by_hop::forward(fields, |name, value| self.append(name, value))
    }

    /// Adds a `set-cookie` line; a cookie of the same name stays.
    ///
    /// # Errors
    ///
    /// An error of the cookie; [`Error::Overflow`] with the size of a store that has room.
    #[doc(alias = "set_cookie")]
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
    #[doc(alias = "setdefault")]
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
    #[doc(alias = "delete")]
    pub fn remove(&mut self, name: impl FieldName) {
        let kept = remove_lines(&mut self.lines, name.bytes());
        self.lines.truncate(kept);
    }

    /// Joins all `vary` lines and `value`, a list, into one list, where the first one stood;
    /// RFC 9110 § 12.5.5.
    ///
    /// A name that is there twice, in any case, is written once, and `*` stands alone. Of the lines
    /// that stand there, only a name that is one of their first 32 is sure to be found twice.
    ///
    /// # Errors
    ///
    /// [`Error::HeaderValue`] for a value with a blank at its end, with no member or with one that
    /// is no `token`; [`Error::Overflow`] with the size of a store that has room.
    #[doc(alias = "add_vary_header")]
    pub fn add_vary(&mut self, value: &str) -> Result<(), Error> {
        let start = push(&mut self.lines, |lines, buf| {
            let mut added = Members(value.as_bytes());
            let is_list = added.clone().next().is_some() && added.all(grammar::is_token);
            if !is_list || !grammar::has_field_vchar_ends(value.as_bytes()) {
                return Err(Error::HeaderValue(Place::UNKNOWN));
            }
            buf.write_array(b"vary: ");
            let lines = || Lines(lines).filter(|line| line.name == b"vary");
            let old = || lines().flat_map(|line| Members(line.value));
            write_union(buf, old, Members(value.as_bytes()));
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
    #[doc(alias = "getlist")]
    pub fn get_all(&self, name: impl FieldName) -> impl Iterator<Item = &[u8]> {
        Lines(&self.lines)
            .filter(move |line| line.name.eq_ignore_ascii_case(name.bytes()))
            .map(|line| line.value)
    }

    /// All lines in order, as name and value.
    #[doc(alias("raw", "items"))]
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
///
/// Where the order differs, the time grows with the square of the number of lines, of which a store
/// of `N` bytes has at most `N / 5`; in the same order, and for stores that are not of one length,
/// it grows with the length. So compare large stores of lines that strangers have sent in the order
/// in which they came.
impl<const N: usize, const M: usize> PartialEq<Headers<M>> for Headers<N> {
    fn eq(&self, other: &Headers<M>) -> bool {
        let count = |lines, want: (&[u8], &[u8])| {
            Lines(lines)
                .filter(|line| (line.name, line.value) == want)
                .count()
        };
        self.lines == other.lines
            || self.lines.len() == other.lines.len()
                && Lines(&self.lines).all(|Line { name, value, .. }| {
                    count(&self.lines, (name, value)) == count(&other.lines, (name, value))
                })
    }
}

/// Writes the members of `old` and `new` once, or `*` alone.
///
/// Each member of `old` is compared with the first of them alone, so that the work is linear in
/// lines that a stranger may have sent.
fn write_union<'l, I: Iterator<Item = &'l [u8]>>(
    buf: &mut Buf<'_>,
    old: impl Fn() -> I,
    new: Members<'l>,
) {
    if old().chain(new.clone()).any(|member| member == b"*") {
        return buf.write_array(b"*");
    }
    let mut separator: &[u8] = b"";
    let mut write = |member| {
        buf.write(separator);
        buf.write(member);
        separator = b", ";
    };
    let mut first = Vec::<&[u8], 32>::new();
    for member in old() {
        if !first.iter().any(|one| one.eq_ignore_ascii_case(member)) {
            // The later ones may stand there twice.
            let _ = first.push(member);
            write(member);
        }
    }
    for (at, member) in new.clone().enumerate() {
        let mut others = old().chain(new.clone().take(at));
        if !others.any(|one| one.eq_ignore_ascii_case(member)) {
            write(member);
        }
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
    write(lines, &mut measure).map_err(|error| located(error, lines))?;
    let needed = start.saturating_add(measure.len());
    if lines.resize_default(needed).is_err() {
        return Err(Error::Overflow { needed });
    }
    let mut result = Ok(());
    if let Some((old, new)) = lines.split_at_mut_checked(start) {
        let mut out = Buf::new(new);
        result = write(old, &mut out);
        if result.is_ok() && out.len() != measure.len() {
            result = Err(Error::ContentChanged);
        }
    }
    if let Err(error) = result {
        lines.truncate(start);
        return Err(located(error, lines));
    }
    Ok(start)
}

/// The mistake with its place: in the line after these.
#[cold]
fn located(error: Error, lines: &[u8]) -> Error {
    match Place::IS_TOLD {
        true => error.in_line(Lines(lines).count() + 1),
        false => error,
    }
}

/// Removes the line of this name that stands before `start`.
fn remove_before(lines: &mut VecView<u8>, name: &[u8], start: usize) {
    let old = lines.get_mut(..start).unwrap_or_default();
    let kept = remove_lines(old, name);
    let removed = start.saturating_sub(kept);
    remove(lines, kept, removed);
    lines.truncate(lines.len().saturating_sub(removed));
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
            first_line(line).map_or(rest.len(), |line| remove_lines(rest, line.name))
        }
        None => 0,
    };
    lines.truncate(end + kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::bytes::moves;

    /// A store of `2 * n` lines, of which each second one has the name `x`.
    fn store(n: usize) -> std::boxed::Box<Headers<{ 1 << 17 }>> {
        let mut headers = std::boxed::Box::new(Headers::new());
        for _ in 0..n {
            headers.append("x", "1").unwrap();
            headers.append("y", "2").unwrap();
        }
        headers
    }

    #[test]
    fn an_edit_of_any_number_of_lines_moves_and_reads_each_byte_a_few_times() {
        type Edit = fn(&mut Headers<{ 1 << 17 }>);
        let edits: [(&str, Edit); 8] = [
            ("remove", |headers| headers.remove("x")),
            ("remove none", |headers| headers.remove("z")),
            ("set", |headers| headers.set("x", "3").unwrap()),
            ("update", |headers| headers.update([("x", "3")]).unwrap()),
            ("add_vary", |headers| headers.add_vary("Origin").unwrap()),
            ("append", |headers| headers.append("age", "1").unwrap()),
            ("forward", |headers| {
                let ages = std::vec![("age", "1"); headers.len()];
                headers.forward(ages).unwrap();
            }),
            ("equal", |headers| assert!(headers == &headers.clone())),
        ];
        for (name, edit) in edits {
            for n in [10, 8000] {
                let mut headers = store(n);
                headers.append("vary", "Cookie").unwrap();
                moves::take();
                edit(&mut headers);
                let moved = moves::take();
                let len = 2 * n * "x: 1\r\n".len() + 64;
                assert!(moved <= 12 * len, "{name} of {n} lines: {moved} bytes");
            }
        }
    }

    #[test]
    fn vary_lines_that_a_stranger_sent_are_joined_in_a_few_passes() {
        for n in [10, 8000] {
            let mut headers = std::boxed::Box::new(Headers::<{ 1 << 18 }>::new());
            for i in 0..n {
                headers
                    .append("vary", std::format!("{i}").as_str())
                    .unwrap();
            }
            moves::take();
            headers.add_vary("Origin, 0").unwrap();
            let read = moves::take();
            assert!(
                read <= 12 * (n * "vary: 8000\r\n".len() + 64),
                "{read} bytes"
            );
            let all = (0..n)
                .map(|i| std::format!("{i}, "))
                .collect::<std::string::String>();
            assert!(
                headers
                    .iter()
                    .eq([("vary", [all.as_str(), "Origin"].concat().as_bytes())])
            );
        }
    }
}
