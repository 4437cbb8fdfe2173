//! Lists, RFC 9110 § 5.6.1.

/// The members of a list, without the blanks around them; empty ones are ignored (§ 5.6.1.2). A
/// comma in a quoted string is not looked for: no member that is read by this has one.
#[derive(Clone)]
pub(crate) struct Members<'l>(pub(crate) &'l [u8]);

impl<'l> Iterator for Members<'l> {
    type Item = &'l [u8];

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next(&mut self) -> Option<&'l [u8]> {
        loop {
            self.0 = match self.0 {
                [] => return None,
                [b' ' | b'\t' | b',', rest @ ..] => rest,
                list => {
                    let end = list.iter().position(|byte| *byte == b',');
                    let (member, rest) = list.split_at_checked(end.unwrap_or(list.len()))?;
                    self.0 = rest;
                    return Some(without_blanks(member));
                }
            };
        }
    }
}

/// The values of all lines of this name, in any case: together they are one list, § 5.3.
pub(crate) fn values<N: AsRef<str>, V>(
    fields: impl Iterator<Item = (N, V)>,
    name: &str,
) -> impl Iterator<Item = V> {
    fields.filter_map(move |(field, value)| {
        let is_it = field.as_ref().eq_ignore_ascii_case(name);
        is_it.then_some(value)
    })
}

/// The text without optional white space at its ends, RFC 9110 § 5.6.3.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) const fn without_blanks(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
