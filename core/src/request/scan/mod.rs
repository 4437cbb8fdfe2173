//! The end of a request's head, found as its bytes arrive; RFC 9112 §§ 2.1 and 2.2.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
use self::compact::each_lf;
#[cfg(target_pointer_width = "64")]
use self::fast::each_lf;
use super::refusal::Refusal;
use crate::field::octets::has_byte;

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
        let told = each_lf(bytes, self.scanned, |at| match bytes.get(..=at) {
            Some([.., b'\r', b'\n', b'\r', b'\n']) => Some(Scanned::Head { len: at + 1 }),
            Some([.., b'\r', b'\n']) => None,
            _ => Some(Scanned::BareLf),
        });
        if let Some(told) = told {
            return told;
        }
        self.scanned = bytes.len();
        Scanned::More
    }
}

/// The reason to refuse a head that is longer than the buffer which holds its first `bytes`.
pub fn too_long(bytes: &[u8]) -> Refusal {
    match has_byte(bytes, b'\n') {
        true => Refusal::FieldsTooLarge,
        false => Refusal::UriTooLong,
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
    fn each_lf_is_told_once_at_every_two_places_of_every_length() {
        for len in 0..40 {
            for first in 0..=len {
                for second in first..=len {
                    // Beside LF, bytes that differ from it by one.
                    let mut bytes = [b'\x0b'; 41];
                    bytes[first] = b'\n';
                    bytes[second] = b'\n';
                    for from in 0..=len {
                        let mut told = std::vec::Vec::new();
                        let none = each_lf(&bytes[..len], from, |at| {
                            told.push(at);
                            None::<()>
                        });
                        let mut want = std::vec![first, second];
                        want.dedup();
                        want.retain(|at| (from..len).contains(at));
                        assert_eq!((told, none), (want, None), "{first} {second} of {len}");
                    }
                }
            }
        }
    }

    #[test]
    fn looking_at_heads_in_two_parts_tells_what_looking_at_the_whole_does() {
        const PARTS: [&[u8]; 4] = [b"a", b"\r", b"\n", b"\r\n"];
        for number in 0..PARTS.len().pow(7) {
            let parts = (0..7).map(|place| PARTS[number / PARTS.len().pow(place) % PARTS.len()]);
            let head: std::vec::Vec<u8> = parts.flatten().copied().collect();
            let whole = HeadScan::new().next(&head);
            for split in 0..=head.len() {
                let mut scan = HeadScan::new();
                let told = match scan.next(&head[..split]) {
                    Scanned::More => scan.next(&head),
                    // What comes later says no other.
                    told => told,
                };
                assert_eq!(told, whole, "{} at {split}", head.escape_ascii());
            }
        }
    }
}
