//! Values that display themselves into the buffer, where they are checked.

use core::fmt::{self, Write};

use crate::error::Error;
use crate::write::buf::Buf;

/// Writes as a value what `arguments` display, by the rule of texts: characters up to U+00FF as
/// their Latin-1 byte.
pub(super) fn write_value(buf: &mut Buf<'_>, arguments: fmt::Arguments<'_>) -> Result<(), Error> {
    let mut text = Displayed {
        buf,
        is_blank: None,
        is_value: true,
        is_latin1: true,
    };
    text.write_fmt(arguments)?;
    if !text.is_value || text.is_blank == Some(true) {
        Err(Error::HeaderValue)
    } else if !text.is_latin1 {
        Err(Error::NotLatin1)
    } else {
        Ok(())
    }
}

/// A value so far. It takes all characters, so that what fails is the display alone.
struct Displayed<'p, 'b> {
    buf: &'p mut Buf<'b>,
    /// The last character is a blank; `None` before the first.
    is_blank: Option<bool>,
    is_value: bool,
    is_latin1: bool,
}

impl Write for Displayed<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            self.write_char(char)?;
        }
        Ok(())
    }

    fn write_char(&mut self, char: char) -> fmt::Result {
        let is_blank = matches!(char, ' ' | '\t');
        self.is_value &= match char {
            ' ' | '\t' => self.is_blank.is_some(),
            _ => !char.is_ascii_control(),
        };
        self.is_blank = Some(is_blank);
        match u8::try_from(char) {
            Ok(byte) => self.buf.write_array(&[byte]),
            Err(_) => self.is_latin1 = false,
        }
        Ok(())
    }
}
