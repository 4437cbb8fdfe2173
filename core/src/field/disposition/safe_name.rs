//! A file name that cannot mislead.

/// The most bytes that file systems take for a name.
const MAX_NAME: usize = 255;
/// The most bytes of an extension, so that there is room for a character before it.
const MAX_EXTENSION: usize = MAX_NAME - 4;
/// The name of a file that has none.
const DEFAULT: &str = "download";

/// The rest of a name, character by character, each as its bytes.
#[derive(Clone)]
pub(super) struct SafeName<'f> {
    rest: &'f str,
    /// The number of bytes passed, of characters that do not mislead. The bytes up to `stem` stay,
    /// and those from `extension` on.
    at: usize,
    stem: usize,
    extension: usize,
}

impl<'f> SafeName<'f> {
    pub(super) fn of(name: &'f str) -> Self {
        let base = name
            .bytes()
            .rposition(|byte| matches!(byte, b'/' | b'\\'))
            .map_or(0, |at| at.wrapping_add(1));
        let safe = Self::whole(name.get(base..).unwrap_or_default()).cut();
        match safe.clone().all(|character| character == b".") {
            true => Self::whole(DEFAULT),
            false => safe,
        }
    }

    fn whole(rest: &'f str) -> Self {
        Self {
            rest,
            at: 0,
            stem: usize::MAX,
            extension: usize::MAX,
        }
    }

    /// Leaves out the end of a stem that is too long; if the extension is too long, the end of all.
    fn cut(mut self) -> Self {
        let (mut len, mut dot) = (0usize, None);
        for character in self.clone() {
            if character == b"." {
                dot = Some(len);
            }
            len = len.wrapping_add(character.len());
        }
        let dot = dot.unwrap_or(len);
        (self.stem, self.extension) = match len.wrapping_sub(dot) {
            _ if len <= MAX_NAME => (len, len),
            extension @ ..=MAX_EXTENSION => (MAX_NAME - extension, dot),
            _ => (MAX_NAME, len),
        };
        self
    }
}

impl<'f> Iterator for SafeName<'f> {
    type Item = &'f [u8];

    // Four loops go through a name; text is decoded in one place.
    #[inline(never)]
    fn next(&mut self) -> Option<&'f [u8]> {
        loop {
            let char = self.rest.chars().next()?;
            let (character, rest) = self.rest.split_at_checked(char.len_utf8())?;
            self.rest = rest;
            if misleads(char) {
                continue;
            }
            let start = self.at;
            self.at = start.wrapping_add(character.len());
            if self.at <= self.stem || start >= self.extension {
                return Some(character.as_bytes());
            }
        }
    }
}

/// Returns true for controls, and for characters that change how those around them are shown.
pub(super) const fn misleads(char: char) -> bool {
    matches!(
        char,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}
