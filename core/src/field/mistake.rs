//! Mistakes in names and values, told at compile time: which part is wrong, and how.

use super::grammar::{check_name, check_value, has_field_vchar_ends, is_token};
use crate::write::bytes::copy_at;

/// The mistake in a name, if there is one.
pub(crate) const fn in_name(name: &[u8]) -> Option<&'static str> {
    if name.is_empty() {
        Some("the name is empty")
    } else if !is_token(name) {
        Some("the name has a character that no token has")
    } else if check_name(name).is_err() {
        Some("the library alone writes this field")
    } else {
        None
    }
}

/// The mistake in a value that is to be ASCII, if there is one.
pub(crate) const fn in_value(value: &str) -> Option<&'static str> {
    if !value.is_ascii() {
        Some("the value has a character outside ASCII")
    } else if !has_field_vchar_ends(value.as_bytes()) {
        Some("the value begins or ends with a blank")
    } else if check_value(value.as_bytes()).is_err() {
        Some("the value has a control character")
    } else {
        None
    }
}

/// The text of a mistake in the header that has this name.
pub(crate) struct Message {
    text: [u8; 160],
    len: usize,
    mistake: &'static str,
}

impl Message {
    pub(crate) const fn new(name: &str, mistake: &'static str) -> Self {
        let mut text = [0; 160];
        let mut len = 0;
        // A longer name is left out.
        if name.len() < 90 {
            len = copy_at(&mut text, len, b"header `");
            len = copy_at(&mut text, len, name.as_bytes());
            len = copy_at(&mut text, len, b"`: ");
            len = copy_at(&mut text, len, mistake.as_bytes());
        }
        Self { text, len, mistake }
    }

    pub(crate) const fn as_str(&self) -> &str {
        if let Some((text, _)) = self.text.split_at_checked(self.len)
            && let Ok(text) = str::from_utf8(text)
            && !text.is_empty()
        {
            return text;
        }
        self.mistake
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_header_and_what_is_wrong() {
        let message = |name, value| {
            let mistake = match in_name(str::as_bytes(name)) {
                Some(mistake) => mistake,
                None => in_value(value).unwrap_or("nothing"),
            };
            std::string::String::from(Message::new(name, mistake).as_str())
        };
        for (name, value, want) in [
            ("", "", "header ``: the name is empty"),
            (
                "a b",
                "",
                "header `a b`: the name has a character that no token has",
            ),
            (
                "caf\u{e9}",
                "",
                "header `caf\u{e9}`: the name has a character that no token has",
            ),
            (
                "Connection",
                "",
                "header `Connection`: the library alone writes this field",
            ),
            (
                "x",
                "caf\u{e9}",
                "header `x`: the value has a character outside ASCII",
            ),
            (
                "x",
                " a",
                "header `x`: the value begins or ends with a blank",
            ),
            (
                "x",
                "a\t",
                "header `x`: the value begins or ends with a blank",
            ),
            (
                "x",
                "a\r\nb",
                "header `x`: the value has a control character",
            ),
            ("x", "a", "header `x`: nothing"),
        ] {
            assert_eq!(message(name, value), want);
        }
        let long = "a ".repeat(60);
        assert_eq!(
            message(&long, ""),
            "the name has a character that no token has"
        );
    }
}
