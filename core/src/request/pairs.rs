//! Names and values of a query or a form: `application/x-www-form-urlencoded`.

use core::fmt;
use core::str::FromStr;

use super::encoded::{Coding, Encoded, ParseError};
use crate::field::grammar::Quoted;

/// The pairs of a query, or of a form of the type `application/x-www-form-urlencoded`, as the URL
/// Standard's parser (§ 5.1) reads them.
///
/// They are separated by `&`; empty ones are passed over. The first `=` of a pair ends its name,
/// and without one the value is empty. Names are compared decoded. [`Encoded`] tells what becomes
/// of broken encodings.
///
/// ```
/// use replywire::request::Pairs;
///
/// let pairs = Pairs::of(b"tag=a+b&n=40&&tag=c%26d&flag");
/// assert_eq!(pairs.parse::<u16>("n"), Ok(Some(40)));
/// assert_eq!(pairs.parse::<u16>("m"), Ok(None));
/// assert!(pairs.parse::<u16>("tag").is_err());
/// assert!(pairs.get("flag").is_some_and(|value| value == ""));
/// assert!(pairs.all("tag").eq(["a b", "c&d"]));
/// assert_eq!(pairs.iter().count(), 4);
/// ```
#[doc(alias = "query_params")]
#[derive(Clone, Copy)]
pub struct Pairs<'r> {
    text: &'r [u8],
}

impl<'r> Pairs<'r> {
    /// The pairs of a query without its `?`, or of a form's content.
    pub const fn of(text: &'r [u8]) -> Self {
        Self { text }
    }

    /// All names and values in order.
    pub fn iter(&self) -> PairIter<'r> {
        PairIter { rest: self.text }
    }

    /// The value of the first pair of this name.
    pub fn get(&self, name: &str) -> Option<Encoded<'r>> {
        self.all(name).next()
    }

    /// The values of all pairs of this name, in order.
    pub fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = Encoded<'r>> + use<'r, 'n> {
        let pairs = self.iter().filter(move |(other, _)| *other == *name);
        pairs.map(|(_, value)| value)
    }

    /// The value of the first pair of this name as a value of a type; see [`Encoded::parse`].
    ///
    /// # Errors
    ///
    /// [`ParseError`] where there is such a pair and its value is none of the type.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<Option<T>, ParseError<T::Err>> {
        self.get(name).map(|value| value.parse()).transpose()
    }
}

impl<'r> IntoIterator for Pairs<'r> {
    type Item = (Encoded<'r>, Encoded<'r>);
    type IntoIter = PairIter<'r>;

    fn into_iter(self) -> PairIter<'r> {
        self.iter()
    }
}

impl fmt::Debug for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pairs").field(&Quoted(self.text)).finish()
    }
}

/// All pairs in order.
#[derive(Clone, Debug)]
pub struct PairIter<'r> {
    rest: &'r [u8],
}

impl<'r> Iterator for PairIter<'r> {
    type Item = (Encoded<'r>, Encoded<'r>);

    fn next(&mut self) -> Option<(Encoded<'r>, Encoded<'r>)> {
        while !self.rest.is_empty() {
            let (pair, rest) = cut(self.rest, b'&');
            self.rest = rest;
            if !pair.is_empty() {
                let (name, value) = cut(pair, b'=');
                let part = |text| Encoded::new(text, Coding::Form);
                return Some((part(name), part(value)));
            }
        }
        None
    }
}

/// The text before the first `separator`, and that after it.
fn cut(text: &[u8], separator: u8) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| *byte == separator);
    let (before, after) = end
        .and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, &[]));
    (before, after.get(1..).unwrap_or_default())
}
