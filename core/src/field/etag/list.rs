//! Lists of entity tags in a request, RFC 9110 § 13.1.

use crate::field::grammar::is_etagc;

/// A tag in a list of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Listed<'l> {
    pub(super) opaque: &'l [u8],
    pub(super) weak: bool,
}

/// The tags of a list, RFC 9110 § 13.1.1; other members are passed over.
pub(crate) struct Tags<'l>(pub(crate) &'l [u8]);

impl<'l> Iterator for Tags<'l> {
    type Item = Listed<'l>;

    fn next(&mut self) -> Option<Listed<'l>> {
        loop {
            self.0 = self.0.trim_ascii_start();
            if let [b',', rest @ ..] = self.0 {
                self.0 = rest;
                continue;
            }
            if self.0.is_empty() {
                return None;
            }
            let (tag, rest) = listed(self.0);
            let rest = rest.trim_ascii_start();
            match (tag, rest) {
                (Some(tag), [] | [b',', ..]) => {
                    self.0 = rest;
                    return Some(tag);
                }
                _ => {
                    let comma = rest.iter().position(|byte| *byte == b',');
                    self.0 = comma.and_then(|at| rest.get(at..)).unwrap_or_default();
                }
            }
        }
    }
}

/// The tag that `list` begins with, and the rest after it.
pub(crate) fn listed(list: &[u8]) -> (Option<Listed<'_>>, &[u8]) {
    let (quoted, weak) = match list {
        [b'W', b'/', quoted @ ..] => (quoted, true),
        quoted => (quoted, false),
    };
    let [b'"', text @ ..] = quoted else {
        return (None, list);
    };
    let end = text.iter().position(|byte| !is_etagc(*byte));
    let (opaque, rest) = end
        .and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, &[]));
    match rest {
        [b'"', rest @ ..] => (Some(Listed { opaque, weak }), rest),
        _ => (None, rest),
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn lists_are_read_with_what_is_no_tag_passed_over() {
        fn tags(list: &str) -> Vec<(&str, bool)> {
            Tags(list.as_bytes())
                .map(|tag| (core::str::from_utf8(tag.opaque).unwrap(), tag.weak))
                .collect()
        }
        assert_eq!(tags(r#""a""#), [("a", false)]);
        assert_eq!(
            tags(r#" , W/"a" ,, "b,c","""#),
            [("a", true), ("b,c", false), ("", false)]
        );
        assert_eq!(tags(r#"a, "b"; , "c"x"d", "e""#), [("e", false)]);
        assert_eq!(tags(r#""unclosed"#), []);
        assert_eq!(tags(r#""not a tag", "b""#), [("b", false)]);
        assert_eq!(tags(r#"w/"a", W/ "b""#), []);
        assert_eq!(tags(r#"*, "x""#), [("x", false)]);
        assert_eq!(tags(""), []);
    }
}
