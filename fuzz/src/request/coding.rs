//! A second reader of content, RFC 9112 §§ 6.3 and 7.1, of all the bytes that came.

/// The content in the bytes that came, and how far it goes.
#[derive(Debug, Eq, PartialEq)]
pub struct Body {
    pub content: Vec<u8>,
    pub end: End,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// More is to come.
    More,
    /// The content ended with so many bytes.
    Whole(usize),
    /// The byte at this place cannot stand there.
    Wrong(usize),
}

/// How the end of content is marked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Chunked,
    Sized(u64),
}

/// The most bytes of white space, extensions and trailer fields; a limit of the library.
const MOST_DROPPED: usize = 4096;

pub fn read(kind: Kind, bytes: &[u8]) -> Body {
    match kind {
        Kind::Chunked => chunked(bytes),
        Kind::Sized(len) => match usize::try_from(len).ok().and_then(|len| bytes.get(..len)) {
            Some(content) => Body {
                content: content.to_vec(),
                end: End::Whole(content.len()),
            },
            None => Body {
                content: bytes.to_vec(),
                end: End::More,
            },
        },
    }
}

fn chunked(bytes: &[u8]) -> Body {
    let mut reader = Reader {
        bytes,
        at: 0,
        dropped: 0,
        content: Vec::new(),
    };
    let end = match reader.body() {
        Ok(()) => End::Whole(reader.at),
        Err(Stop::More) => End::More,
        Err(Stop::Wrong) => End::Wrong(reader.at),
    };
    Body {
        content: reader.content,
        end,
    }
}

enum Stop {
    More,
    Wrong,
}

struct Reader<'w> {
    bytes: &'w [u8],
    at: usize,
    dropped: usize,
    content: Vec<u8>,
}

impl Reader<'_> {
    /// `chunked-body = *chunk last-chunk trailer-section CRLF`
    fn body(&mut self) -> Result<(), Stop> {
        loop {
            let size = self.size()?;
            if matches!(self.peek()?, b' ' | b'\t' | b';') {
                self.extension()?;
            }
            self.line_end()?;
            if size == 0 {
                break;
            }
            self.data(size)?;
            self.line_end()?;
        }
        while self.peek()? != b'\r' {
            self.token()?;
            if self.peek()? != b':' {
                return Err(Stop::Wrong);
            }
            while self.peek()? != b'\r' {
                self.drop_byte()?;
            }
            self.line_end()?;
        }
        self.line_end()
    }

    /// `chunk-size = 1*HEXDIG`, of 64 bits at most.
    fn size(&mut self) -> Result<u64, Stop> {
        let mut digits = String::new();
        while self.peek()?.is_ascii_hexdigit() {
            if digits.len() == 16 {
                return Err(Stop::Wrong);
            }
            digits.push(self.peek()?.into());
            self.at += 1;
        }
        u64::from_str_radix(&digits, 16).map_err(|_| Stop::Wrong)
    }

    /// `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`; white space
    /// before the end of the line is taken, too.
    fn extension(&mut self) -> Result<(), Stop> {
        loop {
            self.blanks()?;
            if self.peek()? != b';' {
                return Ok(());
            }
            self.drop_byte()?;
            self.blanks()?;
            self.token()?;
            self.blanks()?;
            if self.peek()? != b'=' {
                continue;
            }
            self.drop_byte()?;
            self.blanks()?;
            match self.peek()? {
                b'"' => self.quoted()?,
                _ => self.token()?,
            }
        }
    }

    fn blanks(&mut self) -> Result<(), Stop> {
        while matches!(self.peek()?, b' ' | b'\t') {
            self.drop_byte()?;
        }
        Ok(())
    }

    fn token(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while self.peek()?.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&self.peek()?) {
            self.drop_byte()?;
        }
        match self.at == start {
            true => Err(Stop::Wrong),
            false => Ok(()),
        }
    }

    fn quoted(&mut self) -> Result<(), Stop> {
        self.drop_byte()?;
        loop {
            let byte = self.peek()?;
            self.drop_byte()?;
            match byte {
                b'"' => return Ok(()),
                b'\\' => self.drop_byte()?,
                _ => {}
            }
        }
    }

    fn data(&mut self, size: u64) -> Result<(), Stop> {
        let there = &self.bytes[self.at..];
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let data = &there[..size.min(there.len())];
        self.content.extend_from_slice(data);
        self.at += data.len();
        if data.len() < size {
            return Err(Stop::More);
        }
        Ok(())
    }

    /// `HTAB / SP / VCHAR / obs-text`
    fn drop_byte(&mut self) -> Result<(), Stop> {
        self.dropped += 1;
        let is_text = matches!(self.peek()?, b'\t' | b' '..=b'~' | 0x80..);
        if !is_text || self.dropped > MOST_DROPPED {
            return Err(Stop::Wrong);
        }
        self.at += 1;
        Ok(())
    }

    fn line_end(&mut self) -> Result<(), Stop> {
        for want in *b"\r\n" {
            if self.peek()? != want {
                return Err(Stop::Wrong);
            }
            self.at += 1;
        }
        Ok(())
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::More)
    }
}
