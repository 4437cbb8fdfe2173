//! The content of a request, decoded as its bytes arrive; RFC 9112 §§ 6.3 and 7.1.

use core::fmt;

use crate::field::grammar::is_token_byte;

/// The most bytes of chunk extensions and trailer fields, which are read and dropped.
const MAX_OVERHEAD: u16 = 4096;

/// The chunked coding was wrong, RFC 9112 § 7.1; or extensions and trailer fields had more than
/// 4,096 bytes in all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed chunked coding")
    }
}

impl core::error::Error for Malformed {}

/// The content of a request that is still to come, and how its end is marked.
///
/// A decoder takes bytes as they were read from the connection and gives the content in them. It
/// takes nothing after the content's end: that is the next request. Trailer fields and chunk
/// extensions are dropped.
///
/// ```
/// use replywire::request::BodyDecoder;
///
/// let mut decoder = BodyDecoder::chunked();
/// let mut content = Vec::new();
/// for mut input in [&b"5\r\nhel"[..], b"lo\r\n0\r\n\r\nGET"] {
///     while let Some(slice) = decoder.slice(&mut input)? {
///         content.extend_from_slice(slice);
///     }
///     assert_eq!(decoder.is_ended(), input == b"GET");
/// }
/// assert_eq!(content, b"hello");
/// # Ok::<(), replywire::request::Malformed>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BodyDecoder {
    pub(super) state: State,
    /// Bytes of content that come next, or the size of a chunk as far as it was read.
    left: u64,
    /// The number of digits of the size that were read.
    digits: u8,
    /// The bytes that extensions and trailer fields may still have.
    overhead: u16,
    /// The client waits to be told before it sends the content.
    pub(super) expects_continue: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum State {
    /// The coding was wrong.
    Failed,
    /// Not zero, as a value that is all zeros is cleared by a call on small targets.
    Ended,
    /// In content of a known length.
    Length,
    /// In content whose end a host tells.
    #[cfg(feature = "hosted")]
    Open,
    /// In the size of a chunk.
    Size,
    /// Before the LF of the size line.
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerLf,
    /// Before the last LF.
    LastLf,
    // Those of `LINES`, in its order.
    /// In the blanks after the size or after the value of an extension.
    Blank,
    /// Before the name of an extension, in it, and in the blanks after it.
    ExtensionStart,
    ExtensionName,
    ExtensionBlank,
    /// Before the value of an extension, and in it.
    ValueStart,
    Value,
    Quoted,
    /// After the backslash of a quoted pair.
    QuotedPair,
    /// At the start of a trailer line.
    Trailer,
    TrailerName,
    /// In the value of a trailer field, up to CR.
    TrailerValue,
}

/// The columns of `LINES` but the last two: a character of a token, and other text.
const COLUMNS: &[u8; 8] = b" \t;=\"\\:\r";

/// The state after each state in extensions and trailer fields, RFC 9112 §§ 7.1.1 and 7.1.2.
#[rustfmt::skip]
const LINES: &[[State; 10]; 11] = {
    use State::{
        Blank as B, ExtensionBlank as EB, ExtensionName as EN, ExtensionStart as ES, Failed as F,
        LastLf as LL, Quoted as Q, QuotedPair as P, SizeLf as SL, TrailerLf as TL,
        TrailerName as TN, TrailerValue as TV, Value as V, ValueStart as VS,
    };
    &[
        // SP HTAB   ;   =   "   \   :  CR token text
        [B,  B,  ES, F,  F,  F,  F,  SL, F,  F],
        [ES, ES, F,  F,  F,  F,  F,  F,  EN, F],
        [EB, EB, ES, VS, F,  F,  F,  SL, EN, F],
        [EB, EB, ES, VS, F,  F,  F,  SL, F,  F],
        [VS, VS, F,  F,  Q,  F,  F,  F,  V,  F],
        [B,  B,  ES, F,  F,  F,  F,  SL, V,  F],
        [Q,  Q,  Q,  Q,  B,  P,  Q,  F,  Q,  Q],
        [Q,  Q,  Q,  Q,  Q,  Q,  Q,  F,  Q,  Q],
        [F,  F,  F,  F,  F,  F,  F,  LL, TN, F],
        [F,  F,  F,  F,  F,  F,  TV, F,  TN, F],
        [TV, TV, TV, TV, TV, TV, TV, TL, TV, TV],
    ]
};

