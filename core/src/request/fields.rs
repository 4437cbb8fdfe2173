//! The view of a request's header fields.

use core::fmt;

/// The header fields of a request, as they came.
///
/// They can be handed to everything that reads fields: [`Exchange::new`](super::Exchange::new),
/// [`File::plan`](crate::file::File::plan), [`Preflight::read`](crate::Preflight::read).
///
/// ```
/// use replywire::request::Fields;
///
/// let fields = Fields::of_lines(b"Host: example.org\r\nAccept: */*\r\naccept: text/html\r\n");
/// assert_eq!(fields.get("host"), Some(&b"example.org"[..]));
/// assert_eq!(fields.get("accept"), Some(&b"*/*"[..]));
/// assert_eq!(fields.iter().count(), 3);
/// assert_eq!(fields.get("cookie"), None);
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
        self.lines.split(|byte| *byte == b'\n').filter_map(field)
    }

    /// The value of the first field of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&'r [u8]> {
        self.iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for Fields<'_> {
    /// Shows the names alone: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
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
