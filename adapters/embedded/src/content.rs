//! The content of a request, decoded as its bytes arrive; RFC 9112 §§ 6.3 and 7.1.

/// The most bytes of chunk extensions and trailer fields, which are read and dropped.
const MAX_OVERHEAD: u16 = 4096;

/// The chunked coding was wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Malformed;

/// How much of a request's content is still to come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Content {
    place: Place,
    /// Bytes of content that come next, or the size of a chunk as far as it was read.
    left: u64,
    /// How many digits of the size were read.
    digits: u8,
    overhead: u16,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Ended,
    /// The coding was wrong.
    Failed,
    /// In content of a known length.
    Length,
    /// In the size of a chunk.
    Size,
    /// In the blanks that may follow the size.
    Blank,
    /// In an extension, up to CR.
    Extension,
    /// Before the LF of the size line.
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a trailer line.
    Trailer,
    /// In a trailer line, up to CR.
    TrailerLine,
    TrailerLf,
    /// Before the last LF.
    LastLf,
}

/// What [`Content::decode`] did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Decoded {
    /// Bytes taken from the input.
    pub(crate) taken: usize,
    /// Bytes of content written to the output.
    pub(crate) written: usize,
}

impl Content {
    /// Content of `left` bytes.
    pub(crate) const fn of(left: u64) -> Self {
        let place = match left {
            0 => Place::Ended,
            _ => Place::Length,
        };
        Self::at(place, left)
    }

    pub(crate) const fn chunked() -> Self {
        Self::at(Place::Size, 0)
    }

    const fn at(place: Place, left: u64) -> Self {
        Self {
            place,
            left,
            digits: 0,
            overhead: 0,
        }
    }

    pub(crate) fn is_chunked(&self) -> bool {
        self.place == Place::Size
    }

    /// How many of the next bytes of the input are content and nothing else.
    pub(crate) const fn plain(&self) -> u64 {
        match self.place {
            Place::Length | Place::Data => self.left,
            _ => 0,
        }
    }

    /// Takes `n` bytes of content that were read past this decoder.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn take(&mut self, n: u64) {
        self.left = self.left.saturating_sub(n);
        if self.left == 0 {
            self.place = match self.place {
                Place::Length => Place::Ended,
                Place::Data => Place::DataCr,
                place => place,
            };
        }
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.place == Place::Ended
    }

    /// How many bytes are still to come at least, and whether that is all.
    pub(crate) const fn remaining(&self) -> Option<u64> {
        match self.place {
            Place::Ended => Some(0),
            Place::Length => Some(self.left),
            _ => None,
        }
    }

    /// Takes bytes from `input` until its end, the end of the content, or a full `output`.
    pub(crate) fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Decoded, Malformed> {
        let (mut rest, mut free) = (input, output);
        let (len, room) = (rest.len(), free.len());
        loop {
            match self.place {
                Place::Ended => break,
                Place::Failed => return Err(Malformed),
                Place::Length | Place::Data => {
                    let n = copy(free, rest, self.left);
                    if n == 0 {
                        break;
                    }
                    self.take(n as u64);
                    rest = rest.get(n..).unwrap_or_default();
                    free = free.get_mut(n..).unwrap_or_default();
                }
                _ => {
                    let Some((byte, tail)) = rest.split_first() else {
                        break;
                    };
                    // So it stays where the coding is wrong.
                    let place = self.advance(*byte);
                    self.place = place.unwrap_or(Place::Failed);
                    rest = tail;
                }
            }
        }
        Ok(Decoded {
            taken: len - rest.len(),
            written: room - free.len(),
        })
    }

    /// Where one byte of the coding itself leads.
    fn advance(&mut self, byte: u8) -> Result<Place, Malformed> {
        if self.place == Place::Size {
            match char::from(byte).to_digit(16) {
                Some(digit) if self.digits < 16 => {
                    self.left = self.left << 4 | u64::from(digit);
                    self.digits += 1;
                    return Ok(Place::Size);
                }
                None if self.digits > 0 => self.place = Place::Blank,
                _ => return Err(Malformed),
            }
        }
        // What ends this place, where that leads, and where any other text does.
        let (end, next, text) = match self.place {
            Place::Blank => (b'\r', Place::SizeLf, Place::Failed),
            Place::Extension => (b'\r', Place::SizeLf, Place::Extension),
            Place::SizeLf if self.left > 0 => (b'\n', Place::Data, Place::Failed),
            Place::SizeLf => (b'\n', Place::Trailer, Place::Failed),
            Place::DataCr => (b'\r', Place::DataLf, Place::Failed),
            Place::DataLf => (b'\n', Place::Size, Place::Failed),
            Place::Trailer => (b'\r', Place::LastLf, Place::TrailerLine),
            Place::TrailerLine => (b'\r', Place::TrailerLf, Place::TrailerLine),
            Place::TrailerLf => (b'\n', Place::Trailer, Place::Failed),
            Place::LastLf => (b'\n', Place::Ended, Place::Failed),
            _ => return Err(Malformed),
        };
        if byte == end {
            self.digits = 0;
            return Ok(next);
        }
        self.overhead += 1;
        match (self.place, byte) {
            _ if self.overhead > MAX_OVERHEAD => Err(Malformed),
            (Place::Blank, b' ' | b'\t') => Ok(Place::Blank),
            (Place::Blank, b';') => Ok(Place::Extension),
            _ if text != Place::Failed && is_text(byte) => Ok(text),
            _ => Err(Malformed),
        }
    }
}

