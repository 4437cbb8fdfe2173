//! The end of a request's head, found as its bytes arrive; RFC 9112 §§ 2.1 and 2.2.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
use self::compact::find_lf;
#[cfg(target_pointer_width = "64")]
use self::fast::find_lf;
use super::refusal::Refusal;

/// A search for the blank line that ends a head, which looks at each byte once.
///
/// ```
/// use replywire::request::{HeadScan, Scanned};
///
/// let mut scan = HeadScan::new();
/// assert_eq!(scan.next(b"\r\n"), Scanned::EmptyLine);
/// assert_eq!(scan.next(b"GET / HTTP/1.1\r\nhost: a\r"), Scanned::More);
/// assert_eq!(scan.next(b"GET / HTTP/1.1\r\nhost: a\r\n\r\nGET"), Scanned::Head { len: 27 });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadScan {
    /// The number of bytes that were looked at.
    scanned: usize,
}

/// The outcome of [`HeadScan::next`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Scanned {
    /// A line ended without CR, which some recipients take for the end of a line and others do not
    /// (RFC 9112 § 2.2): the request must be refused, with [`Refusal::BadRequest`].
    BareLf,
    /// An empty line comes before the request: drop two bytes (RFC 9112 § 2.2).
    EmptyLine,
    /// The head is whole.
    Head {
        /// Its length in bytes, the blank line included.
        len: usize,
    },
    /// The end has not come: read more.
    More,
}

impl HeadScan {
    /// A search of which no byte was looked at.
    pub const fn new() -> Self {
        Self { scanned: 0 }
    }

    /// Looks at `bytes`, which begin as those of the call before did, and may be more.
    ///
    /// After [`Scanned::Head`] and [`Scanned::EmptyLine`] begin a new search.
    pub fn next(&mut self, bytes: &[u8]) -> Scanned {
        if bytes.starts_with(b"\r\n") {
            return Scanned::EmptyLine;
        }
        let mut from = self.scanned.saturating_sub(3);
        while let Some(tail) = bytes.get(from..) {
            let Some(offset) = find_lf(tail) else {
                break;
            };
            let end = from + offset + 1;
            let line = bytes.get(..end).unwrap_or_default();
            if line.ends_with(b"\r\n\r\n") {
                return Scanned::Head { len: end };
            }
            if !line.ends_with(b"\r\n") {
                return Scanned::BareLf;
            }
            from = end;
        }
        self.scanned = bytes.len();
        Scanned::More
    }
}

/// The reason to refuse a head that is longer than the buffer which holds its first `bytes`.
pub fn too_long(bytes: &[u8]) -> Refusal {
    match find_lf(bytes) {
        Some(_) => Refusal::FieldsTooLarge,
        None => Refusal::UriTooLong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_found_at_every_split() {
        let head = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for split in 0..=head.len() {
            let mut scan = HeadScan::new();
            if split < head.len() {
                assert_eq!(scan.next(&head[..split]), Scanned::More);
            }
            assert_eq!(scan.next(head), Scanned::Head { len: head.len() });
        }
    }

    #[test]
    fn a_line_that_ends_in_lf_alone_is_told() {
        for text in [
            "GET / HTTP/1.1\n",
            "GET / HTTP/1.1\r\nhost: a\n\r\n",
            "\n",
            "a\r\n\n",
        ] {
            assert_eq!(
                HeadScan::new().next(text.as_bytes()),
                Scanned::BareLf,
                "{text:?}"
            );
        }
    }

    #[test]
    fn an_lf_is_found_at_every_place_of_every_length() {
        for len in 0..40 {
            for at in 0..=len {
                let mut bytes = [b'a'; 40];
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = b'\n';
                }
                let want = (at < len).then_some(at);
                assert_eq!(find_lf(&bytes[..len]), want, "{at} of {len}");
            }
        }
    }
}
