//! The view of a message's header fields.

use core::fmt;

use super::encoded::{Coding, Encoded};
use super::media_type::MediaType;
use crate::field::cookie;
use crate::field::grammar::Quoted;
use crate::field::list::{Members, values};

/// The header fields of a request, as they came, or of a [`Reply`](crate::Reply).
///
/// They can be handed to everything that reads fields: [`Exchange::new`](super::Exchange::new),
/// [`File::plan`](crate::file::File::plan), [`Preflight::read`](crate::Preflight::read),
/// [`Accepted::of_fields`](crate::file::Accepted::of_fields). These take the pairs of any other
/// server too. All of them read every line of a list, and ignore its empty members (RFC 9110
/// §§ 5.3 and 5.6.1). Of a field of one value the first line counts, but where two lines could
/// mislead: preconditions with a date are then ignored, an `if-range` that comes twice is met by
/// nothing, and a request with two `host` or `content-length` is refused.
///
/// ```
/// use replywire::request::{Exchange, Fields, Version};
///
/// let fields = Fields::of_lines(
///     b"Host: example.org\r\nConnection: x,, y\r\nCookie: a=1; b=2\r\nconnection: close\r\n",
/// );
/// assert_eq!(fields.get("host"), Some(&b"example.org"[..]));
/// assert_eq!(fields.get("accept"), None);
/// assert!(fields.all("connection").eq([&b"x,, y"[..], b"close"]));
/// assert!(fields.list("connection").eq([&b"x"[..], b"y", b"close"]));
/// assert!(fields.cookies().eq([(&b"a"[..], &b"1"[..]), (b"b", b"2")]));
/// assert!(!Exchange::new("GET", Version::Http11, fields).keep_alive());
/// ```
#[derive(Clone, Copy)]
pub struct Fields<'r> {
    lines: &'r [u8],
}

impl<'r> Fields<'r> {
    /// The fields of these lines, each of which ends in CRLF; RFC 9112 § 5.
    ///
    /// Nothing is checked: a line without a colon, or with a name that is not UTF-8, is passed
    /// over.
    pub const fn of_lines(lines: &'r [u8]) -> Self {
        Self { lines }
    }

    /// All fields in order; names as they were sent, values without the blanks around them.
    pub fn iter(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> + Clone + use<'r> {
        self.into_iter()
    }

    /// The value of the first field of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&'r [u8]> {
        self.all(name).next()
    }

    /// The values of all fields of this name, in any case, in order.
    pub fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = &'r [u8]> + use<'r, 'n> {
        values(self.iter(), name)
    }

    /// The members of the list that all fields of this name are, without the blanks around them;
    /// empty ones are ignored. RFC 9110 §§ 5.3 and 5.6.1.
    ///
    /// A comma in a quoted string ends a member too.
    pub fn list<'n>(&self, name: &'n str) -> impl Iterator<Item = &'r [u8]> + use<'r, 'n> {
        self.all(name).flat_map(Members)
    }

    /// The name and the value of each cookie, in order, of all `cookie` lines; RFC 6265 § 4.2.
    ///
    /// A value is as it was sent, with its quotes if it has some. A pair without `=` is a value
    /// without a name. A client may send two cookies of one name, of which the first has the
    /// longer path (§ 5.4).
    pub fn cookies(&self) -> impl Iterator<Item = (&'r [u8], &'r [u8])> + use<'r> {
        self.all("cookie").flat_map(cookie::pairs)
    }

    /// The value of the first cookie of this name, as it was sent; names are case-sensitive.
    ///
    /// ```
    /// use replywire::request::Fields;
    ///
    /// let fields = Fields::of_lines(b"cookie: theme=dark; n=7\r\ncookie: n=8\r\n");
    /// assert!(fields.cookie("theme").is_some_and(|theme| theme == "dark"));
    /// assert_eq!(fields.cookie("n").map(|n| n.parse::<u32>()), Some(Ok(7)));
    /// assert!(fields.cookie("Theme").is_none());
    /// ```
    pub fn cookie(&self, name: &str) -> Option<Encoded<'r>> {
        let mut cookies = self.cookies();
        let (_, value) = cookies.find(|(other, _)| *other == name.as_bytes())?;
        Some(Encoded::new(value, Coding::Opaque))
    }

    /// The media type of the content; `None` where `content-type` is missing, no media type, or
    /// there twice, so that two readers could not differ. RFC 9110 §§ 5.3 and 8.3.
    pub fn media_type(&self) -> Option<MediaType<'r>> {
        self.only("content-type").and_then(MediaType::parse)
    }

    /// The value of the one field of this name; `None` where it is missing or there twice.
    pub(crate) fn only(&self, name: &str) -> Option<&'r [u8]> {
        let mut values = self.all(name);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }
}

impl<'r> IntoIterator for Fields<'r> {
    type Item = (&'r str, &'r [u8]);
    type IntoIter = FieldIter<'r>;

    fn into_iter(self) -> FieldIter<'r> {
        FieldIter { rest: self.lines }
    }
}

/// All fields in order.
#[derive(Clone, Debug)]
pub struct FieldIter<'r> {
    rest: &'r [u8],
}

impl<'r> Iterator for FieldIter<'r> {
    type Item = (&'r str, &'r [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let end = self.rest.iter().position(|byte| *byte == b'\n');
            let (line, rest) = match end {
                Some(end) => (self.rest.get(..end)?, self.rest.get(end.wrapping_add(1)..)?),
                None => (self.rest, &[][..]),
            };
            self.rest = rest;
            if let Some(field) = field(line) {
                return Some(field);
            }
        }
        None
    }
}

impl fmt::Debug for Fields<'_> {
    /// Shows the names alone: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| Quoted(name.as_bytes())))
            .finish()
    }
}

/// The name and the value of a line.
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.strip_prefix(b":")?.trim_ascii();
    Some((core::str::from_utf8(name).ok()?, value))
}