/// The outcome of [`BodyDecoder::decode`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decoded {
    /// Bytes taken from the input.
    pub taken: usize,
    /// Bytes of content written to the output.
    pub written: usize,
}

impl BodyDecoder {
    /// Content of `len` bytes, which `content-length` told.
    pub const fn sized(len: u64) -> Self {
        let state = match len {
            0 => State::Ended,
            _ => State::Length,
        };
        Self::at(state, len)
    }

    /// Content in the chunked coding.
    pub const fn chunked() -> Self {
        Self::at(State::Size, 0)
    }

    pub(super) const fn at(state: State, left: u64) -> Self {
        Self {
            state,
            left,
            digits: 0,
            overhead: MAX_OVERHEAD,
            expects_continue: false,
        }
    }

    /// Tells if the client waits for [`CONTINUE`](super::CONTINUE) before it sends the content.
    pub const fn expects_continue(&self) -> bool {
        self.expects_continue
    }

    /// The client was told to go on.
    pub const fn continued(&mut self) {
        self.expects_continue = false;
    }

    /// Tells if the content comes in chunks, of which none was read.
    pub fn is_chunked(&self) -> bool {
        self.state == State::Size
    }

    /// Tells if all of the content was taken, and the end of its coding.
    pub fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// The bytes of content that are to come, or `None` while they come in chunks.
    pub const fn remaining(&self) -> Option<u64> {
        match self.state {
            State::Ended => Some(0),
            State::Length => Some(self.left),
            _ => None,
        }
    }

    /// The number of bytes that come next and are content and nothing else: so many may be read
    /// past this decoder, straight to where they are wanted; then call [`skip`](Self::skip).
    pub const fn direct(&self) -> u64 {
        match self.state {
            State::Length | State::Data => self.left,
            #[cfg(feature = "hosted")]
            State::Open => self.left,
            _ => 0,
        }
    }

    /// Counts `n` bytes of content that were read past this decoder, at most
    /// [`direct`](Self::direct).
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn skip(&mut self, n: u64) {
        self.left = self.left.saturating_sub(n);
        if self.left == 0 {
            self.state = match self.state {
                State::Length => State::Ended,
                State::Data => State::DataCr,
                state => state,
            };
        }
    }

