//! Values that display themselves into the buffer, where they are checked.

use core::fmt::{self, Write};

use crate::error::{Error, Place};
use crate::write::buf::Buf;

/// Writes as a value what `arguments` display, by the rule of texts: characters up to U+00FF as
/// their Latin-1 byte.
pub(super) fn write_value(buf: &mut Buf<'_>, arguments: fmt::Arguments<'_>) -> Result<(), Error> {
    let mut text = Displayed {
        buf,
        len: 0,
        is_blank: false,
        not_value: None,
        not_latin1: None,
    };
    text.write_fmt(arguments)?;
    let last = text.is_blank.then(|| text.len.saturating_sub(1));
    match (text.not_value.or(last), text.not_latin1) {
        (Some(at), _) => Err(Error::HeaderValue(Place::at(at))),
        (None, Some(at)) => Err(Error::NotLatin1(Place::at(at))),
        (None, None) => Ok(()),
    }
}

/// A value so far. It takes all characters, so that what fails is the display alone.
struct Displayed<'p, 'b> {
    buf: &'p mut Buf<'b>,
    /// The bytes of text so far.
    len: usize,
    /// The last character is a blank.
    is_blank: bool,
    /// The index of the first byte that no value has there.
    not_value: Option<usize>,
    /// The index of the first character above U+00FF.
    not_latin1: Option<usize>,
}

impl Write for Displayed<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            self.write_char(char)?;
        }
        Ok(())
    }

    fn write_char(&mut self, char: char) -> fmt::Result {
        let at = self.len;
        self.len = at.saturating_add(char.len_utf8());
        self.is_blank = matches!(char, ' ' | '\t');
        if match self.is_blank {
            true => at == 0,
            false => char.is_ascii_control(),
        } {
            self.not_value.get_or_insert(at);
        }
        match u8::try_from(char) {
            Ok(byte) => self.buf.write_array(&[byte]),
            Err(_) => {
                self.not_latin1.get_or_insert(at);
            }
        }
        Ok(())
    }
}
