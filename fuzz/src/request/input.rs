//! Bytes on the wire, and how they arrive, of arbitrary input that stays legible.

/// Four bytes of settings, and the bytes that a client sends.
pub struct Case {
    /// The bytes of the buffer that requests are read into.
    pub room: usize,
    /// The choice of the most fields.
    pub fields: u8,
    pub pace: Pace,
    pub wire: Vec<u8>,
}

/// What a byte above `0x7f` stands for in a wire that is spelled, so that one mutation changes a
/// word of the grammar.
const PARTS: [&[u8]; 64] = [
    b"\r\n",
    b"\r\n\r\n",
    b" HTTP/1.1\r\n",
    b" HTTP/1.0\r\n",
    b" HTTP/2.0\r\n",
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"CONNECT ",
    b"OPTIONS * HTTP/1.1\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\n",
    b"POST /p?q HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
    b"POST /p HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n",
    b"host: a\r\n",
    b"Host:\t\r\n",
    b"content-length: ",
    b"content-length: 5\r\n",
    b"Content-Length:0\r\n",
    b"transfer-encoding: chunked\r\n",
    b"Transfer-Encoding: ",
    b"gzip, Chunked",
    b"chunked",
    b"connection: ",
    b"Connection: close\r\n",
    b"close",
    b"keep-alive",
    b"te: trailers\r\n",
    b"TE: ",
    b"trailers",
    b"expect: 100-continue\r\n",
    b"Expect: ",
    b"100-Continue",
    b"http://",
    b"example.org:8080",
    b"/a/b%20c",
    b"?x=1&y",
    b"://",
    b"18446744073709551615",
    b"18446744073709551616",
    b", ",
    b",",
    b"\t",
    b" ",
    b": ",
    b":",
    b"\r",
    b"\n",
    b"\0",
    b"\x7f",
    b"\x0c",
    b"\xff",
    "é".as_bytes(),
    b"5\r\nhello\r\n",
    b"1\r\nx\r\n",
    b"0\r\n\r\n",
    b"0\r\nsum: 1\r\n\r\n",
    b"A;name=\"value\"\r\n0123456789\r\n",
    b"ffffffffffffffff\r\n",
    b"0000000000000000",
    b"3 \t\r\n",
    b"3 ;x\r\nabc\r\n",
    &[b'x'; 64],
    &[b';'; 1200],
    &[b'a'; 300],
];

impl Case {
    pub fn read(data: &[u8]) -> Option<Self> {
        let (&[room, fields, pace, is_spelled], text) = data.split_first_chunk::<4>()?;
        let wire = match is_spelled {
            b's' => text.iter().flat_map(part).copied().take(8192).collect(),
            _ => text.to_vec(),
        };
        Some(Self {
            room: usize::from(room) * 3,
            fields,
            pace: Pace(pace.into()),
            wire,
        })
    }
}

fn part(byte: &u8) -> &[u8] {
    match byte.checked_sub(0x80) {
        Some(number) => PARTS[usize::from(number) % PARTS.len()],
        None => std::slice::from_ref(byte),
    }
}

/// How much comes at a time: single bytes, all that there is, or as it happens.
#[derive(Clone, Copy)]
pub struct Pace(u32);

impl Pace {
    /// A number below `end`.
    pub fn choose(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % end
    }

    /// A length from 1 to `most`, or 0 where that is 0.
    pub fn len(&mut self, most: usize) -> usize {
        let wish = match self.choose(4) {
            0 => 1,
            1 => usize::MAX,
            2 => 1 + self.choose(8) as usize,
            _ => 1 + self.choose(200) as usize,
        };
        wish.min(most)
    }

    /// The ends of the pieces in which `len` bytes come, one of which is `len` itself.
    pub fn ends(&mut self, len: usize) -> Vec<usize> {
        let is_bytewise = self.choose(4) == 0 && len < 2048;
        let mut ends = Vec::new();
        let mut at = 0;
        while at < len {
            at += match is_bytewise {
                true => 1,
                false => self.len(len - at),
            };
            ends.push(at);
        }
        ends
    }
}
