//! Values of cookies as Python's `http.cookies` reads them.

/// Undoes the quotes of Python's `http.cookies`.
pub fn unquoted(value: &[u8]) -> Vec<u8> {
    let inner = value.strip_prefix(b"\"");
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(b"\"")) else {
        return value.to_vec();
    };
    let mut out = Vec::new();
    let mut rest = inner;
    while let [byte, tail @ ..] = rest {
        rest = match rest {
            [
                b'\\',
                a @ b'0'..=b'3',
                b @ b'0'..=b'7',
                c @ b'0'..=b'7',
                tail @ ..,
            ] => {
                out.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                tail
            }
            [b'\\', byte, tail @ ..] => {
                out.push(*byte);
                tail
            }
            _ => {
                out.push(*byte);
                tail
            }
        };
    }
    out
}