/// What an extension or a trailer field may hold.
const fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

fn copy(to: &mut [u8], from: &[u8], most: u64) -> usize {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let n = to.len().min(from.len()).min(most);
    for (to, from) in to.iter_mut().zip(from).take(n) {
        *to = *from;
    }
    n
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    fn decode(
        mut content: Content,
        wire: &[u8],
        split: usize,
    ) -> Result<(Vec<u8>, usize), Malformed> {
        let mut out = Vec::new();
        let mut at = 0;
        for piece in [&wire[..split], &wire[split..]] {
            let mut piece = piece;
            loop {
                let mut room = [0; 2];
                let done = content.decode(piece, &mut room)?;
                out.extend_from_slice(&room[..done.written]);
                piece = &piece[done.taken..];
                at += done.taken;
                if done
                    == (Decoded {
                        taken: 0,
                        written: 0,
                    })
                {
                    break;
                }
            }
        }
        assert!(content.is_ended());
        Ok((out, at))
    }

    #[test]
    fn content_is_decoded_at_every_split_and_nothing_behind_it_is_taken() {
        let next = b"GET";
        for (content, wire, want) in [
            (Content::of(5), &b"hello"[..], &b"hello"[..]),
            (Content::of(0), b"", b""),
            (Content::chunked(), b"0\r\n\r\n", b""),
            (Content::chunked(), b"5\r\nhello\r\n00\r\n\r\n", b"hello"),
            (
                Content::chunked(),
                b"3;a=\"b\"\r\nhel\r\n2 \r\nlo\r\n0\r\nx: y\r\nz:\r\n\r\n",
                b"hello",
            ),
            (
                Content::chunked(),
                b"A\r\n0123456789\r\n0\r\n\r\n",
                b"0123456789",
            ),
        ] {
            let whole = [wire, next].concat();
            for split in 0..=whole.len() {
                let got = decode(content, &whole, split);
                assert_eq!(got, Ok((want.to_vec(), wire.len())));
            }
        }
    }

    #[test]
    fn a_wrong_chunk_is_refused() {
        for wire in [
            "\r\n",
            "g\r\n",
            "-1\r\n",
            "0x5\r\n",
            " 5\r\nhello\r\n",
            "5\nhello\r\n",
            "5\r\rhello",
            "5\r\nhello!",
            "5\r\nhello\n0\r\n\r\n",
            "5;a\nb\r\n",
            "5 5\r\n",
            "5;a\0b\r\n",
            "0\r\nx: \u{1}\r\n\r\n",
            "00000000000000001\r\n",
            "0\r\nx: y\n\r\n",
            "0\r\n\n",
        ] {
            let mut content = Content::chunked();
            let mut room = [0; 64];
            assert_eq!(
                content.decode(wire.as_bytes(), &mut room),
                Err(Malformed),
                "{wire:?}"
            );
        }
        // The bytes of an extension count from its `;` on, those of all chunks together.
        let mut room = [0; 8];
        let mut chunked = |wire: Vec<u8>| Content::chunked().decode(&wire, &mut room);
        let most = usize::from(MAX_OVERHEAD);
        let extension = |len| [b"1;".as_slice(), &vec![b'x'; len]].concat();
        assert!(chunked(extension(most - 1)).is_ok());
        assert_eq!(chunked(extension(most)), Err(Malformed));
        let empty = |chunks| b"1;\r\nx\r\n".repeat(chunks);
        let mut content = Content::chunked();
        assert!(content.decode(&empty(most), &mut vec![0; most]).is_ok());
        assert_eq!(content.decode(b"1;", &mut [0]), Err(Malformed));
    }
}
