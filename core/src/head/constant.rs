use core::fmt;

use super::status::Status;
use super::written::WrittenFields;
use crate::field::grammar;
use crate::field::id::FieldId;
use crate::field::mistake::{self, Message};
use crate::write::bytes::copy_at;

/// A status line and header lines built at compile time by [`head!`](crate::head), so that a whole
/// head is one copy from flash.
///
/// ```
/// use replywire::{Head, Response, Status, head};
/// use replywire::request::Exchange;
///
/// const PAGE: Head = head!(
///     Status::OK,
///     "content-type" => "text/html; charset=utf-8",
///     "cache-control" => "no-store",
/// );
///
/// let mut buf = [0; 128];
/// let reply = Response::with_head(&Exchange::GET, &mut buf, PAGE).html("<p>hi")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
///       cache-control: no-store\r\ncontent-length: 5\r\n\r\n<p>hi",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Head {
    bytes: &'static [u8],
    reason: &'static str,
    status: Status,
    written: &'static WrittenFields,
}

impl Head {
    /// The status.
    pub const fn status(self) -> Status {
        self.status
    }

    /// The reason phrase.
    pub const fn reason(self) -> &'static str {
        self.reason
    }

    /// The lines, without the blank one that ends a head.
    pub const fn as_bytes(self) -> &'static [u8] {
        self.bytes
    }

    #[inline]
    pub(crate) fn written(self) -> WrittenFields {
        *self.written
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Head")
            .field(&grammar::Quoted(self.bytes))
            .finish()
    }
}

/// Builds a [`Head`] at compile time from a [`Status`] and any number of `name => value` texts.
///
/// Names are texts too, and lowered. An invalid name or value, a framing field, a value outside
/// ASCII, or a second line of a field of one value does not compile, and the compiler's error
/// names the header and what is wrong with it, as here ``header `x-a`: the value has a control
/// character``:
///
/// ```compile_fail,E0080
/// use replywire::{Status, head};
///
/// let page = head!(Status::OK, "x-a" => "b\r\nset-cookie: evil=1");
/// ```
///
/// ```compile_fail,E0080
/// use replywire::{Status, head};
///
/// let page = head!(Status::OK, "retry-after" => "1", "Retry-After" => "2");
/// ```
#[macro_export]
macro_rules! head {
    ($status:expr $(, $name:expr => $value:expr)* $(,)?) => {{
        // Items are not hygienic, so this has a name that no caller has.
        enum __ReplywireHead {}
        impl $crate::__private::HeadSource for __ReplywireHead {
            const STATUS: $crate::Status = $status;
            const LINES: &'static [$crate::__private::HeadLine] =
                &[$(($name, $value)),*];
        }
        const __REPLYWIRE_LEN: usize = $crate::__private::head_len::<__ReplywireHead>();
        const __REPLYWIRE_HEAD: $crate::Head =
            $crate::__private::head::<__ReplywireHead, __REPLYWIRE_LEN>();
        __REPLYWIRE_HEAD
    }};
}

/// The texts that [`head!`](crate::head) is given, as a type, so that all of a [`Head`] is made of
/// the same ones, after they were checked.
pub trait HeadSource {
    /// The status.
    const STATUS: Status;

    /// The lines.
    const LINES: &'static [HeadLine];
}

/// A name and a value.
pub type HeadLine = (&'static str, &'static str);

/// The length of the head.
pub const fn head_len<S: HeadSource>() -> usize {
    let mut len = match S::STATUS.registered_line() {
        Some(line) => line.len(),
        None => S::STATUS.unregistered_line().len(),
    };
    let mut rest = S::LINES;
    while let [(name, value), tail @ ..] = rest {
        len += name.len() + value.len() + 4;
        rest = tail;
    }
    len
}

/// The head, of the [measured](head_len) length. Its facts are apart from its bytes, as most heads
/// share them. Without the macro it makes a checked head too.
pub const fn head<S: HeadSource, const N: usize>() -> Head {
    const {
        assert!(N == head_len::<S>(), "another length");
        let bytes = const { &write::<N>(S::STATUS, S::LINES) };
        Head {
            bytes,
            reason: reason(bytes),
            status: S::STATUS,
            written: &match check(S::LINES) {
                Ok(written) => written,
                Err((name, mistake)) => {
                    panic!("{}", Message::new(name, mistake).as_str())
                }
            },
        }
    }
}

