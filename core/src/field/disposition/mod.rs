//! `Content-Disposition`, RFC 6266 and RFC 8187.

use core::fmt;

use percent_encoding::percent_encode_byte;

use self::safe_name::SafeName;
use super::grammar::{self, Quoted};
use super::value::FieldValue;
use super::value::sealed::{self, ValueWriter};
use crate::error::Error;

mod safe_name;

/// A `content-disposition`: a body is saved, or shown, and the name to save it under.
///
/// Any text can be given as the name; nothing in it can lead to another folder, end the value or
/// make the name look like another:
///
/// * the part before the last `/` or `\` is left out;
/// * so are control characters, marks that turn the direction of writing (a name that ends in
///   `exe.txt` might read `txt.exe`), U+2028, U+2029 and U+FEFF;
/// * at most 255 bytes are kept, with the extension among them;
/// * a name of which nothing is left, or only dots, is `download`.
///
/// A name of letters, digits and `-._~` stands as it is. Any other stands twice (RFC 6266 § 4.3):
/// as ASCII, with `_` for any other character and for `"`, `\` and `%`, which recipients read
/// differently (§ D); and encoded, which they prefer.
///
/// ```
/// use replywire::{Disposition, Response, Status};
/// use replywire::request::Exchange;
///
/// let mut buf = [0; 256];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .disposition(&Disposition::attachment("../my caf\u{e9}.txt"))
///     .text("hi")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\n\
///       content-disposition: attachment; filename=\"my caf_.txt\"; \
///       filename*=utf-8''my%20caf%C3%A9.txt\r\n\
///       content-type: text/plain; charset=utf-8\r\n\
///       content-length: 2\r\n\r\nhi",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// It is a [`FieldValue`] too, for [`Headers`](crate::Headers) and drafts.
#[derive(Clone, Copy)]
#[must_use = "it does nothing until it is added to a reply"]
pub struct Disposition<'f> {
    kind: &'static str,
    name: &'f str,
}

impl<'f> Disposition<'f> {
    /// The body is saved under `name`.
    pub const fn attachment(name: &'f str) -> Self {
        Self {
            kind: "attachment",
            name,
        }
    }

    /// The body is shown, and saved under `name` if the user wishes.
    pub const fn inline(name: &'f str) -> Self {
        Self {
            kind: "inline",
            name,
        }
    }
}

impl FieldValue for Disposition<'_> {}

impl sealed::Value for Disposition<'_> {
    const CHECKED: bool = true;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        let name = SafeName::of(self.name);
        buf.write(self.kind.as_bytes());
        buf.write_array(b"; filename=\"");
        let mut stands = true;
        for character in name.clone() {
            let byte = match character {
                [byte] => *byte,
                _ => b'_',
            };
            stands &= character.len() == 1 && is_unreserved(byte);
            buf.write_array(&[in_quotes(byte)]);
        }
        buf.write_array(b"\"");
        if stands {
            return Ok(());
        }
        buf.write_array(b"; filename*=utf-8''");
        for byte in name.flatten() {
            match is_attr_char(*byte) {
                true => buf.write_array(&[*byte]),
                false => buf.write(percent_encode_byte(*byte).as_bytes()),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Disposition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disposition")
            .field("kind", &Quoted(self.kind.as_bytes()))
            .field("name", &Quoted(self.name.as_bytes()))
            .finish()
    }
}

/// The byte that stands in quotes for a character of one byte.
const fn in_quotes(byte: u8) -> u8 {
    match byte {
        b'"' | b'\\' | b'%' => b'_',
        _ => byte,
    }
}

