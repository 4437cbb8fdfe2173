//! The segments of a path; RFC 3986 § 3.3.

use core::fmt;
use core::ops::Deref;

use super::encoded::{Coding, Encoded};
use crate::field::grammar::Quoted;
use crate::head::status::Status;

/// The segments of a request's path, RFC 3986 § 3.3: the texts after each of its slashes.
///
/// They are as they were sent: `/` has one, which is empty, `/a/` has `a` and an empty one, and `.`
/// and `..` are segments. A path is split before anything is decoded, so a `%2F` is a part of its
/// segment. `*` and the target of a `CONNECT` have none.
///
/// [`decode`](Self::decode) makes texts of them, for routes.
///
/// ```
/// use replywire::request::Segments;
///
/// let mut segments = Segments::of("/items/%37/a%2Fb/");
/// assert!(segments.next().is_some_and(|segment| segment == "items"));
/// assert_eq!(segments.next().unwrap().parse::<u32>(), Ok(7));
/// assert!(segments.eq(["a/b", ""]));
/// ```
#[derive(Clone, Debug)]
pub struct Segments<'r> {
    rest: Option<&'r [u8]>,
}

impl<'r> Segments<'r> {
    /// The segments of a path without its query, such as
    /// [`Request::path`](super::Request::path).
    pub const fn of(path: &'r str) -> Self {
        let rest = match path.as_bytes() {
            [b'/', rest @ ..] => Some(rest),
            _ => None,
        };
        Self { rest }
    }

    /// The segments as texts, at most `N`, for `match`: each is decoded into `buf` where there is
    /// something to decode. So one path in two encodings takes one way.
    ///
    /// What no client sends that means well is refused, and never taken for another path: a `.` or
    /// `..`, which clients leave out (RFC 3986 § 5.2.4), also encoded, and NUL. A slash can be in a
    /// segment, from `%2F`, and so can `\` and control characters: a segment is not the name of a
    /// file.
    ///
    /// # Errors
    ///
    /// [`PathError`], which has a status to answer with. The first mistake in the path counts;
    /// then the number of segments, then `buf`.
    ///
    /// ```
    /// use replywire::request::{PathError, Segments};
    ///
    /// let mut buf = [0; 64];
    /// let path = Segments::of("/caf%C3%A9/7").decode::<2>(&mut buf)?;
    /// match *path {
    ///     ["caf\u{e9}", number] => assert_eq!(number.parse(), Ok(7)),
    ///     _ => panic!("{path:?}"),
    /// }
    /// for path in ["/a/../b", "/a/%2e%2E/b", "/."] {
    ///     let decoded = Segments::of(path).decode::<8>(&mut buf);
    ///     assert_eq!(decoded.unwrap_err(), PathError::DotSegment);
    /// }
    /// # Ok::<(), PathError>(())
    /// ```
    #[doc(alias("path_params", "router"))]
    pub fn decode<'b, const N: usize>(self, buf: &'b mut [u8]) -> Result<Path<'b, N>, PathError>
    where
        'r: 'b,
    {
        let mut path = Path {
            segments: [""; N],
            len: 0,
        };
        let mut needed = 0;
        for segment in self.clone() {
            needed += check(&segment)?;
            path.len += 1;
        }
        if path.len > N {
            return Err(PathError::TooManySegments);
        }
        if needed > buf.len() {
            return Err(PathError::Overflow { needed });
        }
        let mut room = buf;
        for (text, segment) in path.segments.iter_mut().zip(self) {
            let len = match segment.is_encoded() {
                true => segment.bytes().count(),
                false => 0,
            };
            let (place, rest) = room.split_at_mut_checked(len).unwrap_or_default();
            room = rest;
            // It was checked, and there is room.
            *text = segment.decode(place).unwrap_or_default();
        }
        Ok(path)
    }
}

/// Checks a segment; the number of bytes that it takes in a buffer.
fn check(segment: &Encoded<'_>) -> Result<usize, PathError> {
    if !segment.is_utf8() {
        Err(PathError::NotUtf8)
    } else if *segment == "." || *segment == ".." {
        Err(PathError::DotSegment)
    } else if segment.bytes().any(|byte| byte == 0) {
        Err(PathError::Nul)
    } else if segment.is_encoded() {
        Ok(segment.bytes().count())
    } else {
        Ok(0)
    }
}

impl<'r> Iterator for Segments<'r> {
    type Item = Encoded<'r>;

    fn next(&mut self) -> Option<Encoded<'r>> {
        let rest = self.rest?;
        let slash = rest.iter().position(|byte| *byte == b'/');
        let (segment, _) = rest.split_at_checked(slash.unwrap_or(rest.len()))?;
        self.rest = slash.and_then(|slash| rest.get(slash + 1..));
        Some(Encoded::new(segment, Coding::Percent))
    }
}

/// The decoded segments of a path: a slice of texts, for patterns.
#[derive(Clone, Copy)]
pub struct Path<'b, const N: usize> {
    segments: [&'b str; N],
    len: usize,
}

impl<'b, const N: usize> Path<'b, N> {
    /// The segments.
    pub fn as_slice(&self) -> &[&'b str] {
        self.segments.get(..self.len).unwrap_or_default()
    }
}

impl<'b, const N: usize> Deref for Path<'b, N> {
    type Target = [&'b str];

    fn deref(&self) -> &[&'b str] {
        self.as_slice()
    }
}

impl<const N: usize> fmt::Debug for Path<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = self.iter().map(|text| text.as_bytes());
        f.debug_list().entries(quoted.map(Quoted)).finish()
    }
}

/// The reason why a path is none of texts.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PathError {
    /// A segment is `.` or `..`.
    DotSegment,
    /// A segment is no UTF-8.
    NotUtf8,
    /// A segment has a NUL.
    Nul,
    /// The buffer was too small; `needed` bytes would have been enough.
    Overflow {
        /// The length of all segments in which there is something to decode.
        needed: usize,
    },
    /// The path has more segments than were asked for.
    TooManySegments,
}

impl PathError {
    /// The status that tells it: `404` for a path that no route can have, `414` where the buffer
    /// was too small, else `400`.
    pub const fn status(self) -> Status {
        match self {
            Self::DotSegment | Self::NotUtf8 | Self::Nul => Status::BAD_REQUEST,
            Self::Overflow { .. } => Status::URI_TOO_LONG,
            Self::TooManySegments => Status::NOT_FOUND,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotSegment => f.write_str("path has a dot segment"),
            Self::NotUtf8 => f.write_str("path is not UTF-8"),
            Self::Nul => f.write_str("path has a NUL"),
            Self::Overflow { needed } => write!(f, "decoded path needs {needed} bytes"),
            Self::TooManySegments => f.write_str("path has too many segments"),
        }
    }
}

impl core::error::Error for PathError {}