/// The lines as they go over the wire.
const fn write<const N: usize>(status: Status, lines: &[HeadLine]) -> [u8; N] {
    let mut out = [0; N];
    let mut at = match status.registered_line() {
        Some(line) => copy_at(&mut out, 0, line),
        None => copy_at(&mut out, 0, &status.unregistered_line()),
    };
    let mut rest = lines;
    while let [(name, value), tail @ ..] = rest {
        let start = at;
        at = copy_at(&mut out, at, name.as_bytes());
        at = copy_at(&mut out, at, b": ");
        at = copy_at(&mut out, at, value.as_bytes());
        at = copy_at(&mut out, at, b"\r\n");
        lower(&mut out, start, name.len());
        rest = tail;
    }
    out
}

/// The facts of the lines, or the name in the first that is not valid, and its mistake.
const fn check(lines: &[HeadLine]) -> Result<WrittenFields, (&str, &'static str)> {
    let mut written = WrittenFields::NONE;
    let mut rest = lines;
    while let [(name, value), tail @ ..] = rest {
        let field = FieldId::of(name.as_bytes());
        if let Some(mistake) = mistake::in_name(name.as_bytes()) {
            return Err((name, mistake));
        }
        if let Some(mistake) = mistake::in_value(value) {
            return Err((name, mistake));
        }
        if field.is_singleton() && written.has(field) {
            return Err((name, REPEATED));
        }
        written.add(field, name.len() + value.len() + 4);
        rest = tail;
    }
    Ok(written)
}

const REPEATED: &str = "a field of one value has a second line";

/// The phrase in a status line: it is in flash once.
const fn reason(head: &'static [u8]) -> &'static str {
    let mut len = 0;
    if let Some((_, line)) = head.split_at_checked(b"HTTP/1.1 200 ".len()) {
        let mut rest = line;
        while let [b' '..=b'~', tail @ ..] = rest {
            rest = tail;
            len += 1;
        }
        if let Some((reason, _)) = line.split_at_checked(len)
            && let Ok(reason) = str::from_utf8(reason)
        {
            return reason;
        }
    }
    ""
}

const fn lower(out: &mut [u8], at: usize, len: usize) {
    if let Some((_, tail)) = out.split_at_mut_checked(at)
        && let Some((name, _)) = tail.split_at_mut_checked(len)
    {
        name.make_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use std::boxed::Box;
    use std::format;

    use super::*;
    use crate::field::value::HeaderValue;

    #[test]
    fn only_valid_ascii_can_be_the_line_of_a_head() {
        for byte in 0..=255u8 {
            for (front, back) in [("", "bc"), ("a", "c"), ("ab", "")] {
                let text = format!("{front}{}{back}", char::from(byte));
                let text: &str = Box::leak(text.into_boxed_str());
                for (name, value) in [(text, "val"), ("nam", text)] {
                    let is_valid =
                        grammar::is_token(name.as_bytes()) && HeaderValue::new(value).is_some();
                    match check(&[("x", "1"), (name, value)]) {
                        Ok(_) => assert!(is_valid, "{name:?}: {value:?}"),
                        Err((named, _)) => assert_eq!((named, is_valid), (name, false)),
                    }
                    if is_valid {
                        let head = write::<27>(Status::OK, &[(name, value)]);
                        let name = name.to_ascii_lowercase();
                        let want = format!("HTTP/1.1 200 OK\r\n{name}: {value}\r\n");
                        assert_eq!(head, want.as_bytes());
                    }
                }
            }
        }
    }

    #[test]
    fn framing_fields_and_a_second_singleton_are_named_as_mistakes() {
        for name in ["Connection", "content-length", "Transfer-Encoding"] {
            let mistake = "the library alone writes this field";
            assert_eq!(check(&[(name, "1")]).err(), Some((name, mistake)));
        }
        for name in ["content-type", "DATE", "Location"] {
            let lines = [(name, "1"), ("x", "1"), (name, "2")];
            assert_eq!(check(&lines).err(), Some((name, REPEATED)));
        }
        assert!(check(&[("x", "1"), ("x", "2")]).is_ok());
    }
}