    /// Takes bytes off the front of `input`, up to and with the next run of content, which it
    /// gives; `None` when all of `input` was taken without one, or at the end of the content.
    ///
    /// # Errors
    ///
    /// [`Malformed`], now and for every further call.
    pub fn slice<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<&'i [u8]>, Malformed> {
        while self.pass_byte(input)? {}
        let most = usize::try_from(self.direct()).unwrap_or(usize::MAX);
        let run = input.split_at_checked(most);
        let (content, rest) = run.unwrap_or((input, &[]));
        self.skip(content.len() as u64);
        *input = rest;
        Ok((!content.is_empty()).then_some(content))
    }

    /// Takes bytes from `input` until its end, the end of the content, or a full `output`, to which
    /// the content is copied.
    ///
    /// # Errors
    ///
    /// [`Malformed`], now and for every further call. The bytes written before are lost.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Decoded, Malformed> {
        let (mut rest, mut free) = (input, output);
        let (len, room) = (rest.len(), free.len());
        loop {
            if self.pass_byte(&mut rest)? {
                continue;
            }
            let n = copy(free, rest, self.direct());
            if n == 0 {
                break;
            }
            self.skip(n as u64);
            rest = rest.get(n..).unwrap_or_default();
            free = free.get_mut(n..).unwrap_or_default();
        }
        Ok(Decoded {
            taken: len - rest.len(),
            written: room - free.len(),
        })
    }

    /// Takes one byte of the coding off the front of `input`, if that is next.
    #[inline(always)]
    fn pass_byte(&mut self, input: &mut &[u8]) -> Result<bool, Malformed> {
        match self.state {
            State::Ended | State::Length | State::Data => return Ok(false),
            #[cfg(feature = "hosted")]
            State::Open => return Ok(false),
            State::Failed => return Err(Malformed),
            _ => {}
        }
        let Some((byte, rest)) = input.split_first() else {
            return Ok(false);
        };
        let state = self.advance(*byte);
        self.state = state.unwrap_or(State::Failed);
        *input = rest;
        Ok(true)
    }

    /// The state after one byte of the coding itself.
    fn advance(&mut self, byte: u8) -> Result<State, Malformed> {
        if self.state == State::Size {
            match char::from(byte).to_digit(16) {
                Some(digit) if self.digits < 16 => {
                    self.left = self.left << 4 | u64::from(digit);
                    self.digits += 1;
                    return Ok(State::Size);
                }
                None if self.digits > 0 => self.state = State::Blank,
                _ => return Err(Malformed),
            }
        }
        self.digits = 0;
        match (self.state, byte) {
            (State::SizeLf, b'\n') if self.left > 0 => Ok(State::Data),
            (State::SizeLf | State::TrailerLf, b'\n') => Ok(State::Trailer),
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => Ok(State::Size),
            (State::LastLf, b'\n') => Ok(State::Ended),
            _ => self.advance_in_line(byte),
        }
    }

    /// The state after one byte of a line of extensions or of a trailer field.
    fn advance_in_line(&mut self, byte: u8) -> Result<State, Malformed> {
        let column = match COLUMNS.iter().position(|other| *other == byte) {
            Some(column) => column,
            None if byte.is_ascii_control() => return Err(Malformed),
            None => COLUMNS.len() + usize::from(!is_token_byte(byte)),
        };
        if byte != b'\r' {
            self.overhead = self.overhead.checked_sub(1).ok_or(Malformed)?;
        }
        let row = (self.state as usize).wrapping_sub(State::Blank as usize);
        let next = LINES.get(row).and_then(|row| row.get(column));
        next.copied().ok_or(Malformed)
    }
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
        mut content: BodyDecoder,
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
    fn content_is_decoded_at_every_split_and_nothing_after_it_is_taken() {
        let next = b"GET";
        for (content, wire, want) in [
            (BodyDecoder::sized(5), &b"hello"[..], &b"hello"[..]),
            (BodyDecoder::sized(0), b"", b""),
            (BodyDecoder::chunked(), b"0\r\n\r\n", b""),
            (
                BodyDecoder::chunked(),
                b"5\r\nhello\r\n00\r\n\r\n",
                b"hello",
            ),
            (
                BodyDecoder::chunked(),
                b"3;a=\"b\"\r\nhel\r\n2 \r\nlo\r\n0\r\nx: y\r\nz:\r\n\r\n",
                b"hello",
            ),
            (
                BodyDecoder::chunked(),
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
            let mut content = BodyDecoder::chunked();
            let mut room = [0; 64];
            assert_eq!(
                content.decode(wire.as_bytes(), &mut room),
                Err(Malformed),
                "{wire:?}"
            );
        }
        // The bytes of an extension count from its `;` on, those of all chunks together.
        let mut room = [0; 8];
        let mut chunked = |wire: Vec<u8>| BodyDecoder::chunked().decode(&wire, &mut room);
        let most = usize::from(MAX_OVERHEAD);
        let extension = |len| [b"1;".as_slice(), &vec![b'x'; len]].concat();
        assert!(chunked(extension(most - 1)).is_ok());
        assert_eq!(chunked(extension(most)), Err(Malformed));
        let short = |chunks| b"1;x\r\nx\r\n".repeat(chunks);
        let mut content = BodyDecoder::chunked();
        assert!(content.decode(&short(most / 2), &mut vec![0; most]).is_ok());
        assert_eq!(content.decode(b"1;", &mut [0]), Err(Malformed));
    }
}
