//! Lists, RFC 9110 § 5.6.1.

use super::grammar::is_name;

/// Tells if a list has a member that is this lower-case token, in any case and without parameters.
pub(crate) fn has_member(list: &[u8], member: &[u8]) -> bool {
    list.split(|byte| *byte == b',')
        .any(|other| is_name(without_blanks(other), member))
}

/// The text without optional white space at either end, RFC 9110 § 5.6.3.
fn without_blanks(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