/// RFC 3986 § 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// RFC 8187 § 3.2.1.
const fn is_attr_char(byte: u8) -> bool {
    grammar::is_token_byte(byte) && !matches!(byte, b'*' | b'\'' | b'%')
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{char, format};

    use super::safe_name::misleads;
    use super::*;
    use crate::write::buf::Buf;

    fn written(disposition: Disposition<'_>) -> String {
        let mut bytes = [0; 2048];
        let mut buf = Buf::new(&mut bytes);
        sealed::Value::write(disposition, &mut ValueWriter(&mut buf)).unwrap();
        let (bytes, len) = buf.finish().unwrap();
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    }

    fn attachment(name: &str) -> String {
        let value = written(Disposition::attachment(name));
        value.strip_prefix("attachment; ").unwrap().to_string()
    }

    #[test]
    fn a_name_of_unreserved_characters_stands_once_and_as_it_is() {
        for name in ["a.txt", "123", "a-b_c.d~e.txt", ".profile", "a.", "..a"] {
            assert_eq!(attachment(name), format!("filename=\"{name}\""));
        }
        assert_eq!(
            written(Disposition::inline("a.txt")),
            "inline; filename=\"a.txt\""
        );
    }

    #[test]
    fn any_other_name_stands_as_ascii_and_encoded() {
        for (name, ascii, encoded) in [
            ("with space.txt", "with space.txt", "with%20space.txt"),
            (" lead", " lead", "%20lead"),
            ("你好.txt", "__.txt", "%E4%BD%A0%E5%A5%BD.txt"),
            ("café.pdf", "caf_.pdf", "caf%C3%A9.pdf"),
            ("😀.png", "_.png", "%F0%9F%98%80.png"),
            ("q\"uote", "q_uote", "q%22uote"),
            ("it's", "it's", "it%27s"),
            ("a;b=c", "a;b=c", "a%3Bb%3Dc"),
            ("100%25.txt", "100_25.txt", "100%2525.txt"),
            ("star*", "star*", "star%2A"),
            ("!#$&+-.^_`|~", "!#$&+-.^_`|~", "!#$&+-.^_`|~"),
        ] {
            assert_eq!(
                attachment(name),
                format!("filename=\"{ascii}\"; filename*=utf-8''{encoded}")
            );
        }
    }

    #[test]
    fn only_the_base_name_is_left() {
        for name in [
            "dir/a.txt",
            "/a.txt",
            "C:\\a.txt",
            "../..\\a.txt",
            "..\\../a.txt",
            "//host/\u{202e}/a.txt",
        ] {
            assert_eq!(attachment(name), "filename=\"a.txt\"", "{name:?}");
        }
    }

    #[test]
    fn what_misleads_is_left_out() {
        for name in [
            "cr\r\nlf",
            "cr\u{202e}l\u{0}f",
            "\u{feff}crlf\u{2028}",
            "c\u{61c}r\u{200e}l\u{200f}f",
            "c\u{2066}rlf\u{2069}",
            "c\u{7f}r\u{80}l\u{9f}f",
        ] {
            assert_eq!(attachment(name), "filename=\"crlf\"", "{name:?}");
        }
    }

    #[test]
    fn a_name_of_which_nothing_is_left_is_download() {
        for name in [
            "",
            ".",
            "..",
            "....",
            "/",
            "a/",
            "a\\..",
            "\r\n",
            ".\u{202e}.",
        ] {
            assert_eq!(attachment(name), "filename=\"download\"", "{name:?}");
        }
    }

    #[test]
    fn a_long_name_loses_the_end_of_its_stem() {
        let long = |stem, extension| "a".repeat(stem) + "." + &"b".repeat(extension);
        for (name, want) in [
            ("a".repeat(255), "a".repeat(255)),
            ("a".repeat(256), "a".repeat(255)),
            ("a".repeat(300) + ".tar.gz", "a".repeat(252) + ".gz"),
            (long(1, 253), long(1, 253)),
            (long(5, 250), long(4, 250)),
            // An extension so long is none.
            (long(5, 251), long(5, 249)),
            (long(0, 255), long(0, 254)),
            (".".repeat(255) + &"b".repeat(252), "download".to_string()),
        ] {
            assert_eq!(attachment(&name), format!("filename=\"{want}\""));
        }
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        // 4 bytes of extension leave 251.
        let (ascii, encoded) = ("_".repeat(83), "%E2%82%AC".repeat(83));
        assert_eq!(
            attachment(&("€".repeat(90) + ".txt")),
            format!("filename=\"{ascii}.txt\"; filename*=utf-8''{encoded}.txt")
        );
    }

    #[test]
    fn every_character_leaves_printable_ascii() {
        // Above U+FFFF no character is told from others.
        let above = (0x1_0000..=0x10_ffff).step_by(0xfff);
        for char in (0..=0xffff).chain(above).filter_map(char::from_u32) {
            let value = attachment(&format!("a{char}b"));
            assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            let quoted = value.split('"').nth(1).unwrap();
            let want = match char {
                '/' | '\\' => 1,
                _ if misleads(char) => 2,
                _ => 3,
            };
            assert_eq!(quoted.len(), want, "{char:?}");
            assert_eq!(value.matches('"').count(), 2, "{char:?}");
        }
    }

    #[test]
    fn every_short_name_is_as_a_plain_model_says() {
        const CHARACTERS: [&str; 9] = ["a", ".", "/", "\\", "\"", "%", "é", "\u{202e}", " "];
        let mut names = Vec::from([String::new()]);
        for _ in 0..4 {
            let longer = names
                .iter()
                .flat_map(|name| CHARACTERS.map(|character| name.to_string() + character));
            names = longer.collect();
            for name in &names {
                assert_eq!(attachment(name), model(name), "{name:?}");
            }
        }
    }

    /// For names that are not long.
    fn model(name: &str) -> String {
        let base = name.rsplit(['/', '\\']).next().unwrap();
        let mut safe = base.replace('\u{202e}', "");
        if safe.trim_matches('.').is_empty() {
            safe = "download".to_string();
        }
        if safe.chars().all(|char| matches!(char, 'a'..='z' | '.')) {
            return format!("filename=\"{safe}\"");
        }
        let ascii = safe.replace(['"', '%', 'é'], "_");
        let encoded = safe
            .replace('%', "%25")
            .replace('"', "%22")
            .replace('é', "%C3%A9")
            .replace(' ', "%20");
        format!("filename=\"{ascii}\"; filename*=utf-8''{encoded}")
    }

    #[test]
    fn attr_chars_are_those_of_rfc_8187() {
        for byte in 0..=255u8 {
            let want = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
            assert_eq!(is_attr_char(byte), want, "{byte:#x}");
        }
    }
}
