//! The parameters of a query, and why a request is refused.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use replywire::Error;

/// The most bytes of a decoded value, so that every reply fits the buffer.
pub(crate) const LONGEST: usize = 4096;

/// The decoded pairs of a query, in order.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query as `application/x-www-form-urlencoded`, and strictly: an escape that is none,
    /// or bytes that are no UTF-8, are refused, not replaced.
    pub(crate) fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let pairs = query.unwrap_or_default().split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// The value of a parameter that may be missing.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(other, _)| other == name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(|(_, value)| &**value)),
            (_, Some(_)) => Err(Refusal::Twice),
        }
    }

    /// The value of a parameter that may not be missing.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing)
    }

    /// The value of a parameter that is a number: digits, after `-` at most.
    pub(crate) fn number<N: FromStr>(&self, name: &str) -> Result<Option<N>, Refusal> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) if text.starts_with('+') => Err(Refusal::Number),
            Some(text) => text.parse().map(Some).map_err(|_| Refusal::Number),
        }
    }

    /// The value of a parameter that is `1` or `true`, `0` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name)? {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(Refusal::Flag),
        }
    }
}

/// Decodes a name or a value.
fn decode(text: &str) -> Result<String, Refusal> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return Err(Refusal::Escape);
    }
    let text = text.replace('+', " ");
    let text = String::from_utf8(percent_decode_str(&text).collect()).map_err(|_| Refusal::Utf8)?;
    match text.len() {
        0..=LONGEST => Ok(text),
        _ => Err(Refusal::Long),
    }
}

/// The reason for a `400 Bad Request`; none of the text is the client's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// A count is above its bound.
    Count,
    /// A `%` is not followed by two hexadecimal digits.
    Escape,
    /// A flag is neither true nor false.
    Flag,
    /// The content is no JSON.
    Json,
    /// A value is too long.
    Long,
    /// A parameter is missing.
    Missing,
    /// A number is none, or out of range.
    Number,
    /// The library has refused to write the reply.
    Reply(Error),
    /// The status is none.
    Status,
    /// The status announces another protocol.
    Switch,
    /// A time is above its bound.
    Time,
    /// A parameter is there twice.
    Twice,
    /// The request asks for no upgrade to the protocol.
    Upgrade,
    /// Decoded bytes are no UTF-8.
    Utf8,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "count above its bound",
            Self::Escape => "invalid percent-encoding",
            Self::Flag => "flag neither true nor false",
            Self::Json => "invalid JSON",
            Self::Long => "parameter too long",
            Self::Missing => "parameter missing",
            Self::Number => "invalid number",
            Self::Reply(error) => return error.fmt(f),
            Self::Status => "no status from 100 to 999",
            Self::Switch => "no other protocol to switch to",
            Self::Time => "time above its bound",
            Self::Twice => "parameter given twice",
            Self::Upgrade => "no upgrade to echo asked for",
            Self::Utf8 => "parameter not UTF-8",
        })
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Reply(error)
    }
}
